"""What do people think, on a scale of words?

Answers such as "disagree, neutral, agree" are ordered classes, not measurements: the step from
"neutral" to "agree" need not be as long as the next. So `summarise_likert` gives shares, the median
class and the share that agrees, and no mean.

Source: Jamieson (2004) Medical Education 38:1217-1218; interval of a share: Wilson (1927) Journal of
the American Statistical Association 22:209-212. No published case: checked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from flyway.inputs import probability, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class LikertSummary:
    """Answers per item (rows) and level (columns), in the order of the scale.

    counts : table of answers, items × levels.
    blank : people who left the item blank.
    agree : the levels that count as agreeing.
    """

    counts: pd.DataFrame
    blank: pd.Series
    agree: tuple

    @property
    def levels(self) -> list:
        """The scale, from its lower to its upper end."""
        return list(self.counts.columns)

    def shares(self) -> pd.DataFrame:
        """Return the share of answers at each level, item by level; rows sum to 1."""
        return self.counts.div(self.counts.sum(axis=1), axis=0)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return per item: n, blank, median, lower and upper quartile class, and the share agreeing.

        `estimate`, `se`, `lower`, `upper` are the share at the levels in `agree` with Wilson's interval.
        The median is the lower of two when answers split evenly.
        """
        alpha = 1 - probability(level, "level", open_interval=True)
        rows = []
        for item, counts in self.counts.iterrows():
            n = int(counts.sum())
            cumulative = counts.to_numpy().cumsum() / n
            at = [self.levels[int(np.argmax(cumulative >= q - 1e-12))] for q in (0.5, 0.25, 0.75)]
            yes = int(counts[list(self.agree)].sum())
            low, high = proportion_confint(yes, n, alpha, "wilson")
            p = yes / n
            rows.append(
                (item, n, int(self.blank[item]), *at, p, np.sqrt(p * (1 - p) / n), low, high)
            )
        names = ["item", "n", "blank", "median", "quartile_1", "quartile_3"]
        return pd.DataFrame(rows, columns=[*names, "estimate", "se", "lower", "upper"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the shares as bars that part at the middle of the scale."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        shares = 100 * self.shares().iloc[::-1]
        k = len(self.levels)
        half = k // 2
        start = -shares.iloc[:, :half].sum(axis=1).to_numpy()
        if k % 2:
            start = start - shares.iloc[:, half].to_numpy() / 2
        shades = plt.get_cmap("RdBu")(np.linspace(0.1, 0.9, k))
        for i, name in enumerate(self.levels):
            part = shares.iloc[:, i].to_numpy()
            ax.barh(
                [str(v) for v in shares.index], part, left=start, color=shades[i], label=str(name)
            )
            start = start + part
        ax.axvline(0, color="0.45", linewidth=0.8)
        ax.set(xlabel="share of answers (%), parted at the middle of the scale")
        ax.legend(ncols=k, loc="lower center", bbox_to_anchor=(0.5, 1))
        return ax


def summarise_likert(
    data: pd.DataFrame,
    items: Iterable[str],
    levels: Iterable,
    *,
    agree: Iterable | None = None,
) -> LikertSummary:
    """Summarise answers on an ordered scale, item by item.

    Parameters
    ----------
    data : one row per person, one column per item; a blank is "not answered". items : these columns.
    levels : the scale in order, from one end to the other, such as [1, 2, 3, 4, 5] or words.
    agree : the levels that count as agreeing; default: those above the middle.

    Errors: ValueError for an answer that is not on the scale (item, row), items with no answer, a
    scale of fewer than 2 levels.
    Misleads when people agree with whatever is asked (turn half of the items round), and when those
    who left an item blank differ from the others.
    """
    items = [items] if isinstance(items, str) else list(items)
    levels = list(levels)
    require_columns(data, items)
    if len(levels) < 2 or len(set(levels)) < len(levels):
        raise ValueError("levels must name each level of the scale once, at least 2, in order")
    chosen = levels[(len(levels) + 1) // 2 :] if agree is None else list(agree)
    off = [a for a in chosen if a not in levels]
    if off or not chosen:
        raise ValueError(f"agree must name levels of the scale: {off or 'none is named'}")
    rows = {}
    for item in items:
        answers = data[item]
        given = answers.dropna()
        wrong = given[~given.isin(levels)]
        if len(wrong):
            raise ValueError(
                f"{item} is {wrong.iloc[0]!r} in row {wrong.index[0]}, which is not on the scale "
                f"({', '.join(map(str, levels))}): correct it or leave it blank"
            )
        if given.empty:
            raise ValueError(f"{item} has no answer: every row is blank")
        rows[item] = [int((given == v).sum()) for v in levels]
    counts = pd.DataFrame.from_dict(rows, orient="index", columns=levels)
    return LikertSummary(counts, data[items].isna().sum(), tuple(chosen))
