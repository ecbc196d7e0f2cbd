"""The packages of module 5: a simulated salt-pan project."""

from __future__ import annotations

import inspect

from flyway.simulate import basins
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column

SALT_PAN_SEED = 31


def build_salt_pan_counts() -> Package:
    """Package `salt_pan_counts`: seven basins, ten winters, panels in one of them, and the truth."""
    maker = basins.salt_pan_counts
    made = maker(seed=SALT_PAN_SEED)
    basin = column("basin", "string", "Invented basin.", required=True, enum=list(basins.LEVELS))
    winter = column("winter", "integer", "Number of the winter; panels stand from winter 6 on.",
                    required=True, unit="winter", minimum=1, maximum=10)  # fmt: skip
    counts = Table("counts", "Simulated winter counts", [
        basin,
        column("treatment", "string", "impact: the basin that gets panels. control: no panels.",
               required=True, enum=["impact", "control"]),
        winter,
        column("period", "string", "before or after the panels were built.", required=True,
               enum=["before", "after"]),
        column("spoonbills", "integer", "Mean of four counts at high tide in January.", required=True,
               unit="birds", minimum=0),
    ], rows_of(made.counts), ["basin", "winter"])  # fmt: skip
    truth = Table("truth", "The truth: birds expected with and without the project", [
        basin,
        winter,
        column("without_project", "number", "Birds expected if no panels had been built.",
               required=True, unit="birds", minimum=0),
        column("expected", "number", "Birds expected as things were.", required=True, unit="birds",
               minimum=0),
    ], rows_of(made.truth), ["basin", "winter"])  # fmt: skip
    return Package(
        name="salt_pan_counts",
        title="Simulated spoonbill counts in salt-pan basins with and without solar panels",
        description=(
            "Counts made by a program: seven basins, ten winters, panels in one basin from winter 6 "
            "on, which then holds 0.6 times the birds that it would hold without. No real basin, "
            "company or place is meant. Units: birds."
        ),
        about=(inspect.getdoc(maker) or "").split("\n\nParameters")[0],
        tables=[counts, truth],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SALT_PAN_SEED) | {"levels": basins.LEVELS}},
    )
