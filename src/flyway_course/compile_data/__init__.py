"""Make the data packages and the pages about them from the fact files.

`python -m flyway_course.compile_data` reads `../shared/facts` beside the checkout and writes
`datasets/`. The same facts give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from flyway_course.compile_data import census, cranes, glossary, parameters, simulated, sites
from flyway_course.compile_data.sources import read_sources
from flyway_course.compile_data.writing import write_package

ROOT = Path(__file__).parents[3]
FACTS = ROOT.parent / "shared" / "facts"


def compile_datasets(facts: Path, out: Path) -> None:
    """Write all data packages that come from the fact files into the folder `out`."""
    known = read_sources(facts)
    for module in (census, cranes, sites, parameters, glossary):
        write_package(module.build(facts, known), out)
    write_package(simulated.build_winter_counts(), out)
    write_package(simulated.build_flock_estimates(), out)
