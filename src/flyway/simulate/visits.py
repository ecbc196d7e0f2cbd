"""Sites that are visited again and again, and birds seen from a line: there, but not always seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole


@dataclass(frozen=True)
class SiteVisits:
    """`visits`: one row per site, one column per visit. `truth`: `site`, `birds`, `occupied`."""

    visits: pd.DataFrame
    truth: pd.DataFrame


def site_visits(
    sites: int = 100,
    visits: int = 4,
    *,
    occupied: float = 0.6,
    birds: float | None = None,
    p: float = 0.4,
    missing: float = 0.0,
    coming_and_going: float = 0.0,
    seed: int,
) -> SiteVisits:
    """Simulate repeated visits to sites: found or not (1, 0), or birds counted.

    Parameters
    ----------
    sites, visits : how many. occupied : share of sites with birds. birds : None for found or not; else
        the mean of a Poisson number of birds at occupied sites, each counted with chance p in each visit.
    p : chance to find the species (or each bird) in one visit. missing : share of visits not made.
    coming_and_going : share of the birds (or of the occupied sites) that is elsewhere at each visit, anew
        each time; above 0 breaks the assumption that sites do not change. seed : any whole number.

    Returns
    -------
    SiteVisits: `visits` (1, 0 or counts; blank where no visit was made), `truth`.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    shape = (whole(sites, "sites"), whole(visits, "visits"))
    rng = np.random.default_rng(seed)
    there = rng.random(shape[0]) < probability(occupied, "occupied")
    seen = probability(p, "p") * (1 - probability(coming_and_going, "coming_and_going"))
    if birds is None:
        number = there.astype(int)
    else:
        number = np.where(there, rng.poisson(positive(birds, "birds"), shape[0]), 0)
    found = rng.binomial(number[:, None], seen, shape).astype(float)
    found[rng.random(shape) < probability(missing, "missing")] = np.nan
    names = [f"S{k:03d}" for k in range(1, shape[0] + 1)]
    table = pd.DataFrame(found, index=pd.Index(names, name="site"))
    table.columns = [f"visit_{k}" for k in range(1, shape[1] + 1)]
    return SiteVisits(table, pd.DataFrame({"site": names, "birds": number, "occupied": number > 0}))


@dataclass(frozen=True)
class LineSightings:
    """What was seen from each line, and what was there.

    sightings: `transect`, `distance_m`, one row per bird seen. transects: `transect`, `length_km`, `birds`
    (true, within the strip), one row per line. density_km2, share : true birds per km² on average, and
    the true mean chance that a bird of the strip is seen.
    """

    sightings: pd.DataFrame
    transects: pd.DataFrame
    density_km2: float
    share: float


def line_sightings(
    density_km2: float = 40.0,
    *,
    lines: int = 15,
    length_km: float = 2.0,
    half_width_m: float = 200.0,
    scale_m: float = 80.0,
    on_line: float = 1.0,
    patchiness: float = 0.3,
    seed: int,
) -> LineSightings:
    """Simulate birds seen on both sides of lines, fewer the further away they are.

    A bird at x metres is seen with probability on_line · exp(−x² / (2 · scale_m²)).

    Parameters
    ----------
    density_km2 : birds per square kilometre, on average over all places where a line could lie.
    lines, length_km : how many lines, and how long each is. half_width_m : furthest distance looked at.
    scale_m : scale of the half-normal curve. on_line : chance to see a bird on the line itself; below 1
        breaks the assumption that all of them are seen.
    patchiness : coefficient of variation of the density from line to line. seed : any whole number.

    Returns
    -------
    LineSightings; `share` includes `on_line`.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    width, scale = positive(half_width_m, "half_width_m"), positive(scale_m, "scale_m")
    lines, length = whole(lines, "lines"), positive(length_km, "length_km")
    chance = probability(on_line, "on_line")
    uneven = positive(patchiness, "patchiness", zero=True)
    rng = np.random.default_rng(seed)
    mean = positive(density_km2, "density_km2") * 2 * width / 1000 * length
    level = rng.gamma(uneven**-2, uneven**2, lines) if uneven else np.ones(lines)
    birds = rng.poisson(mean * level)
    line = np.repeat(np.arange(1, lines + 1), birds)
    x = rng.uniform(0, width, len(line))
    seen = rng.random(len(line)) < chance * np.exp(-(x**2) / (2 * scale**2))
    grid = (np.arange(2000) + 0.5) * width / 2000
    return LineSightings(
        pd.DataFrame({"transect": line[seen], "distance_m": np.round(x[seen], 1)}),
        pd.DataFrame({"transect": np.arange(1, lines + 1), "length_km": length, "birds": birds}),
        float(density_km2),
        float(chance * np.exp(-(grid**2) / (2 * scale**2)).mean()),
    )
