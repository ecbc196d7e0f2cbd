"""X5: the report with its faults, the counts and the trials behind it."""

from __future__ import annotations

import numpy as np

from flyway.impact.baci import baci
from flyway.simulate.assessment import Assessment, assessment
from flyway_course.assignments.drawing import as_csv, first_fair

HEAD = """# What did the wind farm on the plain of the two rivers do to its cranes?

*An invented report about an invented farm. It has six faults.*

The farm was built before the winter of {built}. Cranes feed in fields around it and sleep at roosts and in a
reed bed. In the winter of {flood} a flood brought many cranes to the fields of the farm; the plan of the study
says that flood winters are left out. Counts of the fields are in `field_counts.csv`. Searches for dead cranes
below the turbines are in `searches.csv`, and what searchers saw in a trial is in `trial.csv`.

## Statements

"""


def files(seed: int) -> dict[str, bytes]:
    """Return `report.md`, `field_counts.csv`, `searches.csv` and `trial.csv`."""
    made = draw(seed)
    after = made.counts["period"] == "after"
    head = HEAD.format(built=made.counts[after]["winter"].min(), flood=made.flood)
    lines = [f"{row.number}. {row.text}" for row in made.statements.itertuples()]
    return {
        "report.md": (head + "\n".join(lines) + "\n").encode("utf-8"),
        "field_counts.csv": as_csv(made.counts),
        "searches.csv": as_csv(made.searches),
        "trial.csv": as_csv(made.trial),
    }


def draw(seed: int) -> Assessment:
    """Return what the files of a seed are written from, with the truth about each statement."""
    return first_fair(lambda number: assessment(seed=number), is_fair, seed)


def is_fair(made: Assessment) -> bool:
    """Say whether the verdict is clear, and the flood and the near field each change the ratio."""
    dry = made.counts[made.counts["winter"] != made.flood]
    far = dry[(dry["treatment"] == "impact") | (dry["distance_km"] >= 10)]
    with_flood = made.counts[made.counts["field"].isin(far["field"])]
    fits = [
        baci(table, "cranes", site="field", date="winter", log=True, design="changes")
        for table in (far, dry, with_flood)
    ]
    low, high = np.exp(fits[0].interval())
    ratios = [fit.ratio for fit in fits]
    clear = high < 0.93 or low > 1.07 or (low < 0.93 and high > 1.07)
    right = (made.effect < 1 and high < 1) or (made.effect > 1 and low > 1) or low < 1 < high
    return bool(clear and right and min(abs(r - ratios[0]) for r in ratios[1:]) > 0.012)
