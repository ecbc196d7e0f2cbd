"""The package of module 3: two observers at simulated roosts."""

from __future__ import annotations

import inspect

from flyway.simulate.roosts import roost_counts
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Row, Table, column, link

ROOST_SEED = 3
CHOSEN = {"roosts": 16, "flocks_per_roost": 10.0, "median_flock": 5.0, "p_a": 0.75, "p_b": 0.55}
_LISTS = {
    "only_a": "noted by A only",
    "only_b": "noted by B only",
    "both": "noted by A and by B",
    "seen_by_primary": "called by the leading observer",
    "added_by_secondary": "that the leading observer missed and the other added",
}


def _amounts(unit: str, before: str = "") -> list[Row]:
    """Columns of flocks or birds, one for each kind of note."""
    return [
        column(before + name, "integer", f"{unit.capitalize()} {words}.", required=True, unit=unit,
               minimum=0)
        for name, words in _LISTS.items()
    ]  # fmt: skip


def build_roost_flocks() -> Package:
    """Package `roost_flocks`: 16 roosts at dawn, two observers, two ways of working, the truth."""
    made = roost_counts(seed=ROOST_SEED, **CHOSEN)
    roost = column("roost", "integer", "Number of the invented roost.", required=True, unit="none",
                   minimum=1, maximum=CHOSEN["roosts"])  # fmt: skip
    unique = roost | {"constraints": roost["constraints"] | {"unique": True}}
    counts = Table("counts", "What A and B noted at each roost", [
        unique,
        column("primary", "string", "Who led when the two stood together.", required=True,
               enum=["A", "B"]),
        *_amounts("flocks"),
        *_amounts("birds", "birds_"),
    ], rows_of(made.counts), ["roost"])  # fmt: skip
    noted = made.flocks[made.flocks["seen_a"] | made.flocks["seen_b"]]
    noted = noted.astype({"seen_a": int, "seen_b": int}).reset_index(drop=True)
    noted.insert(0, "flock", noted.index + 1)
    flocks = Table("flocks", "The flocks that A, B or both noted, one by one", [
        column("flock", "integer", "Number of the flock.", required=True, unique=True, minimum=1,
               unit="none"),
        roost,
        column("birds", "integer", "Birds in the flock.", required=True, unit="birds", minimum=1),
        *(column(f"seen_{who.lower()}", "integer", f"1: {who} noted it. 0: {who} did not.",
                 required=True, unit="none", minimum=0, maximum=1) for who in "AB"),
    ], rows_of(noted), ["flock"], [link("roost", "counts", "roost")])  # fmt: skip
    truth = Table("truth", "The truth: flocks and birds that left each roost", [
        unique,
        column("flocks", "integer", "Flocks that left.", required=True, unit="flocks", minimum=0),
        column("birds", "integer", "Birds in them.", required=True, unit="birds", minimum=0),
    ], rows_of(made.truth), ["roost"], [link("roost", "counts", "roost")])  # fmt: skip
    return Package(
        name="roost_flocks",
        title="Simulated crane flocks leaving 16 roosts, noted by two observers",
        description=(
            "Notes made by a program: at each roost two observers note the flocks that leave at dawn, "
            "once apart and once together with a leader. No real roost or person is meant. Units: "
            "flocks and birds."
        ),
        about=(inspect.getdoc(roost_counts) or "").split("\n\nParameters")[0],
        tables=[counts, flocks, truth],
        truth="simulated",
        extra={"simulation": recipe(roost_counts, seed=ROOST_SEED, **CHOSEN)},
    )
