"""Cranes that fly between real sites in invented numbers, those of them with transmitters, and outbreaks.

The places are sites of the data package `flyway_sites`. Who flies which way is invented: the shape follows
published summaries of tracking (Hooded Cranes from Izumi over the coast of Korea, the Songnen Plain and
Muraviovka; White-naped Cranes from Mongolia over Duolun), the numbers follow nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import whole

#: Short name of a place, and the site it stands for in `flyway_sites`.
PLACES = {
    "Yakutia": "RU07", "Bolon": "RU05", "Muraviovka": "RU02", "Khanka": "RU04",
    "Mongol Daguur": "MN01", "Khurkh": "MN02", "Buir": "MN04", "Duolun": "CN10",
    "Songnen": "CN12", "Liaohe": "CN15", "Beidagang": "CN09", "Yellow River": "CN08",
    "Poyang": "CN01", "Chongming": "CN06", "Rason": "KP02", "Mundok": "KP01", "Cheorwon": "KR03",
    "Cheonsu": "KR07", "Gumi": "KR08", "Suncheon": "KR01", "Izumi": "JP01",
}  # fmt: skip
#: Species, season, route, and birds of 100 that fly it. Invented.
ROUTES = (
    ("HC", "autumn", "Yakutia > Muraviovka > Songnen > Cheonsu > Izumi", 18),
    ("HC", "autumn", "Yakutia > Muraviovka > Songnen > Mundok > Suncheon", 8),
    ("HC", "autumn", "Yakutia > Muraviovka > Songnen > Gumi > Izumi", 8),
    ("HC", "autumn", "Yakutia > Muraviovka > Songnen > Liaohe > Yellow River > Poyang", 14),
    ("HC", "autumn", "Yakutia > Muraviovka > Liaohe > Yellow River > Chongming", 6),
    ("HC", "autumn", "Bolon > Muraviovka > Songnen > Cheonsu > Izumi", 10),
    ("HC", "autumn", "Bolon > Muraviovka > Songnen > Cheonsu > Suncheon", 6),
    ("HC", "autumn", "Bolon > Rason > Gumi > Izumi", 16),
    ("HC", "autumn", "Bolon > Rason > Gumi > Suncheon", 4),
    ("HC", "autumn", "Bolon > Songnen > Liaohe > Yellow River > Poyang", 5),
    ("HC", "autumn", "Bolon > Songnen > Liaohe > Chongming", 5),
    ("HC", "spring", "Izumi > Cheonsu > Mundok > Muraviovka > Yakutia", 16),
    ("HC", "spring", "Izumi > Cheonsu > Songnen > Muraviovka > Yakutia", 8),
    ("HC", "spring", "Izumi > Cheonsu > Rason > Bolon", 16),
    ("HC", "spring", "Izumi > Cheonsu > Mundok > Bolon", 12),
    ("HC", "spring", "Suncheon > Cheonsu > Mundok > Muraviovka > Yakutia", 10),
    ("HC", "spring", "Suncheon > Cheonsu > Rason > Bolon", 8),
    ("HC", "spring", "Poyang > Yellow River > Liaohe > Songnen > Muraviovka > Yakutia", 14),
    ("HC", "spring", "Poyang > Yellow River > Liaohe > Songnen > Bolon", 5),
    ("HC", "spring", "Chongming > Yellow River > Liaohe > Muraviovka > Yakutia", 6),
    ("HC", "spring", "Chongming > Liaohe > Songnen > Bolon", 5),
    ("WNC", "autumn", "Mongol Daguur > Duolun > Beidagang > Poyang", 12),
    ("WNC", "autumn", "Khurkh > Duolun > Beidagang > Poyang", 8),
    ("WNC", "autumn", "Khurkh > Duolun > Yellow River > Poyang", 4),
    ("WNC", "autumn", "Buir > Liaohe > Cheorwon", 6),
    ("WNC", "autumn", "Muraviovka > Songnen > Liaohe > Cheorwon", 10),
    ("WNC", "autumn", "Muraviovka > Rason > Cheorwon", 20),
    ("WNC", "autumn", "Khanka > Rason > Cheorwon > Izumi", 15),
    ("WNC", "autumn", "Khanka > Rason > Cheorwon", 25),
)
MARK = " > "


def crane_journeys(*, birds: int = 1000, seed: int) -> pd.DataFrame:
    """Simulate the journeys of cranes between real sites: how many birds flew each route.

    Each bird takes one of the routes of its species and season (`ROUTES`), with their chances.

    Parameters
    ----------
    birds : of each species in each season. seed : any whole number.

    Returns
    -------
    DataFrame: `species`, `season`, `route` (places joined by " > "), `birds`. The numbers are invented.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    number, rng = whole(birds, "birds"), np.random.default_rng(seed)
    table = pd.DataFrame(ROUTES, columns=["species", "season", "route", "birds"])
    parts = []
    for _, part in table.groupby(["species", "season"], sort=False):
        share = part["birds"] / part["birds"].sum()
        parts.append(part.assign(birds=rng.multinomial(number, share)))
    return pd.concat(parts, ignore_index=True)


def fit_transmitters(
    journeys: pd.DataFrame, places: Iterable[str], birds: int = 40, *, seed: int
) -> pd.DataFrame:
    """Draw birds with transmitters, fitted at some places only: what they show of the journeys.

    Parameters
    ----------
    journeys : as `crane_journeys` makes them. places : where transmitters were fitted; each bird is drawn
        from the journeys that begin there. birds : with transmitters. seed : any whole number.

    Returns
    -------
    DataFrame: the routes seen, with the number of marked birds in `birds`.

    Raises
    ------
    ValueError when no journey begins at these places, or a number is out of range.
    """
    number, wanted = whole(birds, "birds"), {places} if isinstance(places, str) else set(places)
    first = journeys["route"].str.split(MARK).str[0]
    there = journeys[first.isin(wanted) & (journeys["birds"] > 0)]
    if there.empty:
        raise ValueError(
            f"no journey begins at {', '.join(sorted(wanted))}: choose of {', '.join(first.unique())}"
        )
    share = there["birds"] / there["birds"].sum()
    drawn = np.random.default_rng(seed).multinomial(number, share)
    return there.assign(birds=drawn)[drawn > 0].reset_index(drop=True)


def outbreak_winters(
    roosts: int, *, chance: float = 0.1, killed: float = 0.1, winters: int = 100, seed: int
) -> np.ndarray:
    """Simulate the share of all cranes that disease kills in each winter, when roosts are alike.

    Each roost holds the same share of the cranes and has an outbreak by itself.

    Parameters
    ----------
    roosts : number of roosts. chance : that a roost has an outbreak in a winter. killed : share of the
        birds of a roost that an outbreak kills. winters : how many. seed : any whole number.

    Returns
    -------
    Array of shares, 0 to 1, one per winter. The mean does not depend on `roosts`; the worst winter does.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    number = whole(roosts, "roosts")
    risk, share = probability(chance, "chance"), probability(killed, "killed")
    rng = np.random.default_rng(seed)
    return rng.binomial(number, risk, whole(winters, "winters")) / number * share
