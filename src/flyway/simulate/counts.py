"""Counts at many sites in many winters, with gaps, from a population whose trend is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class WinterCounts(NamedTuple):
    """What `winter_counts` returns.

    counts : `site`, `winter` (year of the January), `count` (birds; missing where nobody counted).
    truth : `winter`, `expected` (birds at all sites), `index` (expected, first winter = 1).
    sites : `site`, `expected_first` (expected birds in the first winter).
    """

    counts: pd.DataFrame
    truth: pd.DataFrame
    sites: pd.DataFrame


def winter_counts(
    n_sites: int = 20,
    n_winters: int = 25,
    *,
    rate: float = 0.03,
    winter_sd: float = 0.08,
    site_median: float = 60.0,
    site_sd: float = 1.0,
    big_site: float = 40.0,
    dispersion: float = 8.0,
    gaps: float = 0.30,
    first_winter: int = 2001,
    seed: int,
) -> WinterCounts:
    """Simulate yearly winter counts of a crane at several sites.

    The count at site i in winter t is drawn from a negative binomial distribution with mean

        m[i, t] = size[i] · (1 + rate)^t · exp(w[t]),   w[t] ~ Normal(0, winter_sd²),  w[0] = 0

    and variance m + m²/dispersion. Site sizes are log-normal; the first site is `big_site` times the
    median, as one roost often holds most birds. All sites share the winter effects w and the rate.
    Then a share `gaps` of the cells is blanked at random; every site and every winter keeps at least
    one count. A blank is a winter in which nobody counted, and has nothing to do with the number of
    birds. Real gaps are seldom so kind.

    Parameters
    ----------
    n_sites, n_winters : size of the table, 1 or more sites and 2 or more winters.
    rate : true growth per year as a share (0.03 is 3 % a year).
    winter_sd : standard deviation of the log effect of a winter that all sites share.
    site_median : median expected birds of a site in the first winter.
    site_sd : standard deviation of the log site size.
    big_site : size of the first site, in medians.
    dispersion : size k of the negative binomial; large values come close to Poisson counts.
    gaps : share of site-winters without a count, 0 or more and below 1.
    first_winter : year of the January of the first winter.
    seed : any whole number. Sizes, winters, counts and gaps use separate streams, so that
        `gaps=0` with the same seed gives the same counts without the blanks.

    Returns
    -------
    WinterCounts: `counts` (n_sites × n_winters rows), `truth` (n_winters rows), `sites`.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    if n_sites < 1 or n_winters < 2:
        raise ValueError(
            f"n_sites={n_sites}, n_winters={n_winters}: need 1 site and 2 winters or more"
        )
    if rate <= -1:
        raise ValueError(f"rate is {rate:g}: a population cannot shrink by 100 % a year or more")
    for name, value in (
        ("site_median", site_median),
        ("big_site", big_site),
        ("dispersion", dispersion),
    ):
        if value <= 0:
            raise ValueError(f"{name} is {value:g}: it must be above 0")
    for name, value in (("winter_sd", winter_sd), ("site_sd", site_sd)):
        if value < 0:
            raise ValueError(f"{name} is {value:g}: a standard deviation is 0 or more")
    if not 0 <= gaps < 1:
        raise ValueError(f"gaps is {gaps:g}: a share of blanks is 0 or more and below 1")
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]

    size = site_median * np.exp(site_sd * streams[0].standard_normal(n_sites))
    size[0] = site_median * big_site
    effect = winter_sd * streams[1].standard_normal(n_winters)
    effect[0] = 0.0
    index = (1 + rate) ** np.arange(n_winters) * np.exp(effect)
    mean = np.outer(size, index)
    birds = streams[2].poisson(streams[2].gamma(dispersion, mean / dispersion))
    blank = _blanks(n_sites, n_winters, gaps, streams[3])

    names = [f"Site {number:02d}" for number in range(1, n_sites + 1)]
    winters = np.arange(first_winter, first_winter + n_winters)
    count = pd.Series(birds.ravel()).astype("Int64").mask(blank.ravel())
    counts = pd.DataFrame(
        {"site": np.repeat(names, n_winters), "winter": np.tile(winters, n_sites), "count": count}
    )
    truth = pd.DataFrame({"winter": winters, "expected": mean.sum(axis=0), "index": index})
    return WinterCounts(counts, truth, pd.DataFrame({"site": names, "expected_first": size}))


def _blanks(n_sites: int, n_winters: int, gaps: float, rng: np.random.Generator) -> np.ndarray:
    """True where a cell is blank: the wished number of cells, or as many as leave one per row and column."""
    blank = np.zeros((n_sites, n_winters), dtype=bool)
    wished = round(gaps * blank.size)
    for cell in rng.permutation(blank.size):
        if wished == 0:
            break
        row, col = divmod(int(cell), n_winters)
        if (~blank[row]).sum() > 1 and (~blank[:, col]).sum() > 1:
            blank[row, col] = True
            wished -= 1
    return blank
