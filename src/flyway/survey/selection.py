"""Which sites to count, if not all can be? By complementarity, or so that they represent the whole.

Complementarity: the smallest set of sites that covers every species (or season) often enough, or the
set that covers most within a budget. Both are integer programs, solved exactly by scipy (HiGHS):

    minimum set:       min Σ c_i x_i          with  Σ_i a_is x_i ≥ target_s ,        x_i ∈ {0, 1}
    maximal coverage:  max Σ w_s z_s          with  Σ c_i x_i ≤ budget, z_s ≤ Σ_i a_is x_i

Sources: Church & ReVelle (1974) Papers of the Regional Science Association 32:101-118; Pressey et al.
(1993) Trends in Ecology & Evolution 8:124-128. Representative sites: Ward clusters of the site table,
the site nearest to each centre (Ward 1963). No published case is in the tests: small instances are
compared with every possible choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import Bounds, LinearConstraint, milp

from flyway.inputs import number, numbers, require_columns


@dataclass(frozen=True)
class Selection:
    """Chosen sites and what they cover; `estimate` is the total cost.

    sites : names of the chosen sites.
    coverage : table with one row per feature (species, season).
    proven : whether no better choice exists.
    """

    sites: list
    estimate: float
    coverage: pd.DataFrame
    proven: bool
    notes: tuple[str, ...] = field(default=())

    def summary(self) -> pd.DataFrame:
        """Return per feature (species, season): sites it occurs at, sites chosen, target, reached."""
        return self.coverage


def minimum_set(
    presence: pd.DataFrame, targets: int | Mapping = 1, cost: Mapping | pd.Series | None = None
) -> Selection:
    """Find the cheapest set of sites that holds each feature at `targets` sites.

    Parameters
    ----------
    presence : sites (rows) × features (columns): 1 where the feature occurs (or qualifies), else 0;
        amounts of 0 or more work too, with targets in the same unit.
    targets : one number for all features, or feature -> number. cost : site -> cost; default 1 each.

    Errors: ValueError for blanks, features that cannot reach their target even with all sites.
    Misleads when presence is old or counted unevenly: unvisited sites look empty.
    """
    A, sites, features = _matrix(presence)
    need = _targets(targets, features)
    c = _costs(cost, sites)
    short = A.sum(axis=0) < need - 1e-9
    if short.any():
        k = int(np.flatnonzero(short)[0])
        raise ValueError(
            f"{features[k]!r} reaches {A[:, k].sum():g} with all sites, below its target of {need[k]:g}: "
            f"lower the target or add sites"
        )
    found = milp(
        c,
        integrality=np.ones(len(c)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(A.T, need, np.inf),
        options={"time_limit": 60, "mip_rel_gap": 1e-9},
    )
    return _result(found, A, sites, features, need, c)


def maximum_coverage(
    presence: pd.DataFrame,
    budget: float,
    cost: Mapping | pd.Series | None = None,
    weight: Mapping | None = None,
) -> Selection:
    """Find the sites that cover most features (by weight) within a budget.

    Parameters
    ----------
    presence, cost : as in `minimum_set` (presence as 1 and 0). budget : same unit as cost; with no cost,
        the number of sites. weight : feature -> importance; default 1 each.

    Errors: ValueError for blanks, and for amounts, budgets, weights or costs below 0.
    Misleads as `minimum_set` does: unvisited sites look empty.
    """
    A, sites, features = _matrix(presence)
    A = (A > 0).astype(float)
    limit = float(numbers([budget], "budget", minimum=0)[0])
    c = _costs(cost, sites)
    w = _targets(1 if weight is None else weight, features)
    n, m = A.shape
    tie = 1e-6 * w[w > 0].min(initial=1) * c / max(c.sum(), 1e-12)
    rules = [
        LinearConstraint(np.r_[c, np.zeros(m)], -np.inf, limit),
        LinearConstraint(np.hstack([-A.T, np.eye(m)]), -np.inf, 0),
    ]
    found = milp(
        np.r_[tie, -w],
        integrality=np.r_[np.ones(n), np.zeros(m)],
        bounds=Bounds(0, 1),
        constraints=rules,
        options={"time_limit": 60, "mip_rel_gap": 1e-9},
    )
    return _result(found, A, sites, features, np.ones(m), c)


def representative_sites(
    table: pd.DataFrame, columns: Iterable[str], n: int, site: str = "site"
) -> pd.DataFrame:
    """Choose n sites that stand for all: one from each of n groups of similar sites.

    Numbers are standardised, classes become indicators.

    Parameters
    ----------
    table : one row per site. site : its column of names. columns : what makes sites alike, such as
        habitat, area, latitude. n : sites to choose.

    Returns the chosen sites, each with its group and with `stands_for`, the number of sites in it (a weight
    for later means).
    Errors: ValueError for blanks in the columns, n below 2 or above the number of sites.
    Misleads if columns that matter to birds are not among `columns`.
    """
    columns = list(columns)
    require_columns(table, [site, *columns])
    n = int(number(n, f"n (of {len(table)} sites)", minimum=2, maximum=len(table), whole=True))
    X = _features(table, columns)
    group = fcluster(linkage(X, "ward"), n, "maxclust")
    rows = []
    for g in np.unique(group):
        members = np.flatnonzero(group == g)
        gap = ((X[members] - X[members].mean(axis=0)) ** 2).sum(axis=1)
        rows.append((table[site].iloc[members[int(np.argmin(gap))]], int(g), len(members)))
    return pd.DataFrame(rows, columns=["site", "group", "stands_for"])


def representativeness(
    table: pd.DataFrame, chosen: Iterable, columns: Iterable[str], site: str = "site"
) -> pd.DataFrame:
    """Compare chosen sites with all sites: does the choice stand for the whole?

    Parameters
    ----------
    table, columns, site : as in `representative_sites`. chosen : names of the chosen sites.

    Returns a table: for each column the mean of all and of the chosen sites, and the gap in standard
    deviations. Classes are compared by their shares. A gap beyond about 0.25 is worth a second look.
    Errors: ValueError for a chosen site that is not in the table, and for no site chosen.
    Misleads when small gaps are read as proof: only the columns that you give are compared.
    """
    columns, chosen = list(columns), list(chosen)
    require_columns(table, [site, *columns])
    unknown = set(chosen) - set(table[site])
    if unknown:
        raise ValueError(f"site {sorted(map(str, unknown))[0]} is not in the table: check its name")
    if not chosen:
        raise ValueError("no site is chosen: name at least one")
    frame = pd.get_dummies(table[columns], dtype=float)
    picked = table[site].isin(chosen).to_numpy()
    sd = frame.std(ddof=0).replace(0, np.nan)
    gap = (frame[picked].mean() - frame.mean()) / sd
    return pd.DataFrame(
        {
            "column": frame.columns,
            "all_sites": frame.mean().to_numpy(),
            "chosen": frame[picked].mean().to_numpy(),
            "gap_sd": gap.fillna(0).to_numpy(),
        }
    )


def _matrix(presence: pd.DataFrame) -> tuple[np.ndarray, list, list]:
    if not isinstance(presence, pd.DataFrame) or presence.empty:
        raise ValueError(
            "presence must be a table of sites (rows) × features (columns) with 1 and 0"
        )
    if presence.index.duplicated().any():
        raise ValueError(
            f"site {presence.index[presence.index.duplicated()][0]} is given twice: keep one row"
        )
    A = np.column_stack([numbers(presence[c], str(c), minimum=0) for c in presence.columns])
    return A, list(presence.index), list(presence.columns)


def _targets(targets: float | Mapping, features: list) -> np.ndarray:
    if isinstance(targets, Mapping | pd.Series):
        lacking = [f for f in features if f not in targets]
        if lacking:
            raise ValueError(
                f"{lacking[0]!r} has no value in the mapping: give one for each feature"
            )
        targets = [targets[f] for f in features]
        return numbers(targets, "target or weight", minimum=0)
    return np.full(len(features), float(numbers([targets], "target", minimum=0)[0]))


def _costs(cost: Mapping | pd.Series | None, sites: list) -> np.ndarray:
    if cost is None:
        return np.ones(len(sites))
    if not isinstance(cost, Mapping | pd.Series):
        raise ValueError(f"cost is {cost!r}: give the cost of each site, such as {{'KR03': 2.5}}")
    lacking = [s for s in sites if s not in cost]
    if lacking:
        raise ValueError(f"site {lacking[0]} has no cost: give one for each site")
    return numbers([cost[s] for s in sites], "cost", minimum=0)


def _result(
    found: object, A: np.ndarray, sites: list, features: list, need: np.ndarray, c: np.ndarray
) -> Selection:
    if found.x is None:
        raise ValueError(f"no choice of sites was found ({found.message}): lower the targets")
    chosen = np.round(found.x[: len(sites)]) == 1
    coverage = pd.DataFrame(
        {
            "feature": features,
            "everywhere": A.sum(axis=0),
            "chosen": A[chosen].sum(axis=0),
            "target": need,
        }
    )
    coverage["reached"] = coverage["chosen"] >= coverage["target"] - 1e-9
    proven = found.status == 0
    notes = () if proven else ("The time ran out: the choice is good, but a better one may exist.",)
    return Selection(
        [s for s, x in zip(sites, chosen, strict=True) if x],
        float(c[chosen].sum()),
        coverage,
        proven,
        notes,
    )


def _features(table: pd.DataFrame, columns: list[str]) -> np.ndarray:
    for c in columns:
        if table[c].isna().any():
            row = table.index[int(np.flatnonzero(table[c].isna())[0])]
            raise ValueError(f"{c} is missing in row {row}: fill it in, or leave the column out")
    frame = pd.get_dummies(table[columns], dtype=float)
    sd = frame.std(ddof=0)
    return ((frame - frame.mean()) / sd.where(sd > 0, 1)).to_numpy(dtype=float)
