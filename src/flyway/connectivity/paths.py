"""Best paths between all sites, and what they lose when one site is gone.

All sites at once: shortest-path trees (scipy's Dijkstra) give the best paths; when a site is
removed, only pairs whose path ran through it are worked out again, so that a network of 2,000 sites
takes seconds and not 2,000 times the whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_array, eye_array
from scipy.sparse.csgraph import dijkstra

TINY = 1e-12  # keeps a link of probability 1 longer than no link; changes p by 1e-12
CHUNK = 500_000  # pairs worked on at a time, to bound memory


def shortest(costs: csr_array, limit: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and predecessors (n × n) for the costs of links (above 0), up to `limit`."""
    distance, before = dijkstra(costs, directed=True, return_predecessors=True, limit=limit)
    return np.ascontiguousarray(distance), before


class Trees:
    """Shortest-path trees from every site, laid out so that what hangs below a site is one slice.

    For source i, `order[i]` lists the sites from the root down (each before all that hang below it,
    which follow it directly); `at[i, k]` is the place of k in it and `size[i, k]` how many sites
    hang at k, itself included. Sites that cannot be reached have size 0.
    """

    def __init__(self, distance: np.ndarray, before: np.ndarray) -> None:
        n = len(distance)
        rows = np.arange(n)
        by_distance = np.argsort(distance, axis=1, kind="stable")
        reached = np.isfinite(distance)
        size = reached.astype(np.int32)
        for t in range(n - 1, 0, -1):  # leaves first: add each to the one it hangs at
            node = by_distance[:, t]
            ok = reached[rows, node]
            r, v = rows[ok], node[ok]
            size[r, before[r, v]] += size[r, v]
        at = np.zeros((n, n), dtype=np.int32)
        free = at.copy()  # next free place below each site
        free[rows, rows] = 1
        for t in range(1, n):  # root first: hand out places
            node = by_distance[:, t]
            ok = reached[rows, node]
            r, v = rows[ok], node[ok]
            up = before[r, v]
            at[r, v] = free[r, up]
            free[r, v] = at[r, v] + 1
            free[r, up] += size[r, v]
        order = np.zeros((n, n), dtype=np.int32)
        r, v = np.nonzero(reached)
        order[r, at[r, v]] = v
        self.at, self.size, self.order = at, size, order

    def below(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs (source, site) whose path runs through k, k itself not an end."""
        count = np.maximum(self.size[:, k] - 1, 0)
        count[k] = 0
        source = np.repeat(np.arange(len(count)), count)
        first = np.repeat(self.at[:, k] + 1 - (np.cumsum(count) - count), count)
        return source, self.order[source, first + np.arange(len(source))]


def steps(links: csr_array) -> list[csr_array]:
    """Return, per number of steps, how many shortest routes run from each site (row) to each other.

    Every link counts one step. Each pair that can be reached is in one of the matrices.
    """
    A = csr_array((np.ones_like(links.data), links.indices, links.indptr), links.shape)
    n = A.shape[0]
    seen = np.eye(n, dtype=bool)
    level, levels = csr_array(eye_array(n)), []
    while level.nnz:
        levels.append(level)
        onward = csr_array(level @ A).tocoo()
        new = ~seen[onward.coords]
        row, col, count = onward.coords[0][new], onward.coords[1][new], onward.data[new]
        seen[row, col] = True
        level = csr_array((count, (row, col)), shape=(n, n))
    return levels


def without_each(
    costs: csr_array,
    distance: np.ndarray,
    trees: Trees,
    limit: float = np.inf,
    routes: np.ndarray | None = None,
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield, per site k: the pairs whose path ran through k, and their distance without k.

    Distances above `limit` are given as infinite. routes : numbers of shortest routes (n × n), where
    known: pairs that have a route beside k lose nothing, and are not given.
    """
    out = _Neighbours(csr_array(costs))
    into = _Neighbours(csr_array(csr_array(costs).T))
    for k in range(len(distance)):
        source, target = trees.below(k)
        if routes is not None:
            through = routes[source, k] * routes[k, target]
            only = through > routes[source, target] * (1 - 1e-9)  # huge numbers are not exact
            source, target = source[only], target[only]
        if not len(source):
            continue
        found = np.empty(len(source))
        cuts = _cuts(source)
        for a, b in itertools.pairwise(cuts):
            i, j = source[a:b], target[a:b]
            saved = distance[i, j]
            distance[i, j] = np.inf
            found[a:b] = _detour(out, into, distance, i, j, k, saved, limit)
            distance[i, j] = saved
        yield k, source, target, found


class _Neighbours:
    """The c-th neighbour of many sites at once."""

    def __init__(self, costs: csr_array) -> None:
        self.start, self.degree = costs.indptr[:-1], np.diff(costs.indptr)
        self.site, self.cost = costs.indices, costs.data

    def each(self, j: np.ndarray) -> Iterator[tuple[np.ndarray | slice, np.ndarray, np.ndarray]]:
        """Yield (which of j, their c-th neighbour, its cost) for c = 0, 1, 2 …"""
        degree = self.degree[j]
        least = int(degree.min(initial=0)) if len(j) else 0
        for c in range(int(degree.max(initial=0))):
            which = slice(None) if c < least else np.flatnonzero(degree > c)
            edge = self.start[j[which]] + c
            yield which, self.site[edge], self.cost[edge]


def _cuts(source: np.ndarray) -> np.ndarray:
    """Cut the pairs into chunks of bounded size, never within a source: its pairs need each other."""
    new = np.flatnonzero(np.r_[True, np.diff(source) > 0])
    chunk = new // CHUNK
    return np.r_[new[np.r_[True, np.diff(chunk) > 0]], len(source)]


def _detour(
    out: _Neighbours,
    into: _Neighbours,
    distance: np.ndarray,
    i: np.ndarray,
    j: np.ndarray,
    k: int,
    saved: np.ndarray,
    limit: float,
) -> np.ndarray:
    """Return the distance of pairs (i, j) that avoids k; `distance` holds infinity for them.

    First step: in from sites whose path does not need k. Pairs that lose nothing are settled; the
    others look at all their neighbours once more, and then news is passed on, from pair to pair of
    the same source, until nothing gets shorter. Other pairs are never improved, because their
    distance is the shortest already.
    """
    best = _pull(into, distance, i, j, k, limit)
    distance[i, j] = best
    open_ = np.flatnonzero(~(best <= saved * (1 + 1e-12)))
    a, y = i[open_], j[open_]
    again = _pull(into, distance, a, y, k, limit)
    shorter = again < best[open_]
    a, y = a[shorter], y[shorter]
    distance[a, y] = again[shorter]
    flat, n = distance.reshape(-1), len(distance)  # a view: distance is contiguous
    while len(y):
        told = []
        for which, neighbour, cost in out.each(y):
            row = a[which]
            offer = distance[row, y[which]] + cost
            at = row * n + neighbour
            better = (offer < flat[at]) & (neighbour != k) & (offer <= limit)
            if better.any():
                at = at[better]
                np.minimum.at(flat, at, offer[better])
                told.append(at)
        changed = np.unique(np.concatenate(told)) if told else np.array([], dtype=int)
        a, y = np.divmod(changed, n)
    return distance[i, j]


def _pull(
    into: _Neighbours, distance: np.ndarray, i: np.ndarray, j: np.ndarray, k: int, limit: float
) -> np.ndarray:
    best = np.full(len(j), np.inf)
    for which, neighbour, cost in into.each(j):
        offer = distance[i[which], neighbour] + cost
        offer[neighbour == k] = np.inf
        best[which] = np.minimum(best[which], offer)
    best[best > limit] = np.inf
    return best


def closeness_sum(
    distance: np.ndarray, attribute: np.ndarray, worth: Callable[[np.ndarray], np.ndarray]
) -> float:
    """Return Σ_i Σ_j a_i a_j worth(d_ij), pairs that cannot be reached counting nothing."""
    return float(attribute @ worth(distance) @ attribute)
