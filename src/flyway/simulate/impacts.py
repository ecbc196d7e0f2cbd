"""Impact studies with a known effect, and turbines with a known number of dead birds."""

from __future__ import annotations

import numpy as np
import pandas as pd


def baci_samples(
    effect: float = 0.0,
    *,
    sites: tuple[int, int] = (1, 3),
    dates: tuple[int, int] = (1, 1),
    samples: int = 4,
    sd_site: float = 0.4,
    sd_date: float = 0.2,
    sd_site_date: float = 0.1,
    sd_sample: float = 0.3,
    mean: float = 5.0,
    trend: float = 0.0,
    seed: int,
) -> pd.DataFrame:
    """Simulate a before-after-control-impact study.

    response = mean + site + date + site:date + trend (after) + effect (impact, after) + sample.

    Parameters
    ----------
    effect : true change at the impact sites beyond that at the controls.
    sites : impact sites, control sites. dates : dates before, after. samples : per site and date.
    sd_site, sd_date, sd_site_date, sd_sample : standard deviations of the random parts.
    mean, trend : level before, and the change that every site shares. seed : any whole number.

    Returns
    -------
    DataFrame: ``site``, ``treatment``, ``date`` (1, 2, …), ``period``, ``response``.
    """
    rng = np.random.default_rng(seed)
    n_sites, n_dates = sum(sites), sum(dates)
    site = rng.normal(0, sd_site, n_sites)
    date = rng.normal(0, sd_date, n_dates)
    both = rng.normal(0, sd_site_date, (n_sites, n_dates))
    i, j, _ = (a.ravel() for a in np.indices((n_sites, n_dates, samples)))
    impact, after = i < sites[0], j >= dates[0]
    response = mean + site[i] + date[j] + both[i, j] + trend * after + effect * (impact & after)
    return pd.DataFrame(
        {
            "site": np.where(impact, "I", "C") + pd.Series(i + 1).astype(str),
            "treatment": np.where(impact, "impact", "control"),
            "date": j + 1,
            "period": np.where(after, "after", "before"),
            "response": response + rng.normal(0, sd_sample, len(i)),
        }
    )


def turbine_searches(
    deaths: int,
    *,
    searches: int = 10,
    interval: int = 7,
    persistence: float = 0.9,
    efficiency: float = 0.6,
    share_searched: float = 1.0,
    seed: int,
) -> dict[str, int]:
    """Simulate carcasses under turbines and the searches that find some of them.

    Birds die on random days; each morning a carcass is still there with probability `persistence`;
    a search every `interval` days finds each remaining carcass with probability `efficiency`.

    Parameters
    ----------
    deaths : birds killed in searches × interval days. searches, interval : how many, and the days between.
    persistence : chance to lie one day more. efficiency : chance that a search finds what lies there.
    share_searched : chance that a carcass falls where people search. seed : any whole number.

    Returns
    -------
    Dictionary: ``killed``, ``found``, ``removed`` (scavenged before they were found).
    """
    rng = np.random.default_rng(seed)
    killed_on = rng.integers(0, searches * interval, deaths)
    last_day = killed_on + rng.geometric(1 - persistence, deaths) - 1  # last morning it is there
    searched = rng.random(deaths) < share_searched
    found = np.zeros(deaths, dtype=bool)
    for k in range(1, searches + 1):
        # carcasses of the days up to this one have lain there since the morning after death
        present = searched & (killed_on < k * interval) & (last_day >= k * interval)
        found |= present & (rng.random(deaths) < efficiency)
    return {
        "killed": int(deaths),
        "found": int(found.sum()),
        "removed": int((~found & (last_day < searches * interval)).sum()),
    }
