"""The package of lesson 2.2: a messy submission, the counters' answers, and the key."""

from __future__ import annotations

import inspect

from flyway.simulate import messy
from flyway.simulate import submission as simulated
from flyway.survey.form import BY_NAME
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column

SEED = 33


def build_messy_submission() -> Package:
    """Package `messy_submission`: 98 rows with 40 planted errors, as they arrived."""
    maker = simulated.submission
    made = maker(seed=SEED)
    cells = []
    for name in made.submitted.columns:
        meaning = BY_NAME[name].meaning
        told = f"{meaning[0].upper()}{meaning[1:]}. As it was written: text, perhaps wrong."
        cells.append(column(name, "string", told))
    row = column(
        "row",
        "integer",
        "Row of the table submitted, counted from 0.",
        required=True,
        unit="row",
        minimum=0,
    )
    where = column("column", "string", "Column of the cell.", required=True, enum=list(BY_NAME))
    replies = [simulated.MEND, simulated.KEEP, simulated.ASIDE, simulated.OPEN]
    answers = Table("answers", "What the counters said when they were asked", [
        row,
        where,
        column("value", "string", "What the cell should hold. Blank: set aside, or no answer yet."),
        column("reply", "string", "What to do with the cell.", required=True, enum=replies),
        column("who", "string", "Who answered. No person is meant.", required=True),
        column("why", "string", "The reason, for the record.", required=True),
    ], rows_of(made.answers), ["row", "column"])  # fmt: skip
    key = Table("key", "The key: every planted error, and true records that look wrong", [
        row,
        where,
        column("kind", "string", "Kind of error, or why a true record looks wrong.", required=True),
        column("written", "string", "What stands in the cell. Blank: the cell is empty."),
        column("right", "string", "What is true. Blank: the row is a second copy."),
        column("error", "boolean", "Whether it is an error. 0: a true record.", required=True),
    ], rows_of(made.key), ["row", "column"])  # fmt: skip
    return Package(
        name="messy_submission",
        title="A simulated submission of winter crane counts with 40 planted errors",
        description=(
            "Six invented sites, one winter, two cranes, and 40 slips of the pen that a program "
            "planted, with a key. Three true records look like errors. It says nothing about real "
            "birds or real counters. Units: birds."
        ),
        about=f"{inspect.getdoc(simulated)}\n\n{inspect.getdoc(messy)}",
        tables=[Table("submitted", "The table as it arrived", cells, rows_of(made.submitted)),
                answers, key],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SEED)},
    )  # fmt: skip
