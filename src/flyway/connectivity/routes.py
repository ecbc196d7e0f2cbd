"""How many shortest routes run between sites, and through each site?

A link u → v lies on a shortest route from i when d_iu + cost_uv = d_iv. Counting from i outwards gives
the number of shortest routes to each site; adding up from the far end home gives what runs through
each site (Brandes 2001, Journal of Mathematical Sociology 25:163-177):

    σ_iv = Σ_u σ_iu        δ_iu = Σ_v σ_iu / σ_iv · (1 + δ_iv)        u → v on a shortest route from i

Many start sites are worked on at once: the sites of all of them in order of distance. Costs must be
whole numbers (`whole_units`), so that equally short routes are found equal.

Memory: about 100 bytes × CELLS, besides what is returned.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

CELLS = 3_000_000  # start sites × links worked on at a time, to bound memory


def whole_units(length: np.ndarray, sites: int) -> np.ndarray:
    """Return lengths above 0 in whole units of a power of ten, so small that 15 figures are used.

    Sums of whole numbers are exact: routes of 0.1 + 0.2 and of 0.3 are equally long. No route is
    longer than sites × the longest link, which stays below 2^53.
    """
    if not len(length):
        return length
    unit = np.ceil(np.log10(length.max() * sites)) - 15
    # two steps: 10^400 is no number
    scaled = length / 10.0 ** (unit / 2) / 10.0 ** (unit / 2)
    return np.maximum(np.rint(scaled), 1)


def count_routes(costs: csr_array, distance: np.ndarray) -> np.ndarray:
    """Return the number of shortest routes (n × n; 1 on the diagonal, 0 where none leads).

    costs : n × n, whole numbers of 1 or more. distance : n × n, infinite where no route leads.
    """
    routes = np.empty(distance.shape)
    for some in _pieces(costs):
        routes[some] = _outwards(costs, distance[some], some)[0]
    return routes


def routes_through(costs: csr_array) -> np.ndarray:
    """Return per site k: Σ over ordered pairs i ≠ k ≠ j of the share of shortest routes through k."""
    total = np.zeros(costs.shape[0])
    for some in _pieces(costs):
        distance = dijkstra(costs, indices=np.arange(some.start, some.stop))
        routes, levels = _outwards(costs, distance, some)
        onward = np.zeros(routes.size)
        flat = routes.reshape(-1)
        for u, v in reversed(levels):  # each u of a level is another place: no sum is lost
            onward[u] += flat[u] / flat[v] * (1 + onward[v])
        onward = onward.reshape(routes.shape)
        onward[np.arange(len(onward)), np.arange(some.start, some.stop)] = 0
        total += onward.sum(axis=0)
    return total


def _pieces(costs: csr_array) -> Iterator[slice]:
    """Yield slices of start sites, small enough for the memory."""
    n = costs.shape[0]
    step = max(1, CELLS // max(costs.nnz, n))
    return (slice(a, min(a + step, n)) for a in range(0, n, step))


def _outwards(
    costs: csr_array, distance: np.ndarray, some: slice
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Count routes from the start sites `some`; also return the links used, the nearest ends first.

    distance : len(some) × n. Links are pairs of places (start site · n + site) in the flat result; one
    level holds at most one far end per start site.
    """
    m, n = distance.shape
    rank = np.empty((m, n), dtype=np.int16 if n < 2**15 else np.int32)  # short: sorted faster
    np.put_along_axis(rank, np.argsort(distance, axis=1, kind="stable"), np.arange(n)[None], axis=1)
    u = np.repeat(np.arange(n), np.diff(costs.indptr))
    v = costs.indices
    there = distance[:, v]
    row, link = np.nonzero((distance[:, u] + costs.data == there) & np.isfinite(there))
    order = rank[row, v[link]]
    by_rank = np.argsort(order, kind="stable")
    row, link = row[by_rank], link[by_rank]
    cuts = np.searchsorted(order[by_rank], np.arange(n + 1))
    near, far = row * n + u[link], row * n + v[link]
    routes = np.zeros(m * n)
    routes[np.arange(m) * n + np.arange(some.start, some.stop)] = 1
    levels = []
    for a, b in itertools.pairwise(cuts):
        if b > a:
            np.add.at(routes, far[a:b], routes[near[a:b]])
            levels.append((near[a:b], far[a:b]))
    return routes.reshape(m, n), levels
