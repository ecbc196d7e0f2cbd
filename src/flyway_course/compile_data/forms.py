"""The simulated count forms, for those who try the package before their own file."""

from __future__ import annotations

import inspect

from flyway.simulate.forms import count_forms
from flyway.survey.form import BY_NAME
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column

SEED = 3
KINDS = {"text": "string", "time": "string", "date": "date", "whole": "integer", "number": "number"}


def build_count_forms() -> Package:
    """Package `count_forms`: 12 sites, 12 winters, in the columns of the count form."""
    made = count_forms(seed=SEED)
    fields = []
    for name in made.forms.columns:
        spec = BY_NAME[name]
        limits = {"minimum": spec.minimum, "maximum": spec.maximum}
        limits = {key: int(v) for key, v in limits.items() if v is not None}
        more = limits | ({"unit": spec.unit} if spec.unit else {})
        meaning = spec.meaning[0].upper() + spec.meaning[1:] + "."
        fields.append(column(name, KINDS[spec.kind], meaning, required=spec.required, **more))
    forms = Table("forms", "Filled count forms", fields, rows_of(made.forms), ["site", "date"])
    winter = column("winter", "integer", "Year of the January of the winter.", required=True,
                    unique=True, unit="year", minimum=2012, maximum=2023)  # fmt: skip
    truth = Table("truth", "The truth: expected birds at all sites, and their index", [
        winter,
        column("expected", "number", "Expected birds at all sites together.", required=True,
               unit="birds", minimum=0),
        column("index", "number", "Expected birds, first winter = 1.", required=True, unit="ratio",
               minimum=0),
    ], rows_of(made.truth), ["winter"])  # fmt: skip
    return Package(
        name="count_forms",
        title="Simulated count forms of 12 sites in 12 winters",
        description=(
            "Count forms filled in by a program, in the columns of the course's form: try the methods on "
            "them before you use your own. They say nothing about real birds. Units: birds."
        ),
        about=(inspect.getdoc(count_forms) or "").split("\n\nParameters")[0],
        tables=[forms, truth],
        truth="simulated",
        extra={"simulation": recipe(count_forms, seed=SEED)},
    )
