"""Self-checks of lesson 5.4: Nobody found a dead crane: is the line safe?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flyway import datasets
from flyway.checks.entry import Check

if TYPE_CHECKING:
    from flyway.impact.killed import Killed


@cache
def _killed(line: str, searched_as: str | None = None, share: float | None = None) -> Killed:
    """Estimate the birds killed below a line; `searched_as` and `share` are for known mistakes."""
    from flyway.impact.carcasses import carcass_detection
    from flyway.impact.killed import estimate_killed
    from flyway.impact.trials import fit_persistence, searcher_efficiency

    seen = datasets.load("line_searches", "searcher_trial")["found"]
    stay = datasets.load("line_searches", "persistence_trial")
    eye = searcher_efficiency(seen.sum(), len(seen))
    lasts = fit_persistence(stay["last_seen"], stay["first_gone"])
    plan = datasets.load("line_searches", "lines").set_index("line").loc[searched_as or line]
    g = carcass_detection(
        persistence=lasts.estimate,
        persistence_se=lasts.se,
        efficiency=eye.estimate,
        efficiency_se=eye.se,
        interval_days=int(plan["interval_days"]),
        searches=int(plan["searches"]),
        share_searched=plan["share_searched"] if share is None else share,
    )
    searches = datasets.load("line_searches", "searches")
    return estimate_killed(int(searches.loc[searches["line"] == line, "found"].sum()), g)


def _km(line: str) -> float:
    lines = datasets.load("line_searches", "lines").set_index("line")
    return float(lines.loc[line, "length_km"])


def _upper(**mistake: str | float) -> float:
    return _killed("South", **mistake).interval()[1]


# With these data both mistakes give 1.5, so one message speaks of both.
_TWO_WAYS = (
    "This comes from g of the North line, or from the middle of what is possible. South was searched "
    "every 28 days, 4 times, on 0.6 of the strip; and the upper end is asked for."
)

CHECKS = (
    Check(
        "5.4 per km",
        expected=lambda: _killed("North").estimate / _km("North"),
        also=(
            lambda: _killed("North").ratio / _km("North"),
            lambda: _killed("North").mean / _km("North"),
        ),
        within=0.06,
        unit="cranes per line-km and winter",
        right="Now a long line and a short one can be compared. The interval is divided as well: 5 to 10.5.",
        wrong={
            lambda: _killed("North").estimate: "These are the cranes of the whole line. Divide by "
            "its kilometres.",
            lambda: (
                _killed("North").estimate / 16
            ): "This is per span, or you divided by the 16 found. The line is 4 km long.",
            lambda: (
                _killed("North").found / _km("North")
            ): "These are the cranes found, per km. Take the cranes killed.",
            lambda: _killed("North").estimate * _km("North"): "You multiplied. Per kilometre means "
            "divided by kilometres.",
        },
        hint="north.estimate / 4",
    ),
    Check(
        "5.4 south",
        expected=lambda: _upper() / _km("South"),
        within=0.3,
        unit="cranes per line-km and winter",
        right="None found, and still as many as below the North line are possible. The search cannot "
        "tell the two lines apart.",
        wrong={
            0: "This is found ÷ g, or the lower end. None found is not none killed: take the upper end.",
            lambda: _upper(): "These are the cranes of the whole line. It is 2 km long.",
            lambda: _upper(searched_as="North") / _km("South"): _TWO_WAYS,
            lambda: _killed("South").estimate / _km("South"): _TWO_WAYS,
            lambda: (
                _upper(share=1.0) / _km("South")
            ): "Four tenths of the strip were not walked: give share_searched=0.6.",
        },
        hint="carcass_detection with 28 days, 4 searches and 0.6; estimate_killed(0, …).interval()[1]; "
        "then divide by 2 km.",
    ),
)
