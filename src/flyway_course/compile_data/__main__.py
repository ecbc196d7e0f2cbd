"""Command: `python -m flyway_course.compile_data`."""

import sys

from flyway_course.compile_data import FACTS, ROOT, compile_datasets

if not FACTS.is_dir():
    sys.exit("The fact files are not here: the folder 'shared/facts' must lie beside the checkout.")
compile_datasets(FACTS, ROOT / "datasets")
