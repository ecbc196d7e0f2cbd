"""Rehearse a BACI study many times before the first bird is counted: how wide, and how often wrong?

Each rehearsal draws one impact site and some controls over the winters before and after, with ups and
downs that all sites share and ups and downs of each site that last (`simulate.basins.log_levels`), puts
in an effect, and analyses it on the log scale as a study of that size would be analysed:

    no control:            after − before at the impact site, t with B + A − 2 df
    one control:           differences impact − control by winter, t with B + A − 2 df  ("paired")
    two or more controls:  change of the impact site − changes of the controls, t with sites − 2 df
                           ("changes" in `baci`)

The first two take winters as independent. Where a site's good and poor winters come in runs they are not,
and "nothing happened" is called an effect more often than 5 times in 100 (Stewart-Oaten, Murdoch & Parker
1986 Ecology 67:929-940, on independence of the differences).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.inputs import numbers, probability
from flyway.simulate.basins import log_levels


@dataclass(frozen=True)
class Rehearsal:
    """Many studies of one design: `studies` holds ratio, lower and upper of each.

    effect : true ratio to no impact. level : coverage of the intervals.
    controls, before, after : control sites, and winters before and after.
    """

    effect: float
    controls: int
    before: int
    after: int
    level: float
    studies: pd.DataFrame = field(repr=False)

    @property
    def missed(self) -> float:
        """Share of intervals that miss the truth: (1 − level) if the analysis keeps its promise."""
        return float(
            ((self.studies.lower > self.effect) | (self.studies.upper < self.effect)).mean()
        )

    @property
    def detected(self) -> float:
        """Share of intervals that leave out 1: power, or false alarms if the true ratio is 1."""
        return float(((self.studies.lower > 1) | (self.studies.upper < 1)).mean())

    @property
    def middle(self) -> tuple[float, float]:
        """The middle interval for an estimate of 1: one half of all studies have a narrower one."""
        half = float(np.median(np.log(self.studies.upper / self.studies.lower))) / 2
        return float(np.exp(-half)), float(np.exp(half))

    def summary(self) -> pd.DataFrame:
        """Return mean ratio, share of intervals that miss the truth, and share that leave out 1."""
        nan = float("nan")
        ratio = float(np.exp(np.log(self.studies["ratio"]).mean()))
        return results.table(
            [
                ("mean ratio", ratio, nan, nan, nan),
                ("intervals that miss the truth", self.missed, nan, nan, nan),
                ("intervals that leave out 1", self.detected, nan, nan, nan),
                ("middle interval of no effect", 1.0, nan, *self.middle),
            ]
        )


def rehearse_baci(
    effect: float = 1.0,
    *,
    controls: int,
    before: int,
    after: int,
    studies: int = 2000,
    level: float = 0.95,
    growth: float = 0.0,
    sd_winter: float = 0.2,
    sd_basin: float = 0.2,
    memory: float = 0.5,
    seed: int,
) -> Rehearsal:
    """Run a planned BACI many times with a known effect.

    Parameters
    ----------
    effect : true ratio to no impact (1: none; 0.7: 30 of 100 birds lost).
    controls : control sites, 0 or more. before, after : winters, 2 or more each.
    studies : how many times. growth, sd_winter, sd_basin, memory : see
        `flyway.simulate.basins.log_levels`. level : coverage of the intervals.
    seed : any whole number.

    Errors: ValueError for an effect of 0 or less, and for numbers out of range.
    Misleads when the scatter of your sites is larger, or lasts longer, than you assumed.
    """
    true = float(numbers([effect], "effect")[0])
    if true <= 0:
        raise ValueError(f"effect is {true:g}: it is a ratio, and must be above 0")
    k = int(numbers([controls], "controls", minimum=0, whole=True)[0])
    b, a = (
        int(numbers([n], name, minimum=2, whole=True)[0])
        for n, name in ((before, "before"), (after, "after"))
    )
    n = int(numbers([studies], "studies", minimum=1, whole=True)[0])
    level = probability(level, "level", open_interval=True)
    y = log_levels(
        (n, 1 + k, b + a),
        growth=growth,
        sd_winter=sd_winter,
        sd_basin=sd_basin,
        memory=memory,
        rng=np.random.default_rng(seed),
    )
    y[:, 0, b:] += np.log(true)
    if k < 2:
        series = y[:, 0] - (y[:, 1] if k else 0)
        parts = series[:, :b], series[:, b:]
        estimate = parts[1].mean(axis=1) - parts[0].mean(axis=1)
        df = b + a - 2
        squares = sum(p.var(axis=1) * p.shape[1] for p in parts)
        se = np.sqrt(squares / df * (1 / b + 1 / a))
    else:
        change = y[:, :, b:].mean(axis=2) - y[:, :, :b].mean(axis=2)
        estimate = change[:, 0] - change[:, 1:].mean(axis=1)
        df = k - 1
        se = np.sqrt(change[:, 1:].var(axis=1, ddof=1) * (1 + 1 / k))
    half = stats.t.ppf((1 + level) / 2, df) * se
    table = pd.DataFrame(
        {
            "ratio": np.exp(estimate),
            "lower": np.exp(estimate - half),
            "upper": np.exp(estimate + half),
        }
    )
    return Rehearsal(true, k, b, a, level, table)
