"""What the estimators cost as counts grow, and how often their intervals hold the truth.

    python benchmarks/bench_methods.py [--replicates 400] [--sites 500 1000 2500 5000] [--only cost]

Cost: a site × year index over 40 years with 40 % of the counts missing; processor seconds and peak
memory, and both per thousand counts, which stay level if the cost grows in line with the counts.
Coverage: simulated data with known truth, the share of 95 % intervals that hold it (90-98 % is wanted)
and the mean ratio of estimate to truth. The short versions of these simulations are in the tests.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc

import numpy as np
import pandas as pd

from flyway.counts.index import fit_index
from flyway.counts.population import estimate_population
from flyway.counts.trend import trend
from flyway.detection.calibration import calibrate
from flyway.detection.closed import mark_resight
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy
from flyway.survey.stratified import estimate_stratified


def overdispersed(rng, mean, phi):
    """Counts with variance phi times the mean."""
    return rng.negative_binomial(mean / (phi - 1), 1 / phi)


def site_years(rng, sites, years, slope=0.03, phi=4.0, missing=0.4):
    level, when = np.exp(rng.normal(3.5, 0.8, sites)), np.arange(years)
    mean = np.outer(level, np.exp(slope * when))
    table = pd.DataFrame(
        {
            "site": np.repeat(np.arange(sites), years),
            "year": np.tile(when + 1980, sites),
            "count": overdispersed(rng, mean, phi).ravel().astype(float),
        }
    )
    kept = table[rng.random(len(table)) >= missing]
    return kept, mean.sum(axis=0)


def cost(sizes):
    rng = np.random.default_rng(1)
    rows = []
    for sites in sizes:
        table, _ = site_years(rng, sites, 40)
        start = time.process_time()
        fit_index(table)
        seconds = time.process_time() - start
        tracemalloc.start()
        fit_index(table)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        thousand = len(table) / 1000
        rows.append((sites, len(table), seconds, seconds / thousand, peak, peak / thousand))
    columns = ["sites", "counts", "CPU s", "CPU s per 1000", "peak MB", "MB per 1000"]
    return pd.DataFrame(rows, columns=columns).round(4)


def trial_trend(rng):
    years = np.arange(2005, 2020)
    fit = trend(years, overdispersed(rng, 300 * 1.04 ** (years - 2012.0), 4.0))
    return fit.interval(), fit.estimate, 1.04


def trial_index(rng):
    table, totals = site_years(rng, 40, 10)
    row = fit_index(table).index().iloc[-1]
    return (row["lower"], row["upper"]), row["estimate"], totals[-1] / totals[0]


def trial_slope(rng):
    fit = fit_index(site_years(rng, 40, 10)[0]).slope()
    return fit.interval(), fit.estimate, np.exp(0.03)


def trial_calibration(rng):
    visual = rng.integers(20, 400, 70).astype(float)
    photo = (1.1 * np.sqrt(visual) + 0.6 * rng.normal(size=70)) ** 2
    row = calibrate(visual[:40], photo[:40], "sqrt").total(visual[40:]).iloc[0]
    return (row["lower"], row["upper"]), row["estimate"], photo[40:].sum()


def trial_independent(rng, p1=0.7, p2=0.5):
    birds = rng.poisson(12, 30)
    cells = [p1 * (1 - p2), (1 - p1) * p2, p1 * p2, (1 - p1) * (1 - p2)]
    y = np.array([rng.multinomial(n, cells) for n in birds])[:, :3]
    fit = independent_observers(pd.DataFrame(y, columns=["only_first", "only_second", "both"]))
    return fit.interval(), fit.estimate, birds.sum()


def trial_dependent(rng):
    birds, who = rng.poisson(15, 40), np.arange(40) % 2
    a, b = np.where(who == 0, 0.8, 0.6), np.where(who == 0, 0.6, 0.8)
    lead = rng.binomial(birds, a)
    columns = {"primary": who, "seen_by_primary": lead}
    columns["added_by_secondary"] = rng.binomial(birds - lead, b)
    fit = dependent_observers(pd.DataFrame(columns))
    return fit.interval(), fit.estimate, birds.sum()


def trial_chapman(rng):
    fit = mark_resight(150, 120, rng.hypergeometric(150, 350, 120))
    return fit.interval(), fit.estimate, 500


def trial_distance(rng):
    x = rng.uniform(0, 150, 300)
    seen = x[rng.random(300) < np.exp(-(x**2) / 7200)]
    fit = fit_distance(seen, 150)
    grid = np.linspace(0, 150, 2001)
    return fit.interval(), fit.estimate, np.exp(-(grid**2) / 7200).mean()


def trial_occupancy(rng):
    occupied = rng.random(120) < 0.6
    fit = fit_occupancy(pd.DataFrame((rng.random((120, 4)) < 0.4) * occupied[:, None] * 1.0))
    return fit.interval(), fit.estimate, 0.6


def trial_nmixture(rng):
    birds = rng.poisson(5, 120)
    fit = fit_nmixture(pd.DataFrame(rng.binomial(birds[:, None], 0.5, (120, 4))), K=40)
    return fit.interval(), fit.estimate, 5


def trial_stratified(rng):
    birds = {h: np.round(np.random.default_rng(h).gamma(6, 7 * (h + 1), 60)) for h in range(4)}
    rows = [(h, x) for h, b in birds.items() for x in rng.choice(b, 15, replace=False)]
    table = pd.DataFrame(rows, columns=["h", "birds"])
    fit = estimate_stratified(table, "birds", "h", dict.fromkeys(birds, 60))
    row = fit.summary().iloc[1]
    return (row["lower"], row["upper"]), fit.total, sum(b.sum() for b in birds.values())


def trial_population(rng):
    usual = np.round(np.exp(rng.normal(4, 1, 40))) + 5
    birds = rng.poisson(0.8 * usual * rng.gamma(20, 1 / 20, 40))
    count = np.where(rng.random(40) < 0.3, np.nan, birds)
    fit = estimate_population(pd.DataFrame({"site": range(40), "count": count, "usual": usual}))
    return fit.interval(), fit.estimate, birds.sum()


def coverage(replicates):
    rows = []
    for name, trial in sorted(globals().items()):
        if not name.startswith("trial_"):
            continue
        rng = np.random.default_rng(2024)
        inside, ratio = [], []
        for _ in range(replicates):
            (low, high), estimate, truth = trial(rng)
            inside.append(low <= truth <= high)
            ratio.append(estimate / truth)
        error = np.std(ratio) / np.sqrt(replicates)
        rows.append((name[6:], np.mean(inside), np.mean(ratio), error))
    columns = ["estimator", "coverage", "estimate / truth", "± (Monte Carlo)"]
    return pd.DataFrame(rows, columns=columns).round(3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--sites", type=int, nargs="+", default=[500, 1000, 2500, 5000])
    parser.add_argument("--only", choices=["cost", "coverage"])
    chosen = parser.parse_args()
    if chosen.only != "coverage":
        print(cost(chosen.sites).to_string(index=False))
    if chosen.only != "cost":
        print(coverage(chosen.replicates).to_string(index=False))


if __name__ == "__main__":
    main()
