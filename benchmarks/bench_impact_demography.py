"""What survival costs as histories grow, and how often intervals of impact and demography hold the truth.

    python benchmarks/bench_impact_demography.py [--replicates 400] [--birds 2500 5000 10000 20000]

Cost: processor seconds of Cormack-Jolly-Seber over 20 occasions, constant, by year, and with a
covariate that differs for every bird. Coverage: simulated data with known truth, the share of 95 %
intervals that hold it (90-98 % is wanted), and the mean of the estimates beside the truth.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from flyway.demography.age_ratio import age_ratio
from flyway.demography.extinction import extinction_risk
from flyway.demography.survival import fit_survival
from flyway.impact.baci import baci
from flyway.impact.killed import estimate_killed
from flyway.impact.selection import estimate_selection
from flyway.simulate.impacts import baci_samples
from flyway.simulate.marked import marked_birds


def cost(sizes):
    print("birds  model               seconds")
    for birds in sizes:
        table = marked_birds(birds, 20, seed=1)
        table["mass"] = np.random.default_rng(1).normal(size=birds)
        for phi, p in (("1", "1"), ("time", "1"), ("time", "time"), ("mass", "1")):
            start = time.process_time()
            fit_survival(table, phi, p)
            seconds = time.process_time() - start
            print(f"{birds:6d} phi({phi:4s}) p({p:4s})  {seconds:8.2f}", flush=True)


def survival(seed):
    fit = fit_survival(marked_birds(200, 7, seed=seed))
    return fit.estimate, fit.interval(), 0.7


def paired(seed):
    table = baci_samples(-0.5, sites=(1, 1), dates=(8, 8), samples=1, seed=seed)
    fit = baci(table, "response", site="site", date="date")
    return fit.estimate, fit.interval(), -0.5


def several_controls(seed):
    table = baci_samples(-0.5, sites=(1, 4), samples=4, sd_site_date=0.2, seed=seed)
    fit = baci(table, "response", site="site")
    return fit.estimate, fit.interval(), -0.5


def drift(seed):
    rng = np.random.default_rng(seed)
    counts = 300 * np.exp(np.r_[0, np.cumsum(rng.normal(-0.01, 0.14, 30))])
    fit = extinction_risk(range(31), counts, threshold=1e-6)
    return fit.mu, fit.mu_interval(), -0.01


def families(seed):
    rng = np.random.default_rng(seed)
    success = rng.beta(2, 2, 40)
    adults = 2 * rng.integers(2, 15, 40)
    fit = age_ratio(pd.DataFrame({"young": rng.binomial(adults, success), "adults": adults}))
    return fit.estimate, fit.interval(), 1 / 3


def killed(seed):
    rng = np.random.default_rng(seed)
    truth = int(rng.integers(0, 61))
    result = estimate_killed(int(rng.binomial(truth, 0.35)), 0.35)
    return result.estimate - truth, tuple(x - truth for x in result.interval()), 0


def selection(seed):
    rng = np.random.default_rng(seed)
    used = rng.multinomial(150, [0.36, 0.36, 0.28])
    fit = estimate_selection(used, [0.5, 0.3, 0.2])
    ends = fit.interval(bonferroni=False).iloc[0]
    return fit.ratios["estimate"].iloc[0], (ends["lower"], ends["upper"]), 0.72


def coverage(replicates):
    print("estimator           truth     mean  covered")
    for method in (survival, paired, several_controls, drift, families, killed, selection):
        found = [method(seed) for seed in range(replicates)]
        inside = np.mean([low <= truth <= high for _, (low, high), truth in found])
        mean, truth = np.mean([f[0] for f in found]), found[0][2]
        print(f"{method.__name__:17s} {truth:8.3f} {mean:8.3f} {100 * inside:7.1f} %", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--birds", type=int, nargs="+", default=[2500, 5000, 10000, 20000])
    chosen = parser.parse_args()
    cost(chosen.birds)
    coverage(chosen.replicates)
