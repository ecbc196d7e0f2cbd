"""What every result shares: intervals on the natural and on the log scale, one vocabulary.

`estimate`, `se`, `lower`, `upper` mean the same in every room of flyway.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special  # scipy.stats takes half a second to load

from flyway.inputs import probability


def multiplier(level: float = 0.95, df: float | None = None) -> float:
    """Return how many standard errors make an interval of `level` (t with `df`, else normal)."""
    level = probability(level, "level", open_interval=True)
    tail = 0.5 + level / 2
    return float(special.ndtri(tail) if df is None else special.stdtrit(df, tail))


def interval(
    estimate: float, se: float, level: float = 0.95, df: float | None = None
) -> tuple[float, float]:
    """Return estimate ± multiplier × se."""
    half = multiplier(level, df) * se
    return float(estimate - half), float(estimate + half)


def log_interval(
    estimate: float, se: float, level: float = 0.95, df: float | None = None
) -> tuple[float, float]:
    """Return an interval for a quantity above zero, symmetric on the log scale.

    se(log x) = sqrt(log(1 + (se/x)²)) (Burnham et al. 1987, Wildlife Monographs 92, p. 212), so the
    interval never goes below zero. An estimate of 0 has no log: both ends are NaN.
    """
    if not estimate > 0 or not np.isfinite(se):
        return float("nan"), float("nan")
    factor = np.exp(multiplier(level, df) * np.sqrt(np.log1p((se / estimate) ** 2)))
    return float(estimate / factor), float(estimate * factor)


def table(rows: list[tuple]) -> pd.DataFrame:
    """Return rows of (quantity, estimate, se, lower, upper) as a tidy DataFrame.

    The ends of the interval stand beside the estimate, where a narrow screen shows them first.
    """
    frame = pd.DataFrame(rows, columns=["quantity", "estimate", "se", "lower", "upper"])
    shown = ["estimate", "lower", "upper", "se"]
    return frame[["quantity", *shown]].astype(dict.fromkeys(shown, float))
