"""Flight heights over the rotor: where in the disc birds pass, and what that does to the risk.

Band's extended model sums the chance of a hit over the disc, weighted by the flights at each height:
(2/π) ∫ d(y) ∫ p(x, y) dx dy, with x and y in rotor radii and d(y) the flights per radius of height. Low
flights meet the slow edge of the rotor less often than its middle, so that the extended model is
usually lower than the basic one. Grid steps of 0.05 as in Band (2012).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from flyway.impact.transit import Bird, Turbine, hit_chance
from flyway.inputs import numbers, probability, require_columns

STEP = 0.05


def rotor_heights(
    heights: pd.DataFrame, hub_height_m: float, radius_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return y (−1 lowest tip to 1 highest tip) and the flights per rotor radius of height there."""
    require_columns(heights, ["height_m", "share_per_m"], "the table of flight heights")
    height = numbers(heights["height_m"], "height_m", minimum=0)
    share = numbers(heights["share_per_m"], "share_per_m", minimum=0)
    if len(height) < 2 or (np.diff(height) <= 0).any():
        raise ValueError("height_m must rise from row to row: sort the table, one row per height")
    total = float(np.trapezoid(share, height))
    if total > 1.1:
        raise ValueError(
            f"share_per_m adds up to {total:.2f} over all heights: it must be 1 or less. Divide the "
            f"share of each band by its width in metres"
        )
    hub = float(numbers([hub_height_m], "hub_height_m", minimum=0)[0])
    if hub < radius_m:
        raise ValueError(
            f"hub_height_m is {hub:g}, less than the rotor radius of {radius_m:g} m: the blades would "
            f"touch the ground"
        )
    y = np.round(np.arange(-1, 1 + STEP / 2, STEP), 2)
    return y, radius_m * np.interp(hub + y * radius_m, height, share, left=0.0, right=0.0)


def risk_by_height(
    bird: Bird,
    turbine: Turbine,
    heights: pd.DataFrame,
    hub_height_m: float,
    share_upwind: float = 0.5,
) -> float:
    """Return the collision integral: chance that a bird of the flux passes the rotor and is hit."""
    y, density = rotor_heights(heights, hub_height_m, turbine.rotor_radius_m)
    share = probability(share_upwind, "share_upwind")
    risk = np.zeros_like(y)
    for row, height in enumerate(y):
        edge = np.sqrt(max(1 - height**2, 0))
        if edge == 0:
            continue
        x = np.unique(np.r_[np.arange(0, int(np.floor(edge / STEP + 1e-9)) + 1) * STEP, edge])
        r = np.hypot(x, height)
        with np.errstate(invalid="ignore"):
            cos_phi = np.where(r > 0, np.abs(height) / r, 1.0)
        for direction, weight in ((1, share), (-1, 1 - share)):
            p = hit_chance(bird, turbine, r, direction, cos_phi)
            risk[row] += weight * 2 * np.trapezoid(p, x)
    return float(2 / np.pi * np.trapezoid(density * risk, y))
