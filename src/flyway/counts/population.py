"""How many birds are there, if not every site was counted? An estimate with a range and a quality grade.

Sites that were not counted are predicted from what they usually hold: y_i = R u_i + e_i with scatter
growing with the site, var e_i = σ² u_i^g, g from 1 (birds come one by one) to 2 (whole flocks do), found
by maximum likelihood (2 with fewer than 8 counted sites). Then R = Σ y / Σ u over the counted sites,
total = Σ counted + R Σ u (uncounted), and the prediction variance is
σ² (Σ_unc u^g + (Σ_unc u)² Σ_c u^g / (Σ_c u)²). A detection probability p raises the total to total / p.
Source: Royall (1970) Biometrika 57:377-387 (ratio prediction); Cochran (1977) Sampling Techniques,
sec. 6.7. No published case is in the tests: hand-checked and simulated. The quality grade is a rule of
this package, spelled out in `grade`; it is stated with each estimate so that readers can disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from flyway import results
from flyway.inputs import names_of, numbers, probability, require_columns

# Grade: smallest share of the birds' usual places counted, largest coefficient of variation.
GRADES = (("A", 0.90, 0.10), ("B", 0.70, 0.20), ("C", 0.40, 0.40))
MEANING = {
    "A": "census: nearly all birds were counted",
    "B": "counts with a modest part estimated",
    "C": "a large part is estimated: use the range, not the number",
    "D": "a guess: do not use it for thresholds or trends",
}


@dataclass(frozen=True)
class Population:
    """A population estimate: birds counted, birds predicted where nobody counted, range and grade.

    counted, predicted : birds counted, and birds added for sites where nobody counted.
    coverage : share of the usual birds at sites that were counted.
    ratio : birds counted / birds usual, at the counted sites.
    grade : quality grade, "A" to "D".
    sites : table with one row per site.
    """

    estimate: float
    se: float
    counted: float
    predicted: float
    coverage: float
    ratio: float
    df: int
    grade: str
    notes: tuple[str, ...]
    sites: pd.DataFrame

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the range; its lower end is never below the birds counted."""
        unseen = self.estimate - self.counted
        if unseen <= 0 or self.se == 0:
            return self.estimate, self.estimate
        if not np.isfinite(self.se):
            return self.counted, float("nan")
        low, high = results.log_interval(unseen, self.se, level, self.df)
        return self.counted + low, self.counted + high

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return estimate with range, birds counted and predicted, coverage, and the grade."""
        nan = float("nan")
        table = results.table(
            [
                ("population", self.estimate, self.se, *self.interval(level)),
                ("birds counted", self.counted, nan, nan, nan),
                ("birds predicted at uncounted sites", self.predicted, nan, nan, nan),
                ("coverage (share of usual birds)", self.coverage, nan, nan, nan),
            ]
        )
        return table.assign(grade=[f"{self.grade}: {MEANING[self.grade]}", "", "", ""])


def estimate_population(
    data: pd.DataFrame,
    site: str = "site",
    count: str = "count",
    usual: str = "usual",
    detection: float = 1.0,
    detection_se: float = 0.0,
    share_known: float = 1.0,
) -> Population:
    """Estimate a population from a count that did not reach every site.

    Parameters
    ----------
    data : one row per known site. site, count : its columns of names and counts (blank where nobody
        counted). usual : column of birds it usually holds (such as its mean over the last five years;
        blank if unknown).
    detection, detection_se : chance that a bird present was counted, 0 to 1, and its standard error.
    share_known : share of the population that uses the known sites at all, by judgement (1 = all); it
        raises the estimate and lowers the coverage, and its own uncertainty is not included.

    Errors: ValueError for doubled or unnamed sites, bad counts, no counted site, fewer than two
    counted sites with a usual number while others must be predicted.
    Misleads when the uncounted sites differ (a cold winter moves birds from north to south: the ratio
    of the north says nothing of the south), and when "usual" is old.
    """
    require_columns(data, [site, count, usual])
    names = names_of(data[site], site)
    if names.duplicated().any():
        raise ValueError(
            f"site {names[names.duplicated()].iloc[0]} is listed twice: one row per site, or birds count twice"
        )
    place = [f"site {n}" for n in names]
    y = numbers(data[count], count, minimum=0, whole=True, missing="keep", where=place.__getitem__)
    u = numbers(data[usual], usual, minimum=0, missing="keep", where=place.__getitem__)
    p = probability(detection, "detection")
    known = probability(share_known, "share_known")
    if p == 0 or known == 0:
        raise ValueError(
            "detection and share_known must be above 0: nothing can be scaled up from 0"
        )
    seen = np.isfinite(y)
    if not seen.any():
        raise ValueError(f"no site was counted: column {count!r} is blank throughout")
    notes: tuple[str, ...] = ()
    unknown = ~seen & np.isnan(u)
    if unknown.any():
        notes += (
            f"{unknown.sum()} uncounted sites have no usual number ({', '.join(map(str, names[unknown][:5]))}): "
            f"they add nothing, so the estimate is too low by what they hold.",
        )
    basis = seen & np.isfinite(u) & (np.nan_to_num(u) > 0)
    gap = ~seen & np.isfinite(u)
    ratio, sigma2, power, df = float("nan"), 0.0, 2.0, max(int(basis.sum()) - 1, 1)
    if u[gap].sum() > 0:
        if basis.sum() < 2:
            raise ValueError(
                f"{basis.sum()} counted site has a usual number: two at least are needed to predict the "
                f"uncounted ones; fill in {usual!r}"
            )
        ratio = float(y[basis].sum() / u[basis].sum())
        sigma2, power = _scatter(y[basis] - ratio * u[basis], u[basis])
    missing_usual = float(u[gap].sum())
    predicted = ratio * missing_usual if missing_usual else 0.0
    variance = 0.0
    if missing_usual:
        shared = (missing_usual / u[basis].sum()) ** 2 * (u[basis] ** power).sum()
        variance = sigma2 * ((u[gap] ** power).sum() + shared)
    counted = float(y[seen].sum())
    raise_by = 1 / (p * known)
    total = (counted + predicted) * raise_by
    relative = detection_se / p
    se = float(np.sqrt(variance * raise_by**2 + (total * relative) ** 2))
    every = float(np.where(seen & np.isfinite(u), u, 0).sum())
    usual_all = every + missing_usual
    coverage = (every / usual_all if usual_all > 0 else float(seen.mean())) * known
    if known < 1:
        notes += (
            f"Known sites are taken to hold {100 * known:.0f} % of all birds: a judgement, not a count.",
        )
    sites = pd.DataFrame(
        {
            "site": names.to_numpy(),
            "count": y,
            "usual": u,
            "birds": np.where(seen, y, np.where(np.isfinite(u), ratio * np.nan_to_num(u), np.nan)),
            "source": np.where(seen, "counted", np.where(np.isfinite(u), "predicted", "unknown")),
        }
    )
    cv = se / total if total > 0 else float("inf")
    return Population(
        total, se, counted, predicted, coverage, ratio, df,
        grade(coverage, cv, bool(unknown.any())), notes, sites,
    )  # fmt: skip


def _scatter(error: np.ndarray, u: np.ndarray) -> tuple[float, float]:
    """Return σ² and g of var e = σ² u^g."""

    def deviance(g: float) -> float:
        spread = max(float((error**2 / u**g).mean()), 1e-300)
        return len(u) * np.log(spread) + g * np.log(u).sum()

    power = 2.0
    if len(u) >= 8 and error.any():
        power = float(minimize_scalar(deviance, bounds=(1, 2), method="bounded").x)
    return float((error**2 / u**power).sum() / (len(u) - 1)), power


def grade(coverage: float, cv: float, unknown_sites: bool = False) -> str:
    """Return the quality grade of an estimate, A to D.

    A: at least 90 % of the usual birds' places counted, coefficient of variation at most 10 %;
    B: 70 % and 20 %; C: 40 % and 40 %; D: anything less. Uncounted sites of unknown size cost one grade.

    Parameters
    ----------
    coverage : share of the usual birds at counted sites, 0 to 1. cv : standard error / estimate.
    unknown_sites : True if sites of unknown size were not counted.
    """
    found = next((g for g, share, spread in GRADES if coverage >= share and cv <= spread), "D")
    if unknown_sites and found != "D":
        found = chr(ord(found) + 1)
    return found
