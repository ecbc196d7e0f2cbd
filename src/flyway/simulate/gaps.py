"""Take counts away from a full table, so that the effect of a gap can be seen.

Four reasons why nobody counted. Only the first has nothing to do with birds or years:

- ``anywhere``: any site, any winter, by lot.
- ``first winters``: counting began with few people; early winters have more blanks.
- ``small sites``: people go where the birds are; small sites have more blanks.
- ``few birds``: who finds few birds for that site stays away, or sends no sheet.

Cells are drawn without replacement with weights exp(score), by adding Gumbel noise to the scores and
taking the largest (Efraimidis & Spirakis 2006, Information Processing Letters 97:181-185).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

WHERE = ("anywhere", "first winters", "small sites", "few birds")


def leave_out(counts: pd.DataFrame, share: float, where: str, *, seed: int) -> pd.DataFrame:
    """Blank a share of the counts, for one of four reasons.

    Parameters
    ----------
    counts : one row per site and winter, with ``site``, ``winter`` and ``count`` (birds), no blanks.
    share : share of the counts to blank, 0 or more and below 1.
    where : one of `WHERE`.
    seed : any whole number. The same seed blanks more cells for a larger share, never other ones.

    Returns
    -------
    A copy of `counts` with blanks. Each site and each winter keeps at least one count, so that a
    very large share may not be reached.

    Errors: ValueError naming the argument that is out of range, or the row that is blank already.
    """
    if not 0 <= share < 1:
        raise ValueError(f"share is {share:g}: a share of blanks is 0 or more and below 1")
    if where not in WHERE:
        raise ValueError(f"where is {where!r}: choose one of {', '.join(WHERE)}")
    if len(counts) != counts["site"].nunique() * counts["winter"].nunique():
        raise ValueError("give one row for each site and winter: some are absent or given twice")
    if counts["count"].isna().any():
        row = counts.index[counts["count"].isna()][0]
        raise ValueError(f"count is blank in row {row}: begin with a table without blanks")
    site, sites = pd.factorize(counts["site"])
    winter, winters = pd.factorize(counts["winter"], sort=True)
    birds = np.empty((len(sites), len(winters)))
    birds[site, winter] = counts["count"].astype(float)
    noise = np.random.default_rng(seed).gumbel(size=birds.shape)
    blank = _choose(_scores(birds, where) + noise, round(share * birds.size))
    return counts.assign(count=counts["count"].astype("Int64").mask(blank[site, winter]))


def _scores(birds: np.ndarray, where: str) -> np.ndarray:
    """Give each cell its log weight: the larger, the sooner it is blank."""
    sites, winters = birds.shape
    size = birds.mean(axis=1, keepdims=True)
    if where == "first winters":
        return np.tile(np.linspace(4.0, 0.0, winters), (sites, 1))
    if where == "small sites":
        return np.tile(-1.5 * np.log(size), (1, winters))
    if where == "few birds":
        return -6.0 * np.log((birds + 0.5) / (size + 0.5))
    return np.zeros_like(birds)


def _choose(scores: np.ndarray, wished: int) -> np.ndarray:
    """Mark the cells with the largest scores; the last count of a site or winter stays."""
    blank = np.zeros(scores.shape, dtype=bool)
    for cell in np.argsort(-scores, axis=None):
        if wished == 0:
            break
        row, column = divmod(int(cell), scores.shape[1])
        if (~blank[row]).sum() > 1 and (~blank[:, column]).sum() > 1:
            blank[row, column] = True
            wished -= 1
    return blank
