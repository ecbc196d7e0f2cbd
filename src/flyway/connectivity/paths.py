"""Best paths between all sites, and what they lose when one site is gone.

scipy's Dijkstra (compiled) gives the shortest-path trees from every site. When site k is removed,
only pairs all of whose best paths ran through k can lose anything, and most of these pairs have one
end near k. So a small group of sites is looked for that holds an end of every such pair (greedily:
the site with most pairs first), and Dijkstra runs again, without k, from these few sites only.

Memory: about 60 · n² bytes for n sites (0.25 GB for 2,000 sites), whatever the number of links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra


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


def without_each(
    costs: csr_array,
    trees: Trees,
    routes: np.ndarray,
    directed: bool,
    limit: float = np.inf,
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield, per site k: the pairs all of whose best paths run through k, and their distance without k.

    Every other pair loses nothing. Undirected networks give each pair once. Distances above `limit`
    are infinite. routes : numbers of best paths (n × n), from `flyway.connectivity.routes`.
    """
    n = len(routes)
    row = np.repeat(np.arange(n), np.diff(costs.indptr))
    for k in range(n):
        i, j = trees.below(k)
        through = routes[i, k] * routes[k, j]
        only = through > routes[i, j] * (1 - 1e-9)  # huge numbers are not exact
        if not directed:
            only &= i < j
        i, j = i[only], j[only]
        if not len(i):
            continue
        keep = (row != k) & (costs.indices != k)
        start = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=n))])
        rest = csr_array((costs.data[keep], costs.indices[keep], start), shape=(n, n))
        yield k, i, j, _distances(rest, i, j, directed, limit)


def _distances(
    costs: csr_array, i: np.ndarray, j: np.ndarray, directed: bool, limit: float
) -> np.ndarray:
    """Return the distances of the pairs (i, j), from as few starts as a greedy search finds.

    A start is either the first end of a pair or its second, from which paths are followed backwards.
    """
    n = costs.shape[0]
    place = np.full(2 * n, -1)
    # where directions count, a site as second end is another start than the same site as first end
    second = j + n if directed else j
    starts = _cover(i, second, 2 * n)
    place[starts] = np.arange(len(starts))
    forward = starts[starts < n]
    backward = starts[len(forward) :] - n
    table = np.full((len(starts), n), np.inf)
    if len(forward):
        table[: len(forward)] = dijkstra(costs, indices=forward, limit=limit)
    if len(backward):
        table[len(forward) :] = dijkstra(csr_array(costs.T), indices=backward, limit=limit)
    ahead = place[i] >= 0
    return table[np.where(ahead, place[i], place[second]), np.where(ahead, j, i)]


def _cover(a: np.ndarray, b: np.ndarray, size: int) -> np.ndarray:
    """Return ends, in rising order, such that every pair (a, b) has one of them."""
    ends = np.concatenate([a, b])
    pairs = csr_array((np.ones(len(ends), np.int8), (ends, np.concatenate([b, a]))), (size, size))
    left = np.diff(pairs.indptr).astype(np.int64)
    chosen = []
    while left[best := int(left.argmax())] > 0:
        chosen.append(best)
        partner = pairs.indices[pairs.indptr[best] : pairs.indptr[best + 1]]
        left[partner[left[partner] > 0]] -= 1
        left[best] = -size  # taken: its pairs are settled
    return np.sort(chosen)


def closeness_sum(
    distance: np.ndarray, attribute: np.ndarray, worth: Callable[[np.ndarray], np.ndarray]
) -> float:
    """Return Σ_i Σ_j a_i a_j worth(d_ij), pairs that cannot be reached counting nothing."""
    return float(attribute @ worth(distance) @ attribute)
