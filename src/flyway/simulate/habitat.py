"""Fields that cranes choose or avoid, and land that changes hands, both with known rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.simulate.limits import positive, whole

#: Habitats: share of the area, and how much more (or less) than its share it is used. Assumed values.
HABITATS = {
    "stubble": (0.2, 2.0),
    "ploughed": (0.4, 0.6),
    "grass": (0.3, 1.0),
    "near road": (0.1, 0.2),
}


@dataclass(frozen=True)
class HabitatUse:
    """`used`: animals × habitats, numbers of fixes. `available`: shares. `ratios`: true selection ratios."""

    used: pd.DataFrame
    available: pd.Series
    ratios: pd.Series


def habitat_use(
    animals: int = 12,
    fixes: int = 40,
    *,
    habitats: Mapping[str, tuple[float, float]] | None = None,
    own_taste: float = 0.0,
    seed: int,
) -> HabitatUse:
    """Simulate where cranes were seen: numbers of fixes per habitat.

    Parameters
    ----------
    animals, fixes : how many birds, and fixes of each. habitats : habitat -> (share of the area, odds of
        use against its share); default `HABITATS`. own_taste : standard deviation of the log odds between
        birds; above 0, fixes of one bird are alike. seed : any whole number.

    Returns
    -------
    HabitatUse; the true selection ratio is (share used / share available) of the average bird.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    habitats = dict(HABITATS if habitats is None else habitats)
    share, odds = (np.array(x, dtype=float) for x in zip(*habitats.values(), strict=True))
    if not np.isclose(share.sum(), 1) or (share <= 0).any() or (odds < 0).any():
        raise ValueError(
            "habitats: the shares of the area must be above 0 and sum to 1, odds 0 or more"
        )
    n, m, rng = whole(animals, "animals"), whole(fixes, "fixes"), np.random.default_rng(seed)
    taste = rng.normal(0, positive(own_taste, "own_taste", zero=True), (n, len(share)))
    use = share * odds * np.exp(taste)
    use /= use.sum(axis=1, keepdims=True)
    names = list(habitats)
    used = pd.DataFrame([rng.multinomial(m, p) for p in use], columns=names)
    used.index = pd.Index([f"crane {k}" for k in range(1, n + 1)], name="animal")
    many = np.random.default_rng(0).normal(0, own_taste, (20_000 if own_taste else 1, len(share)))
    mean = share * odds * np.exp(many)
    mean = (mean / mean.sum(axis=1, keepdims=True)).mean(axis=0)
    return HabitatUse(used, pd.Series(share, names), pd.Series(mean / share, names))


@dataclass(frozen=True)
class LandChange:
    """`plots`: `plot`, `before`, `after`. `rates`: true chances, from (rows) to (columns)."""

    plots: pd.DataFrame
    rates: pd.DataFrame


def land_change(plots: int = 400, *, rates: pd.DataFrame | None = None, seed: int) -> LandChange:
    """Simulate plots of land looked at twice.

    Parameters
    ----------
    plots : how many, drawn at random. rates : chances from (rows) to (columns), rows sum to 1; default:
        wetland, field and town, of which wetland turns into field and field into town.
    seed : any whole number.

    Returns
    -------
    LandChange; before, all kinds of land are equally frequent.

    Raises
    ------
    ValueError for chances whose rows do not sum to 1, or no plots.
    """
    if rates is None:
        kinds = ["wetland", "field", "town"]
        rates = pd.DataFrame([[0.8, 0.18, 0.02], [0.03, 0.87, 0.1], [0, 0, 1]], kinds, kinds)
    P = rates.to_numpy(dtype=float)
    if (
        list(rates.index) != list(rates.columns)
        or (P < 0).any()
        or not np.allclose(P.sum(axis=1), 1)
    ):
        raise ValueError(
            "rates: give the same kinds as rows and columns, 0 or more, each row sums to 1"
        )
    n, rng = whole(plots, "plots"), np.random.default_rng(seed)
    before = rng.integers(0, len(P), n)
    after = (rng.random(n)[:, None] > np.cumsum(P, axis=1)[before][:, :-1]).sum(axis=1)
    kinds = rates.index.to_numpy()
    table = {"plot": np.arange(1, n + 1), "before": kinds[before], "after": kinds[after]}
    return LandChange(pd.DataFrame(table), rates)
