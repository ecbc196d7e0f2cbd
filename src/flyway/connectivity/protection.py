"""Which sites should be protected next, given those that are protected already?

Complementarity: a site is worth what it adds to those already chosen, not what it holds.
`assess_protection` says how much of each species (or season, or habitat) the protected sites hold;
`protect_next` chooses further sites until every target is met, step by step (greedy: an order to
follow, where each step adds most for its cost) or all at once (exact: the cheapest set).

    representation of s = Σ_{i protected} a_is / Σ_i a_is,     shortfall = max(0, target − held)

Sources: Margules & Pressey (2000) Nature 405:243-253; Jantke, Kuempel, McGowan, Chauvenet & Possingham
(2019) Metrics for evaluating representation target achievement in protected area networks, Diversity
and Distributions 25:170-175, doi 10.1111/ddi.12853 (mean target achievement); the exact set is `flyway.survey.selection.minimum_set` (integer
programming, HiGHS in scipy). No published case is in the tests: small instances are compared with
every possible choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway.connectivity.network import as_list
from flyway.inputs import numbers, one_of
from flyway.survey.selection import minimum_set

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Protection:
    """What the protected sites hold. `estimate` is the mean target achievement (0 to 1).

    features : table with one row per species, season or habitat.
    """

    estimate: float
    features: pd.DataFrame
    irreplaceable: list = field(repr=False)

    def summary(self) -> pd.DataFrame:
        """Return per feature: total, held, estimate (share held), target, shortfall, reached."""
        return self.features


@dataclass(frozen=True)
class NextSites:
    """Sites to protect next, in order (greedy) or as a set (exact). `estimate` is their cost.

    sites : the sites to protect.
    steps : table of the steps, with costs and what is reached.
    proven : whether no cheaper set exists (exact method).
    """

    method: str
    sites: list
    estimate: float
    steps: pd.DataFrame
    features: pd.DataFrame = field(repr=False)
    proven: bool = False
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return one row per site: step, site, cost, total cost, and mean achievement afterwards."""
        return self.steps

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how the achievement of targets grows with the cost, site by site."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        ax.step(self.steps["total_cost"], 100 * self.steps["achievement"], where="post", marker="o")
        ax.set(xlabel="cost of protected sites added", ylabel="mean target achievement (%)")
        ax.set_ylim(0, 105)
        return ax


def assess_protection(
    amounts: pd.DataFrame, protected: Iterable, targets: float | Mapping = 0.5
) -> Protection:
    """Say how well the protected sites stand for every species, season or habitat.

    Parameters
    ----------
    amounts : sites (rows, named by the index or a column `site`) × features, amounts of 0 or more
        such as birds. protected : names of protected sites; [] for none.
    targets : share of each feature's total to be held, 0 to 1: one number, or feature -> share.

    `irreplaceable`: unprotected sites without which a target cannot be met at all.
    Errors: ValueError for blanks, negative amounts, unknown sites, targets outside 0 to 1, features
    that occur nowhere.
    Misleads when protection on paper is none on the ground, and when sites nobody visited are missing.
    """
    A, sites, features = _read(amounts)
    inside = _mask(protected, sites)
    share = _targets(targets, features)
    table = _features(A, inside, share, features)
    without = A.sum(axis=0) - A  # what all other sites together hold
    need = share * A.sum(axis=0)
    needed = (without < need * (1 - 1e-12)).any(axis=1) & ~inside
    return Protection(
        _achievement(A[inside].sum(axis=0), need), table, [sites[i] for i in np.flatnonzero(needed)]
    )


def protect_next(
    amounts: pd.DataFrame,
    protected: Iterable = (),
    targets: float | Mapping = 0.5,
    *,
    cost: Mapping | pd.Series | None = None,
    budget: float | None = None,
    method: str = "greedy",
) -> NextSites:
    """Choose the sites to protect next so that every feature reaches its target.

    Parameters
    ----------
    amounts, protected, targets : as in `assess_protection`. cost : site -> cost above 0; default 1
        each. budget : greedy only: stop when no further useful site is affordable.
    method : "greedy" (each step takes the site that adds most to the mean target achievement per
        cost; ties: the first in the table) or "exact" (the cheapest set that meets all targets).

    The greedy order can cost more than the exact set; the exact set has no order: half of it may be
    a poor choice if the money ends half-way. `steps` of the exact set are sorted by what each adds.
    Errors: as `assess_protection`, and ValueError for costs of 0 or less.
    Misleads when amounts are old, and since it knows nothing of links between sites: look at
    `measure_connectivity` beside it.
    """
    one_of(method, "method", ("greedy", "exact"))
    A, sites, features = _read(amounts)
    inside = _mask(protected, sites)
    need = _targets(targets, features) * A.sum(axis=0)
    c = _costs(cost, sites)
    held, notes, proven = A[inside].sum(axis=0), (), False
    free = ~inside
    limit = np.inf
    if budget is not None:
        if method == "exact":
            raise ValueError("budget goes with method='greedy'; for an exact choice within a budget "
                             "use flyway.survey.selection.maximum_coverage")  # fmt: skip
        limit = float(numbers([budget], "budget", minimum=0)[0])
    if method == "exact":
        short = np.maximum(need - held, 0)
        open_ = short > 1e-9 * np.maximum(need, 1)
        if open_.any():
            rest = pd.DataFrame(
                A[free][:, open_],
                index=[s for s, f in zip(sites, free, strict=True) if f],
                columns=[f for f, o in zip(features, open_, strict=True) if o],
            )
            # scaled to the shortfall, so that birds and hectares weigh alike in the solver
            scaled = (rest / short[open_]).clip(upper=1.0)
            found = minimum_set(scaled, 1 - 1e-9, dict(zip(sites, c, strict=True)))
            free = np.isin(np.arange(len(sites)), [sites.index(s) for s in found.sites])
            proven, notes = found.proven, found.notes
        else:
            free, proven = np.zeros(len(sites), dtype=bool), True
    rows, order, spent = [], [], 0.0
    while True:
        now = _achievement(held, need)
        gain = np.array([_achievement(held + a, need) for a in A]) - now
        useful = free & (gain > 1e-12) & (spent + c <= limit * (1 + 1e-12))
        if not useful.any():
            break
        worth = np.where(useful, gain / c, -1)
        k = int(np.argmax(worth >= worth.max() * (1 - 1e-12)))
        held, free[k], spent = held + A[k], False, spent + c[k]
        order.append(sites[k])
        rows.append((len(rows) + 1, sites[k], c[k], spent, _achievement(held, need)))
    chosen = inside | np.isin(np.arange(len(sites)), [sites.index(s) for s in order])
    table = _features(A, chosen, _targets(targets, features), features)
    if not table["reached"].all():
        lacking = ", ".join(map(str, table.loc[~table["reached"], "feature"]))
        notes += (f"The budget ends before these targets are met: {lacking}.",)
    if not order:
        notes += ("Nothing was added." if len(notes) else "Every target is met already.",)
    steps = pd.DataFrame(rows, columns=["step", "site", "cost", "total_cost", "achievement"])
    return NextSites(method, order, float(spent), steps, table, proven, notes)


def _achievement(held: np.ndarray, need: np.ndarray) -> float:
    asked = need > 0
    if not asked.any():
        return 1.0
    # a hair below the target is the target: sums of floats
    return float(np.minimum(held[asked] / need[asked] * (1 + 1e-12), 1).mean())


def _features(A: np.ndarray, inside: np.ndarray, share: np.ndarray, names: list) -> pd.DataFrame:
    total, held = A.sum(axis=0), A[inside].sum(axis=0)
    short = np.maximum(share * total - held, 0)
    short[short <= 1e-9 * total] = 0
    return pd.DataFrame(
        {
            "feature": names,
            "total": total,
            "held": held,
            "estimate": held / total,
            "target": share,
            "shortfall": short,
            "reached": short == 0,
        }
    )


def _read(amounts: pd.DataFrame) -> tuple[np.ndarray, list, list]:
    if not isinstance(amounts, pd.DataFrame) or amounts.empty:
        raise ValueError("amounts must be a table: one row per site, one column per feature")
    if "site" in amounts.columns:
        amounts = amounts.set_index("site")
    for what, labels in (("site", amounts.index), ("feature", amounts.columns)):
        if labels.has_duplicates:
            raise ValueError(f"{what} {labels[labels.duplicated()][0]!r} is given twice: keep one")
    if not len(amounts.columns):
        raise ValueError("there is no feature: give one column per species, season or habitat")
    A = np.column_stack([numbers(amounts[f], str(f), minimum=0) for f in amounts.columns])
    nowhere = np.flatnonzero(A.sum(axis=0) == 0)
    if len(nowhere):
        raise ValueError(f"{amounts.columns[nowhere[0]]!r} is 0 at every site: leave it out")
    return A, list(amounts.index), list(amounts.columns)


def _mask(protected: Iterable, sites: list) -> np.ndarray:
    empty = not isinstance(protected, str) and not len(list(protected))
    names = [] if empty else as_list(protected, sites, "protected")
    return np.isin(np.arange(len(sites)), [sites.index(s) for s in names])


def _targets(targets: float | Mapping, features: list) -> np.ndarray:
    if isinstance(targets, Mapping | pd.Series):
        lacking = [f for f in features if f not in targets]
        if lacking:
            raise ValueError(
                f"{lacking[0]!r} has no target: give a share for each feature, 0 for none"
            )
        return numbers([targets[f] for f in features], "target", minimum=0, maximum=1)
    return np.full(len(features), numbers([targets], "target", minimum=0, maximum=1)[0])


def _costs(cost: Mapping | pd.Series | None, sites: list) -> np.ndarray:
    if cost is None:
        return np.ones(len(sites))
    lacking = [s for s in sites if s not in cost]
    if lacking:
        raise ValueError(f"site {lacking[0]!r} has no cost: give one for each site")
    c = numbers(pd.Series([cost[s] for s in sites], index=sites), "cost")
    if (c <= 0).any():
        raise ValueError(
            f"cost of site {sites[int(np.argmax(c <= 0))]!r} is 0 or less: give it a cost"
        )
    return c
