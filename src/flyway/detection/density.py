"""How many birds per square kilometre, from distances, and how sure is that?

    line:   D = n s / (2 w L p)        point:  D = n s / (π w² K p)

Source: Buckland et al. (2001) Introduction to Distance Sampling, sec. 3.6-3.7; Fewster et al. (2009)
Biometrics 65:225-236 for the encounter rate (R2).

n flocks within w, mean flock size s, total line length L (or K visits to points), average detection p.
cv(D)² = cv(encounter rate)² + cv(p)² + cv(s)²; the encounter rate varies between transects:
var(n/L) = k / (L² (k−1)) Σ l² (n_l/l − n/L)², and the interval is log-normal with Satterthwaite
degrees of freedom.
No published case is in the tests for this step: it is checked by hand and by simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.detection.distance import DetectionFunction, fit_distance
from flyway.inputs import names_of, numbers, require_columns


@dataclass(frozen=True)
class Density:
    """Birds per km² (`estimate`), and birds in the whole area if it was given.

    birds : birds in the whole area, if it was given.
    mean_size : mean birds per flock.
    parts : coefficient of variation by cause: encounter rate, detection, flock size.
    detection : the fitted detection function.
    """

    estimate: float
    se: float
    df: float
    birds: float | None
    mean_size: float
    parts: pd.Series
    detection: DetectionFunction
    notes: tuple[str, ...] = ()

    @property
    def cv(self) -> float:
        """Coefficient of variation of the density."""
        return self.se / self.estimate

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the density; never below 0."""
        return results.log_interval(self.estimate, self.se, level, self.df)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return density, birds in the area (if given) and average detection."""
        low, high = self.interval(level)
        rows = [("birds per km²", self.estimate, self.se, low, high)]
        if self.birds is not None:
            scale = self.birds / self.estimate
            rows.append(
                ("birds in the area", self.birds, self.se * scale, low * scale, high * scale)
            )
        p = self.detection
        rows.append(("average detection p", p.estimate, p.se, *p.interval(level)))
        return results.table(rows)


def estimate_density(
    detections: pd.DataFrame,
    transects: pd.DataFrame,
    *,
    kind: str = "line",
    distance: str = "distance_m",
    transect: str = "transect",
    effort: str | None = None,
    size: str | None = None,
    truncation_m: float | None = None,
    area_km2: float | None = None,
) -> Density:
    """Estimate birds per km² from line or point transects.

    Parameters
    ----------
    detections : one row per flock seen. transects : one row per line or point, also those without a bird.
    transect : column of both that names the line or point.
    distance, size : columns of `detections`: metres, and birds in the flock (default: 1 each).
    effort : column of `transects`: length in km (default "length_km") or visits (default "visits").
    kind : "line" or "point". truncation_m : see `fit_distance`. area_km2 : to scale up to birds.

    Errors: ValueError for detections on an unlisted transect, doubled transects, effort of 0 or less,
    fewer than two transects, and what `fit_distance` refuses.
    Misleads when large flocks are seen further off than small ones (their mean size is then too high),
    and when the transects were not laid out at random.
    """
    effort = effort or ("length_km" if kind == "line" else "visits")
    require_columns(
        detections, [distance, transect] + ([size] if size else []), "the table of detections"
    )
    require_columns(transects, [transect, effort], "the table of transects")
    length = numbers(transects[effort], effort, minimum=0)
    names = names_of(transects[transect], transect)
    names_of(detections[transect], transect)
    if (length == 0).any():
        row = transects.index[int(np.flatnonzero(length == 0)[0])]
        raise ValueError(
            f"{effort} is 0 in row {row}: a transect without effort tells nothing, leave it out"
        )
    if names.duplicated().any():
        raise ValueError(
            f"transect {names[names.duplicated()].iloc[0]!r} is listed twice: add up its {effort} in one row"
        )
    unlisted = set(detections[transect]) - set(names)
    if unlisted:
        raise ValueError(
            f"a flock was seen on transect {sorted(map(str, unlisted))[0]!r}, which is not in the table of "
            f"transects: add it with its {effort}"
        )
    k = len(names)
    if k < 2:
        raise ValueError(
            "one transect says nothing about how birds differ between places: use two or more"
        )
    fit = fit_distance(detections[distance], truncation_m, kind)
    w = fit.truncation_m
    within = numbers(detections[distance], distance, minimum=0) <= w
    sizes = np.ones(len(detections)) if size is None else numbers(detections[size], size, minimum=1)
    sizes = sizes[within]
    counted = detections[within].groupby(transect).size().reindex(names, fill_value=0).to_numpy()
    n, L = counted.sum(), length.sum()
    rate_variance = k / (L**2 * (k - 1)) * (length**2 * (counted / length - n / L) ** 2).sum()
    mean_size = float(sizes.mean())
    cv = pd.Series(
        {
            "encounter rate": np.sqrt(rate_variance) / (n / L),
            "detection": fit.se / fit.estimate if np.isfinite(fit.se) else 0.0,
            "flock size": sizes.std(ddof=1) / np.sqrt(n) / mean_size if size else 0.0,
        }
    )
    covered_km2 = 2 * w / 1000 * L if kind == "line" else np.pi * (w / 1000) ** 2 * L
    density = n * mean_size / (covered_km2 * fit.estimate)
    total = float(np.sqrt((cv**2).sum()))
    freedom = {"encounter rate": k - 1, "detection": n - 1, "flock size": n - 1}
    weight = sum(c**4 / freedom[name] for name, c in cv.items())
    df = float(total**4 / weight) if weight > 0 else float("inf")
    notes = fit.notes
    if k < 10:
        notes += (
            f"{k} transects are few: 15 to 20 are advised to see how birds differ between places.",
        )
    birds = (
        None if area_km2 is None else float(density * numbers([area_km2], "area_km2", minimum=0)[0])
    )
    return Density(float(density), float(density * total), df, birds, mean_size, cv, fit, notes)
