"""Self-checks of lesson 6.1: If this place were gone, whose journey would break?"""

from __future__ import annotations

from functools import cache

import pandas as pd

from flyway import datasets
from flyway.checks.entry import Check


def _journeys(species: str, season: str) -> pd.DataFrame:
    table = datasets.load("simulated_moves", "journeys")
    return table[(table["species"] == species) & (table["season"] == season)]


@cache
def _hub(season: str, column: str) -> str:
    from flyway.connectivity.seasons import compare_seasons

    moves = datasets.load("simulated_moves")
    sites = compare_seasons(moves[moves["species"] == "HC"], birds="birds").sites
    there = sites[sites["season"] == season]
    return str(there.loc[there[column].idxmax(), "site"])


@cache
def _broken(species: str, lost: str) -> tuple[float, float, float]:
    """Give the shares of birds broken, with a way round, and with none, in autumn."""
    from flyway.connectivity.journeys import break_journeys

    found = break_journeys(_journeys(species, "autumn"), lost)
    return found.estimate, found.way_round, found.no_way


CHECKS = (
    Check(
        "6.1 hub",
        expected=lambda: _hub("spring", "through"),
        right="In spring the simulated cranes of Izumi and Suncheon all rest at Cheonsu.",
        wrong={
            lambda: _hub(
                "autumn", "through"
            ): "This is the hub of autumn. Put spring into the cell.",
            "Izumi": "Izumi is where most journeys begin in spring. A hub is passed on the way.",
            "Muraviovka": "Many pass it, and more pass another place: look at the first row.",
        },
        hint='Put "spring" in place of "autumn" in the cell above, and read the first row.',
    ),
    Check(
        "6.1 broken",
        expected=lambda: _broken("WNC", "Rason")[0],
        within=0.005,
        read="estimate",
        right="Six in ten of these simulated journeys hold Rason. Real numbers are not known.",
        wrong={
            lambda: _broken("WNC", "Rason")[
                1
            ]: "These cranes have a known way round. Their journey is "
            "broken as well: add those with none.",
            lambda: _broken("WNC", "Rason")[
                2
            ]: "These are the cranes with no known way. Those with a "
            "way round have a broken journey, too.",
            lambda: 1 - _broken("WNC", "Rason")[0]: "This is the share that stays whole.",
            lambda: _broken("HC", "Rason")[0]: "This is the Hooded Crane. Take the rows of WNC.",
        },
        hint='break_journeys(the rows of WNC in autumn, "Rason").estimate',
    ),
)
