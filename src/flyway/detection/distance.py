"""How often are birds missed that are far from the line or the point? Distance sampling.

Half-normal detection, certain at distance 0:  g(x) = exp(−x² / 2σ²), up to a truncation distance w.

    line:   f(x) = g(x) / μ,      μ = ∫₀ʷ g,      p = μ / w
    point:  f(r) = r g(r) / ν,    ν = ∫₀ʷ r g,    p = 2ν / w²

p is the average detection within w. Standard errors use the outer product of the scores, as the R
package mrds does. Source: Buckland et al. (2001) Introduction to Distance Sampling, ch. 3.

Only the half-normal is offered: hazard-rate and cosine series did not reproduce the reference
software in our trials, and unconstrained series may say that detection rises with distance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import erf, expit, logit
from scipy.stats import cramervonmises

from flyway import results
from flyway.inputs import numbers, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRANSECTS = ("line", "point")


@dataclass(frozen=True)
class DetectionFunction:
    """A half-normal detection function; distances in metres.

    `estimate` is the average detection p within the truncation distance, `sigma_m` its scale.

    transect : "line" or "point".
    truncation_m : distance beyond which nothing was used.
    sigma_m, sigma_se_m : scale of the curve, and its standard error.
    """

    transect: str
    truncation_m: float
    sigma_m: float
    sigma_se_m: float
    estimate: float
    se: float
    n: int
    loglik: float
    notes: tuple[str, ...]
    distances_m: np.ndarray = field(repr=False)

    @property
    def aic(self) -> float:
        """−2 log likelihood + 2 (one parameter)."""
        return -2 * self.loglik + 2

    @property
    def effective_m(self) -> float:
        """Effective half-width of the strip (line), or effective radius (point), in metres."""
        w = self.truncation_m
        return self.estimate * w if self.transect == "line" else float(np.sqrt(self.estimate) * w)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of p, computed on the logit scale (inside 0 to 1)."""
        if not (0 < self.estimate < 1 and np.isfinite(self.se)):
            return float("nan"), float("nan")
        half = results.multiplier(level) * self.se / (self.estimate * (1 - self.estimate))
        centre = logit(self.estimate)
        return float(expit(centre - half)), float(expit(centre + half))

    def detection(self, distances_m: Iterable) -> np.ndarray:
        """Return g(x), the chance to see a bird at these distances (metres)."""
        x = numbers(distances_m, "distance_m", minimum=0)
        return np.exp(-(x**2) / (2 * self.sigma_m**2))

    def goodness_of_fit(self) -> pd.DataFrame:
        """Return the Cramér-von Mises test; σ was fitted to the same distances, so p is generous."""
        test = cramervonmises(
            self.distances_m, lambda x: _cdf(x, self.sigma_m, self.truncation_m, self.transect)
        )
        return pd.DataFrame(
            [{"test": "Cramér-von Mises", "statistic": test.statistic, "p": test.pvalue}]
        )

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return average detection, σ and the effective width or radius."""
        name = "effective half-width (m)" if self.transect == "line" else "effective radius (m)"
        w = self.truncation_m
        low, high = self.interval(level)
        slope = w if self.transect == "line" else 0.5 * w / np.sqrt(self.estimate)
        ends = [e * w if self.transect == "line" else np.sqrt(e) * w for e in (low, high)]
        sigma = results.log_interval(self.sigma_m, self.sigma_se_m, level)
        return results.table(
            [
                ("average detection p", self.estimate, self.se, low, high),
                ("sigma (m)", self.sigma_m, self.sigma_se_m, *sigma),
                (name, self.effective_m, self.se * slope, *ends),
            ]
        )

    def plot(self, ax: Axes | None = None, bins: int = 12) -> Axes:
        """Draw the distances as a histogram of detection, with the fitted curve."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        w = self.truncation_m
        edges = np.linspace(0, w, bins + 1)
        height, _ = np.histogram(self.distances_m, edges)
        share = np.diff(edges) / w if self.transect == "line" else np.diff(edges**2) / w**2
        expected = self.n / self.estimate * share  # birds there, were all seen
        ax.bar(edges[:-1], height / expected, np.diff(edges), align="edge", alpha=0.3, label="seen")
        x = np.linspace(0, w, 200)
        ax.plot(x, self.detection(x), label="half-normal")
        ax.set(xlabel="distance (m)", ylabel="share of birds seen", ylim=(0, None))
        ax.legend()
        return ax


def fit_distance(
    distances_m: Iterable,
    truncation_m: float | None = None,
    transect: str = "line",
    key: str = "half-normal",
) -> DetectionFunction:
    """Estimate the share of birds seen near a line or point, from their distances (distance sampling).

    Parameters
    ----------
    distances_m : n distances in metres, at right angles to the line or from the point; 0 or more.
    truncation_m : distances beyond are left out, and told in `notes`; default: the largest distance.
    transect : "line" or "point". key : only "half-normal".

    Errors: ValueError for blanks and negative distances, fewer than 10 distances, distances that are
    all 0 or all alike, or another key.
    Misleads when birds on the line are missed, when they move before they are seen, when distances
    are guessed and rounded (pile-ups at 0, 50, 100), and when lines follow roads or dykes.
    """
    one_of(transect, "transect", TRANSECTS)
    if not (isinstance(key, str) and key == "half-normal"):
        raise ValueError(
            f"key is {key!r}: only 'half-normal' is offered, because the others could not be checked "
            f"against reference software"
        )
    distance = numbers(distances_m, "distance_m", minimum=0)
    if not len(distance):
        raise ValueError("there are no distances: detection cannot be estimated from no bird")
    w = float(
        distance.max() if truncation_m is None else numbers([truncation_m], "truncation_m")[0]
    )
    if w <= 0:
        raise ValueError(
            f"the truncation distance is {w:g} m: it must be above 0 (are all distances 0? then no "
            f"distance was measured)"
        )
    x = distance[distance <= w]
    n, notes = len(x), ()
    if n < len(distance):
        notes += (
            f"{len(distance) - n} of {len(distance)} distances beyond {w:g} m were left out.",
        )
    if n < 10:
        raise ValueError(
            f"{n} distances within {w:g} m are too few to see detection fall: 10 at least, better 60"
        )
    if n < 40:
        notes += (f"{n} distances are few: 60 or more are advised.",)
    if (x == 0).mean() > 0.2:
        notes += (
            f"{100 * (x == 0).mean():.0f} % of distances are 0: were they measured, or rounded?",
        )
    if not x.any():
        raise ValueError("every distance is 0: detection cannot be seen to fall. Measure distances")
    different = len(np.unique(x))
    if different == 1:
        raise ValueError(
            f"every distance is {x[0]:g} m: detection cannot be seen to fall. Measure each distance"
        )
    if different < 5:
        notes += (
            f"The distances hold only {different} different values: they were rounded or put in "
            f"classes, and the standard error is then a guess.",
        )

    def loglik(log_sigma: float) -> np.ndarray:
        return _log_density(x, np.exp(log_sigma), w, transect)

    top = minimize_scalar(
        lambda t: -loglik(t).sum(),
        bounds=(np.log(w) - 12, np.log(w) + 6),
        method="bounded",
        options={"xatol": 1e-10},
    )
    t, h = float(top.x), 1e-5
    sigma = float(np.exp(t))
    p = _average(sigma, w, transect)
    if sigma > 20 * w:
        notes += (
            "Detection does not fall with distance: every bird within the truncation distance counts as "
            "seen (p = 1, no standard error). Check for birds that fled, or truncate further out.",
        )
        return DetectionFunction(
            transect, w, float("inf"), float("nan"), 1.0, float("nan"), n, float(-top.fun), notes, x
        )
    scores = (loglik(t + h) - loglik(t - h)) / (2 * h)
    se_t = float(1 / np.sqrt((scores**2).sum()))
    slope = (_average(np.exp(t + h), w, transect) - _average(np.exp(t - h), w, transect)) / (2 * h)
    return DetectionFunction(
        transect,
        w,
        sigma,
        sigma * se_t,
        float(p),
        float(slope * se_t),
        n,
        float(-top.fun),
        notes,
        x,
    )


def _integral(x: float | np.ndarray, sigma: float, transect: str) -> float | np.ndarray:
    """∫₀ˣ g (line) or ∫₀ˣ r g (point)."""
    if transect == "line":
        return sigma * np.sqrt(np.pi / 2) * erf(x / (sigma * np.sqrt(2)))
    return -(sigma**2) * np.expm1(-(x**2) / (2 * sigma**2))


def _average(sigma: float, w: float, transect: str) -> float:
    whole = _integral(w, sigma, transect)
    return whole / w if transect == "line" else 2 * whole / w**2


def _log_density(x: np.ndarray, sigma: float, w: float, transect: str) -> np.ndarray:
    log_g = -(x**2) / (2 * sigma**2) - np.log(_integral(w, sigma, transect))
    # at a point, a distance of exactly 0 has density 0: read it as the smallest that one could note
    smallest = x[x > 0].min() / 2 if (x > 0).any() else 1.0
    return log_g if transect == "line" else log_g + np.log(np.where(x > 0, x, smallest))


def _cdf(x: np.ndarray, sigma: float, w: float, transect: str) -> np.ndarray:
    if np.isinf(sigma):
        return np.asarray(x) / w if transect == "line" else (np.asarray(x) / w) ** 2
    return _integral(np.asarray(x), sigma, transect) / _integral(w, sigma, transect)
