"""The simulated reports of one census morning in three countries."""

from __future__ import annotations

import inspect

from flyway.simulate import census_reports as simulation
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column

SEED = 38


def build_census_morning() -> Package:
    """Package `census_morning`: six reports, and what was true at each full hour."""
    maker = simulation.census_reports
    made = maker(seed=SEED)
    site = column("site", "string", "Invented site: its country and a number.", required=True,
                  pattern=r"[ABC][12]")  # fmt: skip
    reports = Table("reports", "The six reports as they came in", [
        site | {"constraints": site["constraints"] | {"unique": True}},
        column("country", "string", "Invented country.", required=True, pattern="[ABC]"),
        column("lat", "number", "Latitude of the invented site.", required=True, unit="degrees north"),
        column("lon", "number", "Longitude of the invented site.", required=True, unit="degrees east"),
        column("date", "date", "Local day of the count.", required=True),
        column("local_time", "string", "Local clock time. Blank: nobody counted.", pattern=r"\d\d:\d\d"),
        column("utc_offset_h", "integer", "Hours that the local clock is ahead of UTC.", required=True,
               unit="hours", minimum=8, maximum=9),
        column("count", "integer", "Birds counted. Blank: nobody counted.", unit="birds", minimum=0),
        column("usual", "integer", "Birds that the site usually holds.", required=True, unit="birds",
               minimum=0),
        column("method", "string", "How birds were counted. Blank: nobody counted."),
        column("method_last_year", "string", "How they were counted one year before.", required=True),
        column("notes", "string", "What the counters added."),
    ], rows_of(made.reports), ["site"])  # fmt: skip
    truth = Table("truth", "The truth: birds at each site at each full hour", [
        site,
        column("hour", "integer", "Full hour on the clock of country A.", required=True, unit="hour",
               minimum=0, maximum=23),
        column("there", "integer", "Birds at the site. Birds in the air are at no site.", required=True,
               unit="birds", minimum=0),
    ], rows_of(made.truth), ["site", "hour"])  # fmt: skip
    return Package(
        name="census_morning",
        title="Simulated reports of a census morning in three countries",
        description=(
            f"Six reports of one morning, made by a program: flocks fly east from site to site, and the true "
            f"total is {made.total:,} birds. They say nothing about real birds."
        ),
        about=(inspect.getdoc(maker) or "").split("\n\nParameters")[0],
        tables=[reports, truth],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SEED) | {
            "total": made.total, "counted_at_hour_of_A": simulation.COUNTED_AT}},
    )  # fmt: skip
