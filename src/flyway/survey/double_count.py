"""How many birds could have been counted twice in a simultaneous count?

A bird counted at one site may be counted again at another if it had the time to fly there. For every
pair of counts the distance and the hours between them say whether that was possible. If every bird
that could move had moved, how few different birds would explain all counts? That is the smallest
number of paths through the counts, found by a maximum flow:

    least birds = Σ counts − max flow     (each count once as "left from" and once as "arrived at")

The truth lies between this least number and the plain sum. Source: Dilworth (1950) Annals of
Mathematics 51:161-166 and Fulkerson (1956) Proceedings of the American Mathematical Society 7:701-702
(paths in a partial order as a flow). No published case is in the tests: hand-checked, and compared
with a brute-force search.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from flyway.inputs import dates_of, names_of, numbers, require_columns

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class DoubleCount:
    """Sum of counts (`upper`), least number of different birds (`lower`), and the pairs that allow it.

    upper, lower : sum of the counts, and the least number of different birds that explains them.
    pairs : table of the pairs of counts between which birds had time to move.
    """

    upper: float
    lower: float
    pairs: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Largest share of the sum that could be birds counted twice."""
        return (self.upper - self.lower) / self.upper if self.upper else 0.0

    def summary(self) -> pd.DataFrame:
        """Return the sum, the least number of birds, and the largest double count."""
        return pd.DataFrame(
            {
                "quantity": [
                    "sum of counts",
                    "least number of different birds",
                    "counted twice at most",
                ],
                "birds": [self.upper, self.lower, self.upper - self.lower],
            }
        )


def distance_km(lat1: object, lon1: object, lat2: object, lon2: object) -> np.ndarray:
    """Return great-circle distances in km (haversine).

    Parameters
    ----------
    lat1, lon1, lat2, lon2 : degrees, north and east positive; numbers, or columns of the same length.
    """
    a, b, c, d = (np.radians(np.asarray(x, dtype=float)) for x in (lat1, lon1, lat2, lon2))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def double_count_risk(
    counts: pd.DataFrame,
    speed_km_h: float = 50.0,
    reach_km: float = 100.0,
    site: str = "site",
    lat: str = "lat",
    lon: str = "lon",
    time: str = "time",
    count: str = "count",
) -> DoubleCount:
    """Find how many birds could have been counted twice, at most, in simultaneous counts.

    Parameters
    ----------
    counts : one row per count: site, coordinates (degrees), time (date and clock time, all on one clock),
        count; rows with a blank count are not counted and take no part.
    site, lat, lon, time, count : names of its columns.
    speed_km_h : ground speed of a flight. reach_km : furthest that birds move between sites within the
        census (0 forbids moves); from ring or tracker data, or by judgement.

    Errors: ValueError for blanks in site, place or time, impossible coordinates, bad counts.
    Misleads in both directions: birds seldom all move, and counts at neighbouring sites miss birds that
    fly between them.
    """
    require_columns(counts, [site, lat, lon, time, count])
    birds = numbers(counts[count], count, minimum=0, whole=True, missing="keep")
    table = counts[np.isfinite(birds)]
    birds = birds[np.isfinite(birds)]
    if not len(table):
        raise ValueError(f"every {count} is blank: there is nothing to compare")
    speed = float(numbers([speed_km_h], "speed_km_h")[0])
    reach = float(numbers([reach_km], "reach_km", minimum=0)[0])
    if speed <= 0:
        raise ValueError(
            f"speed_km_h is {speed:g}: birds fly at more than 0 km/h; use reach_km=0 to forbid moves"
        )
    y, x = (
        numbers(table[lat], lat, minimum=-90, maximum=90),
        numbers(table[lon], lon, minimum=-180, maximum=180),
    )
    when = dates_of(table[time], time)
    hours = (when - when.min()).dt.total_seconds().to_numpy() / 3600
    names = names_of(table[site], site).to_numpy()
    rows = []
    for i in range(len(table)):
        km = distance_km(y[i], x[i], y, x)
        later = hours - hours[i]
        # the same moment at two places cannot hold the same bird, whatever the distance
        can = (later > 0) & (km <= reach) & (km <= speed * later) & (names != names[i])
        again = (later > 0) & (names == names[i])
        for j in np.flatnonzero(can | again):
            rows.append((i, j, names[i], names[j], km[j], later[j], min(birds[i], birds[j])))
    columns = ["i", "j", "from", "to", "km", "hours", "birds_at_most"]
    pairs = pd.DataFrame(rows, columns=columns)
    graph = nx.DiGraph()
    for i, n in enumerate(birds):
        graph.add_edge("source", ("left", i), capacity=int(n))
        graph.add_edge(("arrived", i), "sink", capacity=int(n))
    for i, j in zip(pairs["i"], pairs["j"], strict=True):
        graph.add_edge(("left", int(i)), ("arrived", int(j)))  # no capacity: any number may fly
    twice = nx.maximum_flow_value(graph, "source", "sink")
    total = float(birds.sum())
    notes = ()
    if (when == when.dt.normalize()).all():
        notes = (
            "The times hold no clock time: counts of one day were taken as made at the same moment, so "
            "birds that moved that day are not seen here. Write the time of each count.",
        )
    return DoubleCount(total, total - twice, pairs.drop(columns=["i", "j"]), notes)
