"""What a network costs as its sites grow, and how often intervals of the people's room hold the truth.

    python benchmarks/bench_networks_people.py [--replicates 400] [--sites 250 500 1000 2000]

Cost: processor seconds for sites scattered at random, each linked with about 12 neighbours: PC and
IIC with every site removed in turn, betweenness in steps. Coverage: simulated data with known truth,
the share of 95 % intervals that hold it (90-98 % is wanted), and the mean estimate beside the truth.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from flyway.connectivity.betweenness import measure_betweenness
from flyway.connectivity.index import measure_connectivity
from flyway.people.household import estimate_mean, estimate_share
from flyway.people.learning import compare_paired, learning_gain
from flyway.people.reliability import check_reliability


def scattered(n, seed=1):
    rng = np.random.default_rng(seed)
    place = rng.uniform(size=(n, 2))
    reach = np.sqrt(12 / (np.pi * n))
    pairs = cKDTree(place).query_pairs(reach, output_type="ndarray")
    gap = np.hypot(*(place[pairs[:, 0]] - place[pairs[:, 1]]).T)
    links = pd.DataFrame({"from": pairs[:, 0], "to": pairs[:, 1], "p": 0.1 ** (gap / reach)})
    return links, pd.DataFrame({"site": range(n), "birds": rng.lognormal(4, 1, n)})


METHODS = {
    "PC": lambda li, s: measure_connectivity(li, s, attribute="birds", probability="p"),
    "IIC": lambda li, s: measure_connectivity(li, s, kind="IIC", attribute="birds"),
    "betweenness": measure_betweenness,
}


def cost(sizes):
    print("sites   links  method        seconds")
    for n in sizes:
        links, sites = scattered(n)
        for name, run in METHODS.items():
            start = time.process_time()
            run(links, sites)
            print(
                f"{n:5d} {len(links):7d}  {name:12s} {time.process_time() - start:8.2f}", flush=True
            )


def villages(rng):
    level = rng.normal(10, 2, 30)
    village = np.repeat(np.arange(30), 8)
    loss = level[village] + rng.normal(0, 3, len(village))
    return pd.DataFrame({"village": village, "loss": loss, "harmed": loss > 10})


def mean_of_clusters(seed):
    found = estimate_mean(villages(np.random.default_rng(seed)), "loss", cluster="village")
    return found.estimate, found.interval(), 10


def share_of_clusters(seed):
    table = villages(np.random.default_rng(seed))
    row = estimate_share(table, "harmed", cluster="village").summary().iloc[1]
    return row["estimate"], (row["lower"], row["upper"]), 0.5


def gain(seed):
    rng = np.random.default_rng(seed)
    before = rng.binomial(20, rng.beta(4, 4, 25))
    found = learning_gain(before, before + rng.binomial(20 - before, 0.45), 20)
    return found.estimate, found.interval(), 0.45


def effect(seed):
    rng = np.random.default_rng(seed)
    before = rng.normal(10, 3, 15)
    found = compare_paired(before, before + rng.normal(0.8, 1, 15))
    return found.d, found.effect_interval(), 0.8


def alpha(seed):
    rng = np.random.default_rng(seed)
    answers = rng.normal(size=(40, 1)) * np.sqrt(0.4) + rng.normal(size=(40, 5)) * np.sqrt(0.6)
    found = check_reliability(pd.DataFrame(answers))
    return found.estimate, found.interval(), 2 / 2.6


def coverage(replicates):
    print("estimator             truth     mean  covered")
    for method in (mean_of_clusters, share_of_clusters, gain, effect, alpha):
        found = [method(seed) for seed in range(replicates)]
        truth = found[0][2]
        mean = np.mean([estimate for estimate, _, _ in found])
        inside = np.mean([low <= truth <= high for _, (low, high), _ in found])
        print(f"{method.__name__:18s} {truth:8.3f} {mean:8.3f} {100 * inside:7.1f} %", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--sites", type=int, nargs="*", default=[250, 500, 1000, 2000])
    asked = parser.parse_args()
    cost(asked.sites)
    coverage(asked.replicates)
