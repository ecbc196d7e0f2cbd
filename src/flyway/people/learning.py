"""Did people learn, and how sure are we?

`compare_paired` sets the same people's scores before and after against each other. `learning_gain`
tells how much of what could be learned was learned (Hake's normalised gain):

    g = (mean after − mean before) / (maximum − mean before)

Sources: Hake (1998) American Journal of Physics 66:64-74 (g of a class: below 0.3 low, 0.7 and more
high); Student (1908) Biometrika 6:1-25; Wilcoxon (1945) Biometrics Bulletin 1:80-83; Kerby (2014)
Innovative Teaching 3:1, doi 10.2466/11.IT.3.1 (matched-pairs rank correlation); Hedges (1981) Journal
of Educational Statistics 6:107-128 (g); Cumming & Finch (2001) Educational and Psychological
Measurement 61:532-574 (interval of d by the noncentral t). No published case is in the tests for g:
checked by hand and on simulated classes of known gain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import optimize, stats

from flyway import results
from flyway.inputs import numbers, same_length

LOW, HIGH = 0.3, 0.7  # Hake's limits between low, medium and high gain


@dataclass(frozen=True)
class LearningGain:
    """Normalised gain of a class: `estimate` is the share of what could be learned that was learned.

    mean_before, mean_after : mean scores of the same people.
    maximum : the highest score possible.
    """

    estimate: float
    se: float
    n: int
    mean_before: float
    mean_after: float
    maximum: float
    individual: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def gain_class(self) -> str:
        """Hake's class of the estimate: "low", "medium" or "high"."""
        return "low" if self.estimate < LOW else "medium" if self.estimate < HIGH else "high"

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of g (linearised ratio, n − 1 degrees of freedom)."""
        return results.interval(self.estimate, self.se, level, self.n - 1)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return g of the class, the mean of people's own gains, and the two mean scores."""
        own = self.individual[np.isfinite(self.individual)]
        nan = float("nan")
        spread = float(own.std(ddof=1) / np.sqrt(len(own))) if len(own) > 1 else nan
        mean = float(own.mean()) if len(own) else nan
        ends = results.interval(mean, spread, level, len(own) - 1) if len(own) > 1 else (nan, nan)
        return results.table(
            [
                ("normalised gain of the class", self.estimate, self.se, *self.interval(level)),
                ("mean of people's own gains", mean, spread, *ends),
                ("mean score before", self.mean_before, nan, nan, nan),
                ("mean score after", self.mean_after, nan, nan, nan),
            ]
        )


def learning_gain(before: Iterable, after: Iterable, maximum: float) -> LearningGain:
    """Estimate how much of what could be learned a class has learned, from scores before and after.

    With u = [(after − mean after) − (1 − g)(before − mean before)] / (maximum − mean before), the
    standard error of g is sd(u)/√n.

    Parameters
    ----------
    before, after : scores of n people, same order, 0 to `maximum`; a pair with a blank is left out.
    maximum : the highest score possible.

    Errors: ValueError for scores outside 0 to maximum, fewer than 2 pairs, a class that knew
    everything before.
    Misleads when only those who did well came back for the second test (see `notes`), when the two
    tests differ in difficulty, when many reach the maximum (ceiling), and without a group that was
    not trained: people also learn by taking a test twice.

    Examples
    --------
    >>> gain = learning_gain([4, 5, 6, 7], [7, 8, 8, 9], maximum=10)
    >>> round(gain.estimate, 2), gain.gain_class
    (0.56, 'medium')
    """
    top = float(numbers([maximum], "maximum")[0])
    if top <= 0:
        raise ValueError(f"maximum is {top:g}: give the highest score possible, above 0")
    x, y, notes = _pairs(before, after, minimum=0, maximum=top)
    room = top - x.mean()
    if room <= 1e-12 * top:
        raise ValueError("everyone had the highest score before: there was nothing left to learn")
    n = len(x)
    g = float((y.mean() - x.mean()) / room)
    u = ((y - y.mean()) - (1 - g) * (x - x.mean())) / room
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(x < top, (y - x) / (top - x), np.nan)
    full = int((x >= top).sum())
    if full:
        notes += (f"Highest score before: {full} (they have no gain of their own).",)
    ceiling = float((y >= top).mean())
    if ceiling > 0.2:
        notes += (
            f"{100 * ceiling:.0f} % reached the highest score: the test is too short to tell.",
        )
    return LearningGain(
        g, float(u.std(ddof=1) / np.sqrt(n)), n, float(x.mean()), float(y.mean()), top, own, notes
    )


@dataclass(frozen=True)
class PairedComparison:
    """Change of the same people. `estimate` is the mean change (after − before).

    t, p_t : paired t test.
    wilcoxon, p_wilcoxon : signed-rank test of Wilcoxon.
    d : mean change / its standard deviation (Cohen's d of the changes).
    rank_correlation : −1 (all went down) to 1 (all went up).
    """

    estimate: float
    se: float
    n: int
    t: float
    p_t: float
    wilcoxon: float
    p_wilcoxon: float
    d: float
    rank_correlation: float
    notes: tuple[str, ...] = ()

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the mean change."""
        return results.interval(self.estimate, self.se, level, self.n - 1)

    @property
    def g(self) -> float:
        """Hedges' g: d without its small-sample excess (d is 6 % too large on average for 15 people).

        NaN for two people, whose d has no mean.
        """
        if self.n < 3:
            return float("nan")
        return self.d * (1 - 3 / (4 * (self.n - 1) - 1))

    def effect_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of Cohen's d of the changes, from the noncentral t distribution."""
        if not np.isfinite(self.t):
            return float("nan"), float("nan")
        tail = 0.5 - level / 2
        results.multiplier(level)  # refuses a level outside 0 to 1
        df = self.n - 1

        def below(nc: float) -> float:
            p = float(stats.nct.cdf(self.t, df, nc))
            return p if np.isfinite(p) else float(nc < self.t)  # far out scipy gives NaN

        def solve(q: float) -> float:
            reach = 10 + 3 * abs(self.t)
            return float(optimize.brentq(lambda nc: below(nc) - q, -reach, reach))

        return solve(1 - tail) / np.sqrt(self.n), solve(tail) / np.sqrt(self.n)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return mean change and effect size (d); tests are in `tests()`."""
        nan = float("nan")
        return results.table(
            [
                ("mean change", self.estimate, self.se, *self.interval(level)),
                ("effect size d (changes)", self.d, nan, *self.effect_interval(level)),
                ("effect size g (small-sample d)", self.g, nan, nan, nan),
                ("rank correlation (-1 to 1)", self.rank_correlation, nan, nan, nan),
            ]
        )

    def tests(self) -> pd.DataFrame:
        """Return the paired t test and Wilcoxon's signed-rank test: statistic and p."""
        return pd.DataFrame(
            [
                ("paired t", self.t, self.n - 1, self.p_t),
                ("Wilcoxon signed rank", self.wilcoxon, np.nan, self.p_wilcoxon),
            ],
            columns=["test", "statistic", "df", "p"],
        )


def compare_paired(before: Iterable, after: Iterable) -> PairedComparison:
    """Compare the scores of the same people before and after.

    Mean change with t interval, paired t test, Wilcoxon's signed-rank test (zero changes are left
    out of the ranks), Cohen's d of the changes (mean / sd) and the matched-pairs rank correlation
    (share of rank sum that went up minus share that went down).

    Parameters
    ----------
    before, after : numbers of n people, same order; a pair with a blank is left out and told.

    Errors: ValueError for fewer than 2 pairs or columns that differ in length.
    Misleads when those chosen for training were the weakest: they rise by chance alone (regression
    to the mean). d is in units of the spread of changes, so it is no size of knowledge; use g.
    """
    x, y, notes = _pairs(before, after)
    change = y - x
    n, sd = len(change), float(change.std(ddof=1))
    mean, nan = float(change.mean()), float("nan")
    if sd > 1e-12 * max(abs(mean), 1e-300):
        test = stats.ttest_rel(y, x)
        t, p, d = float(test.statistic), float(test.pvalue), mean / sd
    else:
        t = p = d = nan
        notes += ("Everyone changed by the same amount: there is no scatter to test against.",)
    moved = change[change != 0]
    if len(moved):
        ranks = stats.rankdata(np.abs(moved))
        signed = float((np.sign(moved) * ranks).sum() / ranks.sum())
        found = stats.wilcoxon(y, x, zero_method="wilcox")
        w, p_w = float(found.statistic), float(found.pvalue)
    else:
        signed, w, p_w = 0.0, nan, nan
    return PairedComparison(mean, sd / np.sqrt(n), n, t, p, w, p_w, d, signed, notes)


def _pairs(
    before: Iterable, after: Iterable, **limits: float
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    x = numbers(before, "score before", missing="keep", **limits)
    y = numbers(after, "score after", missing="keep", **limits)
    same_length(before=x, after=y)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 2:
        raise ValueError(
            f"{int(both.sum())} people have both scores: at least 2 are needed, better 20"
        )
    gone, came = int((np.isfinite(x) & ~both).sum()), int((np.isfinite(y) & ~both).sum())
    notes = []
    if gone or came:
        text = f"Left out: {gone} with no score after, {came} with none before."
        if gone and both.sum() > 1:
            gap = x[np.isfinite(x) & ~both].mean() - x[both].mean()
            text += (
                f" Those who left scored {abs(gap):.2g} {'lower' if gap < 0 else 'higher'} before."
            )
        notes.append(text)
    return x[both], y[both], tuple(notes)
