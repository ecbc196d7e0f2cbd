"""A flyway by season: who flies from where to where, through which hubs, and which birds were tracked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole

SEASONS = ("autumn", "spring")
ZONES = {"breeding": (46.0, 52.0), "stopover": (36.0, 44.0), "wintering": (28.0, 33.0)}


@dataclass(frozen=True)
class FlywayYear:
    """The network of one year, with its truth.

    sites: `site`, `zone`, `lat`, `lon`, `birds` (most birds at one time). movements: `season`, `from`,
    `to`, `birds`. hubs: season -> the stopover that most birds use. routes: `season`, `first`, `stop`,
    `last`, `birds`: every route of two flights. Birds are neither born nor lost on the way.
    """

    sites: pd.DataFrame
    movements: pd.DataFrame
    hubs: dict[str, str]
    routes: pd.DataFrame


def flyway_year(
    *,
    breeding: int = 5,
    stopovers: int = 6,
    wintering: int = 4,
    birds: int = 5000,
    hub_share: float = 0.6,
    faithful: float = 0.5,
    seed: int,
) -> FlywayYear:
    """Simulate a year of a flyway: breeding sites, stopovers with a hub for each season, wintering sites.

    In autumn each bird flies from its breeding site over one stopover to its wintering site, in spring
    back to the breeding site over one stopover. The stopover is the hub of the season with probability
    `hub_share`, else any of the others alike. Autumn and spring have different hubs.

    Parameters
    ----------
    breeding, stopovers, wintering : number of sites; 3 or more stopovers. birds : in the population.
    hub_share : chance that a bird uses the hub of the season.
    faithful : 0 to 1: chance that a bird of a breeding site goes to the wintering site that belongs to
        it; else to any. seed : any whole number.

    Returns
    -------
    FlywayYear. The sites are invented.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    number = {
        "breeding": whole(breeding, "breeding"),
        "stopover": whole(stopovers, "stopovers", 3),
        "wintering": whole(wintering, "wintering"),
    }
    birds, hub = whole(birds, "birds"), probability(hub_share, "hub_share")
    stay = probability(faithful, "faithful")
    rng = np.random.default_rng(seed)
    parts = []
    for zone, (south, north) in ZONES.items():
        n = number[zone]
        names = [f"{zone[0].upper()}{k}" for k in range(1, n + 1)]
        lat, lon = rng.uniform(south, north, n), rng.uniform(115.0, 130.0, n)
        parts.append(
            pd.DataFrame({"site": names, "zone": zone, "lat": lat.round(2), "lon": lon.round(2)})
        )
    names = {zone: part["site"].to_numpy() for zone, part in zip(ZONES, parts, strict=True)}
    start = rng.choice(number["breeding"], birds, p=rng.dirichlet(np.full(number["breeding"], 4.0)))
    winter = start % number["wintering"]
    stray = rng.random(birds) >= stay
    winter[stray] = rng.integers(0, number["wintering"], stray.sum())
    middle = rng.permutation(number["stopover"])
    hubs, routes = {}, []
    for season, best in zip(SEASONS, middle[:2], strict=True):
        chance = np.full(number["stopover"], (1 - hub) / (number["stopover"] - 1))
        chance[best] = hub
        stop = rng.choice(number["stopover"], birds, p=chance)
        north, south = names["breeding"][start], names["wintering"][winter]
        first, last = (north, south) if season == "autumn" else (south, north)
        hubs[season] = str(names["stopover"][best])
        routes.append(
            pd.DataFrame(
                {"season": season, "first": first, "stop": names["stopover"][stop], "last": last}
            )
        )
    legs = pd.concat(routes, ignore_index=True)
    table = legs.value_counts(sort=False).rename("birds").reset_index()
    movements = _movements(table)
    sites = pd.concat(parts, ignore_index=True)
    most = movements.groupby(["season", "to"])["birds"].sum().groupby("to").max()
    sites["birds"] = sites["site"].map(most).fillna(0).astype(int)
    return FlywayYear(sites, movements, hubs, table)


def _movements(routes: pd.DataFrame) -> pd.DataFrame:
    """Add up the two flights of every route."""
    first = routes.rename(columns={"first": "from", "stop": "to"})
    second = routes.rename(columns={"stop": "from", "last": "to"})
    flights = pd.concat([first, second])
    return flights.groupby(["season", "from", "to"], as_index=False)["birds"].sum()


def tracked_birds(
    year: FlywayYear, birds: int = 30, lost: float = 0.1, *, seed: int
) -> pd.DataFrame:
    """Draw birds with trackers from a flyway year: a sample of its routes, season by season.

    Parameters
    ----------
    year : result of `flyway_year`. birds : trackers per season, drawn at random from all birds.
    lost : chance that a tracker fails after the first flight. seed : any whole number.

    Returns
    -------
    DataFrame: `season`, `bird`, `from`, `to`, one row per flight that was recorded.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    rng = np.random.default_rng(seed)
    birds, fail = whole(birds, "birds"), probability(lost, "lost")
    rows = []
    for season, routes in year.routes.groupby("season", sort=False):
        share = routes["birds"] / routes["birds"].sum()
        drawn = routes.iloc[rng.choice(len(routes), birds, p=share)].reset_index(drop=True)
        bird = [f"{season[0].upper()}{k:03d}" for k in range(1, birds + 1)]
        two = drawn[["first", "stop"]].set_axis(["from", "to"], axis=1).assign(bird=bird, leg=1)
        three = drawn[["stop", "last"]].set_axis(["from", "to"], axis=1).assign(bird=bird, leg=2)
        three = three[rng.random(birds) >= fail]
        rows.append(pd.concat([two, three]).assign(season=season))
    table = pd.concat(rows).sort_values(["season", "bird", "leg"], ignore_index=True)
    return table[["season", "bird", "from", "to"]]


def site_network(
    sites: int = 60, *, links_per_site: float = 5.0, birds_sd: float = 1.0, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate sites scattered at random, each linked with those near to it.

    Parameters
    ----------
    sites : how many. links_per_site : mean number of neighbours (fewer at the edge).
    birds_sd : standard deviation of the log birds. seed : any whole number.

    Returns
    -------
    Two DataFrames: sites (`site`, `x_km`, `y_km`, `birds`) and links (`from`, `to`, `distance_km`,
    `probability`, 0.1 at the furthest distance that is linked).

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n, rng = whole(sites, "sites", 2), np.random.default_rng(seed)
    place = rng.uniform(0, 100, (n, 2))
    reach = 100 * np.sqrt(positive(links_per_site, "links_per_site") / (np.pi * n))
    i, j = np.triu_indices(n, 1)
    gap = np.hypot(*(place[i] - place[j]).T)
    near = gap <= reach
    links = pd.DataFrame({"from": i[near], "to": j[near], "distance_km": gap[near]})
    birds = np.rint(rng.lognormal(4, positive(birds_sd, "birds_sd", zero=True), n)).astype(int)
    table = pd.DataFrame(
        {"site": np.arange(n), "x_km": place[:, 0], "y_km": place[:, 1], "birds": birds}
    )
    return table, links.assign(probability=0.1 ** (links["distance_km"] / reach))
