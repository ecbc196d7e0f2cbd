"""Lesson 1.2: bias, scatter, and which flocks were photographed."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from flyway import plots
from flyway.detection.calibration import calibrate
from flyway.simulate.observers import COUNTERS, estimate_flocks, flock_sizes

SEED = 26
FLOCKS = 40
MORNINGS = 200


def _signed(percent: float) -> str:
    """Write −11, +3 or 0, with a true minus sign."""
    return f"{round(percent):+d}".replace("-", "−") if round(percent) else "0"


@cache
def _morning(ratio: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    sizes = flock_sizes(FLOCKS, seed=SEED)
    return sizes, estimate_flocks(sizes, ratio=ratio, noise=noise, seed=SEED + 1)


def counter_errors(ratio: float, noise: float) -> Figure:
    """Draw 40 flocks: estimate against truth, with the sum of both.

    ``ratio`` is the bias (estimate ÷ truth), ``noise`` the scatter (standard deviation of the log).
    """
    sizes, estimates = _morning(ratio, noise)
    fig, ax = plt.subplots()
    limits = (4, 2000)
    ax.plot(limits, limits, color=plots.GREY, linestyle="--")
    ax.scatter(sizes, estimates, color=plots.SPECIES["HC"], alpha=0.8)
    ax.text(1700, 1150, "right", ha="right", va="top", color=plots.GREY)
    ax.set(xscale="log", yscale="log", xlim=limits, ylim=limits)
    ax.set(xlabel="True number of birds", ylabel="Estimate")
    plots.thousands(ax, "x")
    plots.thousands(ax, "y")
    off = 100 * (estimates.sum() / sizes.sum() - 1)
    ax.set_title(
        f"Sum of estimates {estimates.sum():,}; truth {sizes.sum():,} ({_signed(off)} %)",
        loc="left",
    )
    return fig


def counter_errors_alt(ratio: float, noise: float) -> str:
    """Say what `counter_errors` shows."""
    sizes, estimates = _morning(ratio, noise)
    low = int((estimates < sizes).sum())
    return (
        f"Estimates of {FLOCKS} simulated flocks against their true sizes: {low} lie below the line "
        f"of perfect counts. The sum of the estimates is {estimates.sum():,}, the true sum "
        f"{sizes.sum():,}: {_signed(100 * (estimates.sum() / sizes.sum() - 1))} %."
    )


@cache
def _corrected_totals(largest: int) -> np.ndarray:
    """Corrected ÷ true total over simulated mornings, photographing flocks up to `largest`."""
    shares = []
    for morning in range(MORNINGS):
        sizes = flock_sizes(FLOCKS, seed=SEED + morning)
        eye = estimate_flocks(sizes, **COUNTERS["A"], seed=SEED + 1000 + morning)
        chosen = np.flatnonzero(sizes <= largest)[:14]
        if len(chosen) < 3:  # too few to calibrate: that morning has no correction
            continue
        fit = calibrate(eye[chosen], sizes[chosen], method="ratio")
        shares.append(fit.total(eye)["estimate"].iloc[0] / sizes.sum())
    return np.array(shares)


def small_flock_photos(largest: int) -> Figure:
    """Draw corrected ÷ true totals when only flocks up to ``largest`` birds were photographed."""
    shares = _corrected_totals(largest)
    fig, ax = plt.subplots()
    ax.hist(shares, bins=np.arange(0.70, 1.325, 0.025), color=plots.SPECIES["HC"], alpha=0.85)
    ax.axvline(1, color=plots.INK, linestyle="--")
    ax.text(1.01, 0.97, "truth", transform=ax.get_xaxis_transform(), va="top")
    ax.set(xlim=(0.7, 1.3), ylim=(0, 110))
    ax.set(xlabel="Corrected total ÷ true total", ylabel=f"Mornings (of {len(shares)})")
    ax.set_title(f"On average {_signed(100 * (shares.mean() - 1))} % off", loc="left")
    return fig


def small_flock_photos_alt(largest: int) -> str:
    """Say what `small_flock_photos` shows."""
    shares = _corrected_totals(largest)
    return (
        f"Histogram of {len(shares)} simulated mornings with photographs of flocks up to "
        f"{largest:,} birds. Corrected totals are on average {100 * shares.mean():.0f} % of the "
        f"truth, {_signed(100 * (shares.mean() - 1))} % off; 95 % of them lie between {100 * np.quantile(shares, 0.025):.0f} "
        f"and {100 * np.quantile(shares, 0.975):.0f} %."
    )
