"""Counts that grow for two reasons: more birds, and more places counted."""

from __future__ import annotations

import numpy as np
import pandas as pd


def growing_census(
    rate: float = 0.05,
    *,
    first_coverage: float = 1.0,
    last_coverage: float = 1.0,
    start: int = 500,
    first_year: int = 1997,
    years: int = 29,
    noise: float = 0.05,
    seed: int,
) -> pd.DataFrame:
    """Simulate a yearly census whose coverage changes while the population grows.

    The true population is ``start·(1 + rate)^t``. The share of it that is counted moves in a straight
    line from ``first_coverage`` to ``last_coverage``. Each count also has a log-normal error.

    Parameters
    ----------
    rate : true yearly growth as a share (0.05 is 5 % per year).
    first_coverage, last_coverage : share of all birds inside the places counted, above 0 and up to 1.
    start : true birds in the first year.
    first_year, years : the first January and how many Januaries.
    noise : standard deviation of the log error of a count.
    seed : any whole number.

    Returns
    -------
    DataFrame: ``year``, ``truth`` (birds), ``coverage`` (share), ``count`` (birds).

    Raises
    ------
    ValueError for a coverage outside 0 to 1, or fewer than 2 years.
    """
    for name, share in (("first_coverage", first_coverage), ("last_coverage", last_coverage)):
        if not 0 < share <= 1:
            raise ValueError(f"{name} is {share:g}: a share counted lies above 0 and up to 1")
    if years < 2:
        raise ValueError(f"years is {years}: growth needs 2 years or more")
    step = np.arange(years)
    truth = start * (1 + rate) ** step
    coverage = np.linspace(first_coverage, last_coverage, years)
    error = np.exp(np.random.default_rng(seed).normal(0.0, noise, years))
    return pd.DataFrame(
        {
            "year": first_year + step,
            "truth": np.rint(truth).astype(int),
            "coverage": coverage,
            "count": np.rint(truth * coverage * error).astype(int),
        }
    )
