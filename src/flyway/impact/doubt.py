"""How sure is a number of collisions, when nobody measured its factors? Ranges in, range out.

Band's deaths are a product, so each factor moves them in proportion:

    deaths = given deaths · flights factor · share / given share · (1 − avoidance) / (1 − given avoidance)

One factor at a time between its ends shows which of them decides. All together are drawn at random,
each as likely at one place of its range as at another on the log scale (of 1 − avoidance for avoidance),
because a factor of 2 up is as plausible as a factor of 2 down. The range of what comes out is only as
honest as the ends that went in.

Source: Masden (2015) Developing an avian collision risk model to incorporate variability and uncertainty,
Scottish Marine and Freshwater Science 6(14), doi 10.7489/1659-1, for drawing the inputs at random. No published case was at
hand: checked by hand and against the product of the ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from flyway import results
from flyway.impact.collisions import Collisions
from flyway.inputs import numbers


@dataclass(frozen=True)
class CollisionDoubt:
    """Deaths per year with doubt: `given` is the number without, `parts` moves one factor at a time.

    `extremes` has every factor at its lowest and at its highest; `draws` are random combinations.
    """

    given: float
    parts: pd.DataFrame
    extremes: tuple[float, float]
    draws: np.ndarray = field(repr=False)

    @property
    def estimate(self) -> float:
        """The middle (median) of all draws, birds per year."""
        return float(np.median(self.draws))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the range that holds this share of the draws."""
        results.multiplier(level)
        low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return deaths per year: each factor alone, all together, and every end at its worst."""
        nan = float("nan")
        rows = [
            (f"{r.factor} alone", self.given, nan, r.low, r.high) for r in self.parts.itertuples()
        ]
        rows.append(("all together", self.estimate, nan, *self.interval(level)))
        rows.append(("all lowest to all highest", self.given, nan, *self.extremes))
        return results.table(rows)


def collision_doubt(
    fit: Collisions,
    *,
    flights: tuple[float, float] = (1.0, 1.0),
    share_at_height: tuple[float, float] | None = None,
    avoidance: tuple[float, float] | None = None,
    draws: int = 20_000,
    seed: int = 1,
) -> CollisionDoubt:
    """Carry ranges of flights, flight height and avoidance through to deaths per year.

    Parameters
    ----------
    fit : result of `estimate_collisions` without large-array factor. flights : ends of the factor on
        the flights that were counted (1 to 3: as counted, up to three times as many).
    share_at_height : ends of the share at rotor height. avoidance : ends of the avoidance rate,
        below 1. What is not given stays as in `fit`.
    draws : random combinations. seed : any whole number.

    Errors: ValueError for ends out of range or in the wrong order, and for a fit without any deaths.
    Misleads when factors go together: birds that fly by night may avoid less.
    """
    if not fit.estimate > 0 or fit.avoidance >= 1:
        raise ValueError("the fit has no deaths: there is nothing to multiply; check its densities")
    if fit.large_array != 1:
        raise ValueError("the fit has a large-array factor: estimate without width_km")
    ends = {"flights": _ends(flights, "flights", 1e-9, np.inf)}
    if share_at_height is not None:
        low, high = _ends(share_at_height, "share_at_height", 1e-9, 1)
        ends["flight height"] = (low / fit.share_at_height, high / fit.share_at_height)
    if avoidance is not None:
        low, high = _ends(avoidance, "avoidance", 0, 1 - 1e-9)
        ends["avoidance"] = ((1 - high) / (1 - fit.avoidance), (1 - low) / (1 - fit.avoidance))
    ends = {name: pair for name, pair in ends.items() if pair != (1.0, 1.0)}
    parts = pd.DataFrame(
        [(name, fit.estimate * low, fit.estimate * high) for name, (low, high) in ends.items()],
        columns=["factor", "low", "high"],
    )
    rng = np.random.default_rng(seed)
    logs = [rng.uniform(*np.log(pair), size=draws) for pair in ends.values()]
    product = [float(np.prod([pair[k] for pair in ends.values()])) for k in (0, 1)]
    return CollisionDoubt(
        fit.estimate,
        parts,
        (fit.estimate * product[0], fit.estimate * product[1]),
        fit.estimate * np.exp(np.sum(logs, axis=0) if logs else np.zeros(draws)),
    )


def _ends(pair: tuple[float, float], name: str, minimum: float, maximum: float) -> tuple:
    values = numbers(pair, name, minimum=minimum, maximum=None if maximum == np.inf else maximum)
    if len(values) != 2 or values[0] > values[1]:
        raise ValueError(
            f"{name} is {tuple(pair)}: give its lowest and its highest value, in this order"
        )
    return float(values[0]), float(values[1])
