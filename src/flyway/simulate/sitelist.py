"""A list of sites is a list of places that somebody visited."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Zones of a simulated flyway: name, number of true sites, latitude range (degrees north).
ZONES = {"north": (40, (46.0, 62.0)), "middle": (40, (34.0, 46.0)), "south": (40, (21.0, 34.0))}


def visited_sites(
    north: float, middle: float = 0.8, south: float = 0.9, *, seed: int
) -> pd.DataFrame:
    """Simulate true sites in three zones, and whether anybody has visited each.

    Every zone truly holds the same number of sites. A site enters the list only when it was visited.

    Parameters
    ----------
    north, middle, south : chance (0 to 1) that a site of the zone has been visited.
    seed : any whole number.

    Returns
    -------
    DataFrame: ``zone``, ``lat``, ``lon`` (degrees), ``visited`` (True or False).

    Raises
    ------
    ValueError for a chance outside 0 to 1.
    """
    chance = {"north": north, "middle": middle, "south": south}
    for zone, value in chance.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{zone} is {value:g}: a chance lies between 0 and 1")
    rng = np.random.default_rng(seed)
    parts = []
    for zone, (number, (low, high)) in ZONES.items():
        lat = rng.uniform(low, high, number)
        parts.append(
            pd.DataFrame(
                {
                    "zone": zone,
                    "lat": lat,
                    "lon": rng.uniform(112.0, 136.0, number),
                    # one draw per site, so that raising the chance only ever adds sites
                    "visited": rng.uniform(size=number) < chance[zone],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
