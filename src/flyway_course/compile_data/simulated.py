"""The simulated packages: made by `flyway.simulate`, with seed and true parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd

from flyway.simulate import observers, winter_counts
from flyway_course.compile_data.writing import Package, Row, Table, column, link

WINTER_SEED = 7


def recipe(maker: Callable[..., Any], **chosen: Any) -> Row:
    """Generator, seed and all parameters, with the defaults written out."""
    values = {n: p.default for n, p in inspect.signature(maker).parameters.items()} | chosen
    made = {"generator": f"{maker.__module__}.{maker.__qualname__}", "seed": values.pop("seed")}
    return made | {"parameters": values}


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Rows of a frame; a missing value is None. Numbers are rounded to nine digits."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {k: float(f"{v:.9g}") if isinstance(v, float) else v for k, v in row.items()}
        for row in rows
    ]


def build_winter_counts() -> Package:
    """Package `winter_counts`: 20 sites, 25 winters, 30 % gaps, and the truth behind them."""
    made = winter_counts(seed=WINTER_SEED)
    site = column("site", "string", "Invented site.", required=True, pattern=r"Site \d{2}")
    winter = column("winter", "integer", "Year of the January of the winter.", required=True,
                    unit="year", minimum=2001, maximum=2025)  # fmt: skip
    count = column("count", "integer", "Birds counted. Blank: nobody counted. 0: counted, no bird.",
                   unit="birds", minimum=0)  # fmt: skip
    counts = Table("counts", "Simulated counts", [site, winter, count], rows_of(made.counts),
                   ["site", "winter"],
                   [link("site", "sites", "site"), link("winter", "truth", "winter")])  # fmt: skip
    truth = Table("truth", "The truth: expected birds at all sites, and their index", [
        winter | {"constraints": winter["constraints"] | {"unique": True}},
        column("expected", "number", "Expected birds at all sites together.", required=True,
               unit="birds", minimum=0),
        column("index", "number", "Expected birds, first winter = 1.", required=True, unit="ratio",
               minimum=0),
    ], rows_of(made.truth), ["winter"])  # fmt: skip
    sites = Table("sites", "The truth: expected birds of each site in the first winter", [
        site | {"constraints": site["constraints"] | {"unique": True}},
        column("expected_first", "number", "Expected birds in the first winter.", required=True,
               unit="birds", minimum=0),
    ], rows_of(made.sites), ["site"])  # fmt: skip
    return Package(
        name="winter_counts",
        title="Simulated crane counts at 20 sites in 25 winters",
        description=(
            "Counts made by a program, with gaps, one large site and a known yearly growth of 3 %. "
            "They say nothing about real birds. Units: birds."
        ),
        about=(inspect.getdoc(winter_counts) or "").split("\n\nParameters")[0],
        tables=[counts, truth, sites],
        truth="simulated",
        extra={"simulation": recipe(winter_counts, seed=WINTER_SEED)},
    )


def build_flock_estimates() -> Package:
    """Package `flock_estimates`: one morning, two counters, some photographs."""
    maker = observers.flock_estimates
    flocks = maker()
    table = Table("flocks", "One row per flock", [
        column("flock", "integer", "Number of the flock.", required=True, unique=True, minimum=1),
        column("counter_a", "integer", "Estimate of counter A.", required=True, unit="birds", minimum=1),
        column("counter_b", "integer", "Estimate of counter B.", required=True, unit="birds", minimum=1),
        column("photo", "integer", "Birds counted on a photograph. Blank: no photograph.", unit="birds",
               minimum=1),
        column("truth", "integer", "True size, known because the flock was simulated.", required=True,
               unit="birds", minimum=1),
    ], rows_of(flocks), ["flock"])  # fmt: skip
    about = f"{inspect.getdoc(observers)}\n\nThe two counters: {observers.COUNTERS}."
    return Package(
        name="flock_estimates",
        title="Simulated flock estimates by two counters",
        description=(
            f"{len(flocks)} invented flocks, each estimated by two simulated counters with a known "
            f"bias, and {int(flocks['photo'].notna().sum())} photo counts. Units: birds."
        ),
        about=about,
        tables=[table],
        truth="simulated",
        extra={"simulation": recipe(maker) | {"counters": observers.COUNTERS}},
    )
