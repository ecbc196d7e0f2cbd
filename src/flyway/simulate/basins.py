"""Winter counts in basins, one of which gets a project, with the truth written down.

On the log scale a basin's expected birds in a winter are

    level + growth · winter + good or poor winter (all basins) + own ups and downs + effect,

where a basin's own ups and downs have a memory: it silts up, or its sluice leaks, for some winters. The
memory is a first-order autoregression with standard deviation `sd_basin` and correlation `memory`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Expected birds of each basin in the first winter of the package ``salt_pan_counts``: assumed values.
LEVELS = {
    "Project": 130,
    "A": 95,
    "B": 170,
    "C": 60,
    "D": 210,
    "E": 115,
    "Next door": 125,
}


def log_levels(
    shape: tuple[int, int, int],
    *,
    growth: float = 0.08,
    sd_winter: float = 0.2,
    sd_basin: float = 0.2,
    memory: float = 0.5,
    rng: np.random.Generator,
) -> np.ndarray:
    """Simulate how basins go up and down over the winters with no project, on the log scale.

    shape : studies, basins, winters. rng : a generator of random numbers.
    growth : yearly growth that all basins share (0.08: 8 %). sd_winter : good and poor winters, shared.
    sd_basin : a basin's own ups and downs. memory : how alike they are from one winter to the next, 0
    or more and below 1.

    Returns an array of that shape. Errors: ValueError for a memory outside 0 to 1.
    """
    if not 0 <= memory < 1:
        raise ValueError(f"memory is {memory:g}: choose 0 or more and below 1")
    studies, basins, winters = shape
    own = np.empty(shape)
    own[..., 0] = rng.normal(0, 1, (studies, basins))
    for t in range(1, winters):
        step = rng.normal(0, np.sqrt(1 - memory**2), (studies, basins))
        own[..., t] = memory * own[..., t - 1] + step
    shared = np.log1p(growth) * np.arange(winters) + rng.normal(0, sd_winter, (studies, 1, winters))
    return sd_basin * own + shared


@dataclass(frozen=True)
class SaltPanCounts:
    """`counts`: one row per basin and winter. `truth`: birds expected with and without the project."""

    counts: pd.DataFrame
    truth: pd.DataFrame


def salt_pan_counts(
    *,
    before: int = 5,
    after: int = 5,
    effect: float = 0.6,
    to_neighbour: float = 0.5,
    growth: float = 0.08,
    sd_winter: float = 0.2,
    sd_basin: float = 0.15,
    memory: float = 0.5,
    sd_visit: float = 0.15,
    visits: int = 4,
    seed: int,
) -> SaltPanCounts:
    """Simulate spoonbills in seven salt-pan basins, one of which gets solar panels.

    From the first winter with panels the project basin holds `effect` times the birds that it would hold
    without. A share of the birds that are missing there rests in the basin next door instead; the
    others leave the area. The growth is that of the published world count; all other values are ours.

    Parameters
    ----------
    before, after : winters before and with the panels. effect : ratio to no project (1: none).
    to_neighbour : share of the missing birds that go to the basin next door.
    growth, sd_winter, sd_basin, memory : see `log_levels`. visits, sd_visit : counts at high tide in a
        January, and the scatter of one of them (log scale); their mean is the count.
    seed : any whole number.

    Returns
    -------
    SaltPanCounts: ``counts`` with ``basin``, ``treatment`` (impact or control), ``winter`` (1, 2, …),
    ``period`` and ``spoonbills``; ``truth`` with ``basin``, ``winter``, ``without_project`` and
    ``expected`` (birds).

    Raises
    ------
    ValueError for a memory outside 0 to 1.
    """
    rng = np.random.default_rng(seed)
    winters = before + after
    logs = log_levels(
        (1, len(LEVELS), winters),
        growth=growth,
        sd_winter=sd_winter,
        sd_basin=sd_basin,
        memory=memory,
        rng=rng,
    )[0]
    without = np.array(list(LEVELS.values()))[:, None] * np.exp(logs)
    expected = without.copy()
    panels = np.arange(winters) >= before
    missing = (1 - effect) * without[0] * panels
    expected[0] -= missing
    expected[-1] += to_neighbour * missing
    seen = expected[..., None] * np.exp(rng.normal(0, sd_visit, (*expected.shape, visits)))
    i, t = (a.ravel() for a in np.indices(expected.shape))
    basin = np.array(list(LEVELS))[i]
    counts = pd.DataFrame(
        {
            "basin": basin,
            "treatment": np.where(i == 0, "impact", "control"),
            "winter": t + 1,
            "period": np.where(panels[t], "after", "before"),
            "spoonbills": np.rint(seen.mean(axis=-1)).astype(int).ravel(),
        }
    )
    truth = pd.DataFrame(
        {
            "basin": basin,
            "winter": t + 1,
            "without_project": without.ravel().round(1),
            "expected": expected.ravel().round(1),
        }
    )
    return SaltPanCounts(counts, truth)
