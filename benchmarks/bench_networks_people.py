"""What a network costs as its sites grow, and how often intervals of the people's room hold the truth.

    python benchmarks/bench_networks_people.py [--replicates 400] [--sites 250 500 1000 2000] [--only cost]

Cost: processor seconds and peak memory for sites scattered at random over a square, and along a coast,
each linked with about 12 neighbours: PC and IIC with every site removed in turn, betweenness in steps and
in kilometres (beside networkx, up to 1,000 sites). `growth` is the power of the number of sites with which
the seconds grew since the size before. Coverage: simulated data with known truth,
the share of 95 % intervals that hold it (90-98 % is wanted), and the mean estimate beside the truth.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc

import networkx as nx
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from flyway.connectivity.betweenness import measure_betweenness
from flyway.connectivity.index import measure_connectivity
from flyway.people.household import estimate_mean, estimate_share
from flyway.people.learning import compare_paired, learning_gain
from flyway.people.reliability import check_reliability


def scattered(n, width=1.0, seed=1):
    rng = np.random.default_rng(seed)
    place = rng.uniform(size=(n, 2)) * [1, width]
    reach = np.sqrt(12 * width / (np.pi * n))
    pairs = cKDTree(place).query_pairs(reach, output_type="ndarray")
    gap = np.hypot(*(place[pairs[:, 0]] - place[pairs[:, 1]]).T)
    links = pd.DataFrame({"from": pairs[:, 0], "to": pairs[:, 1], "p": 0.1 ** (gap / reach)})
    links["km"] = 1000 * gap
    return links, pd.DataFrame({"site": range(n), "birds": rng.lognormal(4, 1, n)})


def by_networkx(links, sites):
    if len(sites) <= 1000:
        graph = nx.from_pandas_edgelist(links, "from", "to", "km")
        nx.betweenness_centrality(graph, weight="km")


METHODS = {
    "PC": lambda li, s: measure_connectivity(li, s, attribute="birds", probability="p"),
    "IIC": lambda li, s: measure_connectivity(li, s, kind="IIC", attribute="birds"),
    "betweenness": measure_betweenness,
    "betweenness, km": lambda li, s: measure_betweenness(li, s, distance="km"),
    "the same, networkx": by_networkx,
}


def cost(sizes):
    print("place   sites   links  method              seconds  growth  peak MB")
    for shape, width in (("square", 1.0), ("coast", 0.02)):
        before = {}
        for n in sizes:
            links, sites = scattered(n, width)
            for name, run in METHODS.items():
                start = time.process_time()
                run(links, sites)
                seconds = time.process_time() - start
                old = before.get(name)
                growth = np.log(seconds / old[1]) / np.log(n / old[0]) if old else np.nan
                before[name] = n, seconds
                if seconds < 0.001:
                    continue
                peak = np.nan
                if run is not by_networkx:  # many small objects: tracing them takes minutes
                    tracemalloc.start()
                    run(links, sites)
                    peak = tracemalloc.get_traced_memory()[1] / 1e6
                    tracemalloc.stop()
                told = f"{seconds:8.2f}  {growth:6.1f}  {peak:7.0f}"
                print(f"{shape:6s} {n:6d} {len(links):7d}  {name:18s} {told}", flush=True)


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
    parser.add_argument("--only", choices=["cost", "coverage"])
    asked = parser.parse_args()
    if asked.only != "coverage":
        cost(asked.sites)
    if asked.only != "cost":
        coverage(asked.replicates)
