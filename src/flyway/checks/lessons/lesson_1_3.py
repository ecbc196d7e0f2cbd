"""Self-checks of lesson 1.3: Six sites, three countries: how do we make it one count?"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


def _hours(own_clocks: bool = False) -> float:
    """Give the hours between the first and the last count, on one clock or as written on the sheets."""
    from flyway.survey.simultaneous import on_one_clock

    reports = datasets.load("census_morning")
    if own_clocks:
        reports = reports.assign(utc_offset_h=8)
    hours = on_one_clock(reports, 8).dt.hour
    return float(hours.max() - hours.min())


def _grade(in_window: float | None = None, comparable: float = 5 / 6, twice: float = 0.0) -> str:
    from flyway.survey.simultaneous import census_grade

    usual = datasets.load("census_morning").set_index("site")["usual"]
    share = 1 - usual["B2"] / usual.sum() if in_window is None else in_window
    return census_grade(share, comparable, twice).grade


CHECKS = (
    Check(
        "1.3 window",
        expected=_hours,
        unit="hours",
        right="In that time a flock could have visited every one of the six sites.",
        wrong={
            lambda: -_hours(): "The last hour minus the first, not the other way round.",
            5: "This is how many sites were counted. How many hours passed between first and last?",
            10: "This is the hour of the last count. Take away the hour of the first.",
            7: "This is the hour of the first count. Take it away from the hour of the last.",
        },
        hint="hours.max() - hours.min()",
    ),
    Check(
        "1.3 grade",
        expected=_grade,
        read="grade",
        right="The worst of the three measures decides.",
        wrong={
            lambda: _grade(
                comparable=1.0, in_window=1.0
            ): "For that, every site would have to be counted, all with last year's method.",
            lambda: _grade(
                comparable=4 / 6
            ): "Did you take four of six for the methods? Five of six use last year's.",
            lambda: _grade(
                twice=0.5
            ): "At one moment no bird can be at two sites: the third value is 0.",
        },
        hint="census_grade(1 - usual['B2'] / usual.sum(), 5 / 6, 0).grade",
    ),
)
