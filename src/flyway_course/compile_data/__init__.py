"""Make the data packages and the pages about them from the fact files.

`python -m flyway_course.compile_data` reads `../shared/facts` beside the checkout and writes
`datasets/` and the pages of the book about them. The same facts give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from flyway_course.compile_data import (
    census,
    cranes,
    forms,
    glossary,
    impacts,
    journeys,
    mornings,
    options,
    pages,
    parameters,
    powerlines,
    roosts,
    simulated,
    sites,
    submissions,
)
from flyway_course.compile_data.bibliography import bibliography
from flyway_course.compile_data.sources import read_sources
from flyway_course.compile_data.writing import save, write_package
from flyway_course.paths import ROOT

FACTS = ROOT.parent / "shared" / "facts"


def compile_datasets(facts: Path, out: Path) -> None:
    """Write all data packages into the folder `out`: those from the fact files, and those simulated."""
    known = read_sources(facts)
    for module in (census, cranes, sites, parameters, glossary):
        write_package(module.build(facts, known), out)
    write_simulated(out)


def write_simulated(out: Path) -> None:
    """Write the simulated packages into the folder `out`. They need no fact files."""
    write_package(simulated.build_winter_counts(), out)
    write_package(simulated.build_flock_estimates(), out)
    write_package(forms.build_count_forms(), out)
    write_package(impacts.build_salt_pan_counts(), out)
    write_package(impacts.build_wind_parameters(), out)
    write_package(journeys.build_simulated_moves(), out)
    write_package(mornings.build_census_morning(), out)
    write_package(powerlines.build_line_searches(), out)
    write_package(options.build_conservation_options(), out)
    write_package(roosts.build_roost_flocks(), out)
    write_package(submissions.build_messy_submission(), out)


def compile_pages(datasets: Path, book: Path) -> None:
    """Write the pages about the packages in `datasets` into the folder `book`."""
    save(book / "datasets.md", pages.datasets_page(datasets))
    save(book / "glossary.md", pages.glossary_page(datasets))
    save(book / "references.md", pages.references_page())


def compile_bibliography(facts: Path, book: Path) -> None:
    """Write `references.bib`, one entry for each numbered source of the fact files."""
    save(book / "references.bib", bibliography(read_sources(facts)))
