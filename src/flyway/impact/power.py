"""How long until we can tell? The power of a BACI study before the first bird is counted.

Every site is counted on every date, `samples` times. Then sites and dates cancel in the effect, and

    var(effect) = Σ over the four groups of  σ²_site:date / (sites · dates) + σ²_sample / (sites · dates · samples)

Power is that of the t test (noncentral t; two-sided as F) with Schwarz's degrees of freedom
(Db + Da)(Si + Sc) + (Db + Da) + (Si + Sc), where Db, Da, Si, Sc are the dates before and after, the
impact and the control sites, each minus 1; if this is 0, the number of samples minus 4.

Sources: Stroup (1999) Mixed model procedures to assess power, precision and sample size in the design
of experiments; Schwarz, Design and Analysis of BACI studies, whose crab and fry tables are in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.inputs import number, numbers, probability

GROUPS = ("impact_before", "impact_after", "control_before", "control_after")


@dataclass(frozen=True)
class BaciPower:
    """Power (`estimate`) to see `effect` at level `alpha`, with the se and df the study would have.

    effect : the effect asked for.
    alpha, one_sided : risk of a false alarm, and whether one direction only was looked at.
    """

    estimate: float
    effect: float
    se: float
    df: float
    alpha: float
    one_sided: bool

    def detectable(self, power: float = 0.8) -> float:
        """Return the smallest effect (as a size above 0) that this design sees with this power."""
        from scipy.optimize import brentq

        power = probability(power, "power", open_interval=True)
        if power <= self.alpha:
            raise ValueError(f"power is {power:g}: ask for more than alpha ({self.alpha:g})")
        at = lambda size: _power(size, self.se, self.df, self.alpha, self.one_sided) - power  # noqa: E731
        high = self.se
        while at(high) < 0:
            high *= 2
        return float(brentq(at, 0, high))

    def summary(self) -> pd.DataFrame:
        """Return power, the effect asked for, its standard error, and what 80 % power would see."""
        nan = float("nan")
        return results.table(
            [
                ("power", self.estimate, nan, nan, nan),
                ("effect", self.effect, self.se, nan, nan),
                ("effect seen with 80 % power", self.detectable(), nan, nan, nan),
                ("degrees of freedom", self.df, nan, nan, nan),
            ]
        )


def power_baci(
    effect: float,
    *,
    sites: tuple[int, int] = (1, 1),
    dates: tuple[int, int] = (1, 1),
    samples: int | tuple[int, int, int, int] = 1,
    sd_sample: float = 0.0,
    sd_site_date: float = 0.0,
    alpha: float = 0.05,
    one_sided: bool = False,
) -> BaciPower:
    """Say how likely a planned BACI is to notice an effect of a given size.

    Parameters
    ----------
    effect : impact change minus control change, in the units of the analysis (log units for ratios:
        log(0.7) is a loss of 30 %).
    sites : impact sites, control sites. dates : dates (or years) before, after.
    samples : counts per site and date, or four numbers (impact before, impact after, control before,
        control after).
    sd_sample : scatter of samples of one site on one date. sd_site_date : scatter of sites around
        the common ups and downs of dates (`variances` of a pilot `baci`, square root). The scatter
        of sites, and of dates, does not matter: it cancels.
    alpha : risk of a false alarm. one_sided : look for change in one direction only.

    Errors: ValueError for numbers below 1, scatter below 0 or none at all, no degree of freedom.
    Misleads when the scatter comes from one good year, and when the effect grows slowly. A design
    of one date before and after counts samples as if they were independent tests of the impact.

    Examples
    --------
    >>> plan = power_baci(-0.5, sites=(1, 3), dates=(5, 5), sd_sample=0.3, sd_site_date=0.2)
    >>> round(plan.estimate, 2)
    0.45
    """
    si, sc = _whole(sites, "sites", 2)
    db, da = _whole(dates, "dates", 2)
    many = samples if isinstance(samples, tuple | list | np.ndarray) else [samples] * 4
    n = dict(zip(GROUPS, _whole(many, "samples", 4), strict=True))
    sd_sample, sd_site_date = numbers([sd_sample, sd_site_date], "sd", minimum=0, maximum=1e100)
    alpha = probability(alpha, "alpha", open_interval=True)
    effect = number(effect, "effect", minimum=-1e100, maximum=1e100)
    cells = dict(zip(GROUPS, (si * db, si * da, sc * db, sc * da), strict=True))
    variance = sum(sd_site_date**2 / c + sd_sample**2 / (c * n[g]) for g, c in cells.items())
    if variance == 0:
        raise ValueError(
            "sd_sample and sd_site_date are both 0: nothing scatters; give one of them"
        )
    dates_df, sites_df = db + da - 2, si + sc - 2
    df = dates_df * sites_df + dates_df + sites_df
    if df == 0:
        df = sum(c * n[g] for g, c in cells.items()) - 4
    if df < 1:
        raise ValueError(
            "this design leaves no degree of freedom: add dates, control sites, or samples"
        )
    se = float(np.sqrt(variance))
    return BaciPower(
        _power(effect, se, df, alpha, one_sided), effect, se, float(df), alpha, one_sided
    )


def dates_until_detected(
    effect: float,
    *,
    before: int,
    power: float = 0.8,
    longest: int = 50,
    **design: object,
) -> int | None:
    """Return the dates (years) after the impact until the effect is seen with this power.

    Parameters
    ----------
    effect : as in `power_baci`. before : dates before the impact.
    power : chance wanted that the effect is seen. longest : where to stop looking.
    design : further options of `power_baci`, such as sites, samples, sd_sample.

    Returns a number of dates, or None when even `longest` are not enough (more dates *before* are then
    needed).
    Errors: ValueError as in `power_baci`.
    Misleads when the effect grows slowly: the first dates then show less than `effect`.
    """
    power = probability(power, "power", open_interval=True)
    for after in range(1, int(number(longest, "longest", minimum=1, maximum=10_000)) + 1):
        try:
            found = power_baci(effect, dates=(before, after), **design)
        except ValueError as error:
            if "no degree of freedom" in str(error):
                continue
            raise
        if found.estimate >= power:
            return after
    return None


def _power(effect: float, se: float, df: float, alpha: float, one_sided: bool) -> float:
    ncp = abs(effect) / se
    if one_sided:
        return float(stats.nct.sf(stats.t.isf(alpha, df), df, ncp))
    return float(stats.ncf.sf(stats.f.isf(alpha, 1, df), 1, df, ncp**2)) if ncp else alpha


def _whole(values: object, name: str, length: int) -> list[int]:
    array = numbers(np.atleast_1d(np.asarray(values)), name, minimum=1, maximum=1e6, whole=True)
    if len(array) != length:
        raise ValueError(f"{name} has {len(array)} numbers: give {length}")
    return [int(v) for v in array]
