"""Wetlands of several kinds, all of whose birds are known, and a few that were drawn to be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.simulate.limits import positive, whole

#: Kinds of wetland: how many there are, and the mean number of birds. Assumed values.
KINDS = {"reservoir": (20, 120.0), "river": (60, 30.0), "rice fields": (120, 8.0)}


@dataclass(frozen=True)
class Wetlands:
    """`sites`: all of them: `site`, `stratum`, `area_km2`, `birds` (the truth). `sample`: those drawn.

    sizes: sites per stratum. total: true birds at all sites.
    """

    sites: pd.DataFrame
    sample: pd.DataFrame
    sizes: dict[str, int]
    total: int


def wetland_sample(
    draw: Mapping[str, int] | int = 10,
    *,
    kinds: Mapping[str, tuple[int, float]] | None = None,
    unevenness: float = 0.8,
    seed: int,
    drawn: int | None = None,
) -> Wetlands:
    """Simulate wetlands in strata and draw some of each at random.

    Parameters
    ----------
    draw : sites to draw per stratum, one number or stratum -> number. kinds : stratum -> (sites, mean
        birds); default `KINDS`. unevenness : coefficient of variation of the birds within a stratum.
    seed : decides the sites and their birds. drawn : decides the draw (default: `seed`), so that many
        samples can be taken from the same wetlands. Both any whole number.

    Returns
    -------
    Wetlands; areas follow the birds loosely, as larger sites hold more.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    kinds = dict(KINDS if kinds is None else kinds)
    wanted = dict.fromkeys(kinds, draw) if isinstance(draw, int) else dict(draw)
    if set(wanted) != set(kinds):
        raise ValueError(f"draw names {sorted(wanted)}: give a number for each of {sorted(kinds)}")
    cv = positive(unevenness, "unevenness")
    places, lots = (
        np.random.default_rng(seed),
        np.random.default_rng([seed if drawn is None else drawn, 1]),
    )
    parts, chosen = [], []
    for name, (number, mean) in kinds.items():
        number, n = whole(number, f"sites of {name}"), whole(wanted[name], f"draw of {name}")
        if n > number:
            raise ValueError(f"draw of {name} is {n}: there are {number} sites")
        level = places.gamma(cv**-2, cv**2 * positive(mean, f"mean of {name}"), number)
        area = np.round(level / mean * places.lognormal(0, 0.4, number) + 0.05, 2)
        parts.append(
            pd.DataFrame({"stratum": name, "area_km2": area, "birds": places.poisson(level)})
        )
        chosen.append(np.sort(lots.choice(number, n, replace=False)) + sum(map(len, parts[:-1])))
    sites = pd.concat(parts, ignore_index=True)
    sites.insert(0, "site", [f"W{k:03d}" for k in range(1, len(sites) + 1)])
    sample = sites.iloc[np.concatenate(chosen)].reset_index(drop=True)
    sizes = {name: int(number) for name, (number, _) in kinds.items()}
    return Wetlands(sites, sample, sizes, int(sites["birds"].sum()))
