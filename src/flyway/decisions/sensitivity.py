"""Would another weighting choose another option?

`vary_weights` draws many weight sets and reports the share in which each option wins;
`find_tipping_weights` says how far one weight can move before the winner changes. For the weights of
several delegations see `flyway.decisions.delegations`.

    weights ~ Dirichlet(1, …, 1)                every weighting is equally likely, or
    weights ~ Dirichlet(c · w_1, …, c · w_m)    scattered around stated weights w; c large: close

Source: Lahdelma, Hokkanen & Salminen (1998) European Journal of Operational Research 106:137-143
(acceptability and central weights, SMAA). No published case is in the tests: shares of small examples
are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from flyway.decisions.options import read_table, read_weights, to_values, twin_notes
from flyway.decisions.scores import METHODS, score_many
from flyway.inputs import numbers, one_of, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class WeightSensitivity:
    """How often each option reaches each rank over many weightings.

    method : "weighted sum" or "topsis".
    samples : weight sets that were drawn.
    rank_shares : options × ranks (rows sum to 1).
    central_weights : per option that ever wins, the mean weights of the sets in which it wins: what one
        must care for to choose it.
    """

    method: str
    samples: int
    rank_shares: pd.DataFrame
    central_weights: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def winner(self) -> object:
        """The option that wins in the largest share of weightings."""
        return self.rank_shares[1].idxmax()

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return option, estimate (share of weightings in which it wins), se, lower, upper, mean rank.

        se and interval (Wilson) are the error of drawing a limited number of weight sets: they
        shrink with `samples`. They say nothing about errors in the table.
        """
        alpha = 1 - probability(level, "level", open_interval=True)
        share = self.rank_shares[1].to_numpy()
        low, high = proportion_confint(share * self.samples, self.samples, alpha, "wilson")
        ranks = self.rank_shares.to_numpy() @ np.arange(1, self.rank_shares.shape[1] + 1)
        table = pd.DataFrame(
            {
                "option": self.rank_shares.index,
                "estimate": share,
                "se": np.sqrt(share * (1 - share) / self.samples),
                "lower": low,
                "upper": high,
                "mean_rank": ranks,
            }
        )
        return table.sort_values("estimate", ascending=False, ignore_index=True, kind="stable")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw for each option the share of weightings that puts it on each rank."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        order = self.summary()["option"][::-1]
        left = np.zeros(len(order))
        shades = plt.get_cmap("cividis")(np.linspace(0, 1, self.rank_shares.shape[1]))
        for rank, shade in zip(self.rank_shares.columns, shades, strict=True):
            part = 100 * self.rank_shares[rank].loc[order].to_numpy()
            ax.barh([str(o) for o in order], part, left=left, color=shade, label=f"{rank}")
            left = left + part
        ax.set(xlabel="share of weightings (%)")
        ax.legend(title="rank")
        return ax


def vary_weights(
    options: pd.DataFrame,
    *,
    lower_is_better: Iterable = (),
    method: str = "weighted sum",
    normalise: str | None = None,
    limits: Mapping | None = None,
    weights: Mapping | Iterable | None = None,
    closeness: float | None = None,
    samples: int = 10_000,
    seed: int = 1,
) -> WeightSensitivity:
    """Draw many weightings and report how often each option wins.

    Parameters
    ----------
    options, lower_is_better, limits : as in `score_weighted_sum`. method : "weighted sum" or
        "topsis". normalise : default "range" (weighted sum) or "vector" (topsis).
    weights, closeness : leave both out for "nothing is known about the weights"; or give stated
        weights and a closeness c (10: loose, 100: close; a weight w then scatters with standard
        deviation √(w(1 − w)/(c + 1))).
    samples, seed : number of weight sets; the same seed gives the same answer.

    Options that tie share the win. Errors: ValueError for tables, weights or numbers that cannot be used.
    Misleads when read as a probability that an option is right: it is a share of opinions, all
    taken as equally likely.
    """
    one_of(method, "method", METHODS)
    table = read_table(options, lower_is_better)
    default = "range" if method == "weighted sum" else "vector"
    values, notes = to_values(table, normalise or default, limits)
    if samples != int(samples) or samples < 1:
        raise ValueError(f"samples is {samples!r}: give a whole number, such as 10000")
    if (weights is None) != (closeness is None):
        raise ValueError("weights and closeness go together: give both, or neither")
    alpha = np.ones(len(table.criteria))
    if weights is not None:
        c = float(numbers([closeness], "closeness")[0])
        if c <= 0:
            raise ValueError(f"closeness is {c:g}: give a number above 0, such as 50")
        alpha = c * read_weights(weights, table.criteria)
    used = alpha > 0  # a weight of 0 stays 0
    drawn = np.zeros((int(samples), len(alpha)))
    drawn[:, used] = np.random.default_rng(seed).dirichlet(alpha[used], int(samples))
    scores = np.round(score_many(values, drawn, method), 12)
    shares, wins = _rank_shares(scores)
    names = pd.Index(table.options, name="option")
    won = wins.sum(axis=0) > 0
    central = (wins.T @ drawn)[won] / wins.sum(axis=0)[won][:, None]
    never = [str(o) for o, w in zip(table.options, won, strict=True) if not w]
    if never:
        notes += (f"Never on rank 1 in {int(samples)} weightings: {', '.join(never)}.",)
    return WeightSensitivity(
        method,
        int(samples),
        pd.DataFrame(shares, index=names, columns=range(1, len(names) + 1)),
        pd.DataFrame(central, index=names[won], columns=table.criteria),
        notes + twin_notes(table),
    )


def find_tipping_weights(
    options: pd.DataFrame,
    weights: Mapping | Iterable | None = None,
    *,
    lower_is_better: Iterable = (),
    normalise: str = "range",
    limits: Mapping | None = None,
) -> pd.DataFrame:
    """Find how far each weight can move before another option wins (weighted sum).

    One weight moves, the others keep their proportions to each other.

    Parameters
    ----------
    options, weights, lower_is_better, normalise, limits : as in `score_weighted_sum`.

    Returns a table: criterion, estimate (its weight now), lower and upper (the winner stays between them),
    and below, above (the option that wins beyond; blank where the winner stays to 0 or 1).

    Errors: ValueError when two options tie for the first rank already.
    Misleads when several weights are in doubt at once: see `vary_weights`.
    """
    table = read_table(options, lower_is_better)
    w = read_weights(weights, table.criteria)
    values, _ = to_values(table, normalise, limits)
    now = values @ w
    best = int(np.argmax(now))
    if (np.round(now, 12) == np.round(now[best], 12)).sum() > 1:
        raise ValueError(
            "two options tie for the first rank: any change of weights tips the choice"
        )
    rows = []
    for j, name in enumerate(table.criteria):
        if w[j] == 1:  # the others have no proportions to keep: share what is freed evenly
            rest = np.where(np.arange(len(w)) == j, 0, 1 / max(len(w) - 1, 1))
        else:
            rest = np.where(np.arange(len(w)) == j, 0, w) / (1 - w[j])
        at_one, at_zero = values[:, j], values @ rest
        gap_now = now[best] - now
        with np.errstate(divide="ignore", invalid="ignore"):
            # the lead over option i is linear in the weight t: lead(t) = a + b t
            b = (at_one[best] - at_zero[best]) - (at_one - at_zero)
            tip = np.where(b != 0, w[j] - gap_now / b, np.nan)
        tip[best] = np.nan
        low, below = _nearest(tip, (tip >= 0) & (tip < w[j]), np.nanmax, table.options)
        high, above = _nearest(tip, (tip <= 1) & (tip > w[j]), np.nanmin, table.options)
        rows.append(
            (
                name,
                w[j],
                0.0 if below is None else low,
                1.0 if above is None else high,
                below,
                above,
            )
        )
    return pd.DataFrame(rows, columns=["criterion", "estimate", "lower", "upper", "below", "above"])


def _nearest(tip: np.ndarray, inside: np.ndarray, choose: object, options: list) -> tuple:
    if not inside.any():
        return float("nan"), None
    value = choose(np.where(inside, tip, np.nan))
    return float(value), options[int(np.flatnonzero(tip == value)[0])]


def _rank_shares(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shares (options × ranks) and wins (samples × options); ties share their ranks evenly."""
    k, n = scores.shape
    better = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)  # options ahead of each option
    tied = (scores[:, None, :] == scores[:, :, None]).sum(
        axis=2
    )  # options level with it, itself too
    shares = np.zeros((n, n))
    for rank in range(n):
        here = (better <= rank) & (rank < better + tied)
        shares[:, rank] = np.where(here, 1 / tied, 0).sum(axis=0) / k
    return shares, np.where(better == 0, 1 / tied, 0)
