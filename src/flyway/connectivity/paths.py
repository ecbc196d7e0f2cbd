"""Best paths between all sites, and what they lose when one site is gone.

scipy's Dijkstra (compiled) gives the shortest-path trees from every site. When site k is removed,
only pairs all of whose best paths ran through k can lose anything, and most of these pairs have one
end near k. So a small group of sites is looked for that holds an end of every such pair (greedily:
the site with most pairs first), and paths are sought again, without k, from these few sites only: by
Dijkstra, or, where every link is one step, for many lost sites at once (`flyway.connectivity.detours`).

Memory: about 70 · n² bytes for n sites (0.3 GB for 2,000 sites), whatever the number of links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from flyway.connectivity.detours import steps_round

PAIRS = 400_000  # pairs whose detours are looked for together, to bound memory


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
    lost = _only_through(trees, routes, directed)
    if len(costs.data) and (costs.data == 1).all():
        yield from _in_steps(costs, lost, directed)
        return
    n = len(routes)
    row = np.repeat(np.arange(n), np.diff(costs.indptr))
    for k, i, j in lost:
        keep = (row != k) & (costs.indices != k)
        first = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=n))])
        rest = csr_array((costs.data[keep], costs.indices[keep], first), shape=(n, n))
        starts, which, goal = _starts(i, j, n, directed)
        ahead = starts < n
        table = np.empty((len(starts), n))
        for part, graph in ((ahead, rest), (~ahead, csr_array(rest.T))):
            if part.any():
                table[part] = dijkstra(graph, indices=starts[part] % n, limit=limit)
        yield k, i, j, table[which, goal]


def _only_through(
    trees: Trees, routes: np.ndarray, directed: bool
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield each site k with the pairs (i, j) all of whose best paths run through it, if any."""
    for k in range(len(routes)):
        i, j = trees.below(k)
        through = routes[i, k] * routes[k, j]
        only = through > routes[i, j] * (1 - 1e-9)  # huge numbers are not exact
        if not directed:
            only &= i < j
        if only.any():
            yield k, i[only], j[only]


def _in_steps(
    links: csr_array, lost: Iterator[tuple[int, np.ndarray, np.ndarray]], directed: bool
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Work out the detours of many lost sites together, where every link is one step."""
    n = links.shape[0]
    back = csr_array(links.T)
    while job := list(_enough(lost)):
        starts, which, goal = zip(*(_starts(i, j, n, directed) for _, i, j in job), strict=True)
        sizes = np.cumsum([0, *map(len, starts)])
        which = np.concatenate([w + a for w, a in zip(which, sizes, strict=False)])
        gone = np.repeat([k for k, _, _ in job], np.diff(sizes))
        starts, goal = np.concatenate(starts), np.concatenate(goal)
        found = np.full(len(which), np.inf)
        for part, graph in ((starts < n, links), (starts >= n, back)):
            mine = np.flatnonzero(part[which])
            if len(mine):
                place = np.cumsum(part) - 1
                found[mine] = steps_round(
                    graph, starts[part] % n, gone[part], place[which[mine]], goal[mine]
                )
        cuts = np.cumsum([len(i) for _, i, _ in job])[:-1]
        for (k, i, j), steps in zip(job, np.split(found, cuts), strict=True):
            yield k, i, j, steps


def _enough(lost: Iterator[tuple[int, np.ndarray, np.ndarray]]) -> Iterator[tuple]:
    """Take lost sites until they have enough pairs to be worked on together."""
    pairs = 0
    while pairs < PAIRS and (job := next(lost, None)):
        pairs += len(job[1])
        yield job


def _starts(
    i: np.ndarray, j: np.ndarray, n: int, directed: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return starts that reach every pair (i, j), and for each pair its start and its goal.

    A start is a first end of pairs, from which paths are followed onwards, or a second end, from which
    they are followed backwards (numbered from n, where directions count). Starts are in rising order.
    """
    second = j + n if directed else j
    starts = _cover(i, second, 2 * n)
    place = np.full(2 * n, -1)
    place[starts] = np.arange(len(starts))
    ahead = place[i] >= 0
    return starts, np.where(ahead, place[i], place[second]), np.where(ahead, j, i)


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
