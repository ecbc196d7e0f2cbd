"""Command: `python -m flyway_course.compile_data`.

Without the fact files it still makes the simulated packages and the pages.
"""

from flyway_course import compile_data
from flyway_course.paths import BOOK, DATASETS

if compile_data.FACTS.is_dir():
    compile_data.compile_datasets(compile_data.FACTS, DATASETS)
    compile_data.compile_bibliography(compile_data.FACTS, BOOK)
    print("Made the data packages and the bibliography from the fact files.")
else:
    compile_data.write_simulated(DATASETS)
    print(
        "The folder 'shared/facts' does not lie beside the checkout: made the simulated packages only."
    )
compile_data.compile_pages(DATASETS, BOOK)
print("Made the pages datasets, glossary and references.")
