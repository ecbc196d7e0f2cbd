"""Through which sites do the shortest routes of the flyway run?

    b_k = Σ_{i ≠ k ≠ j} (shortest routes from i to j through k) / (shortest routes from i to j)

normalised by the number of pairs without k: (n − 1)(n − 2), half of it for undirected networks.

Source: Freeman (1977) Sociometry 40:35-41; Brandes (2001) Journal of Mathematical Sociology
25:163-177. networkx computes it; above 500 sites without distances the same sums are made for all
sites at once with sparse matrices, which is faster. The tests reproduce R igraph's values for the
Florentine families.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from flyway.connectivity.network import Network, read_network
from flyway.connectivity.paths import steps
from flyway.inputs import numbers

LARGE = 500  # sites from which sparse matrices beat networkx's loops


@dataclass(frozen=True)
class Betweenness:
    """Betweenness of each site; no standard error, the network is taken as known."""

    sites: pd.Series
    normalised: bool
    network: Network
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return site, estimate (betweenness) and rank, the highest first."""
        table = pd.DataFrame({"site": self.sites.index, "estimate": self.sites.to_numpy()})
        table["rank"] = table["estimate"].round(12).rank(ascending=False, method="min").astype(int)
        return table.sort_values("rank", ignore_index=True, kind="stable")


def measure_betweenness(
    links: pd.DataFrame,
    sites: pd.DataFrame | None = None,
    *,
    distance: str | None = None,
    directed: bool = False,
    normalised: bool = True,
    **columns: str,
) -> Betweenness:
    """Find the sites through which most shortest routes run.

    Parameters
    ----------
    links : one row per link, columns `from` and `to`. sites : one row per site, column `site`;
        default: the sites of the links.
    distance : column of lengths above 0; default: every link counts one step.
    directed : links hold from → to only. normalised : 0 to 1 (True), or numbers of routes.
    columns : site=, start=, end= name other columns.

    Errors: ValueError for unknown or doubled sites, links given twice, lengths of 0 or less.
    Misleads: birds need not take the shortest route, all pairs of sites count alike whatever their
    birds, and a site on the rim of the study area looks less central than it is.
    """
    network = read_network(sites, links, directed=directed, **columns)
    n, notes = len(network.sites), network.notes
    if distance is None and n > LARGE:
        total = _many(network.links)
    else:
        graph = _graph(network, links, distance, columns)
        found = nx.betweenness_centrality(
            graph, weight=None if distance is None else "distance", normalized=False
        )
        total = np.array([found[i] for i in range(n)]) * (1 if directed else 2)
    pairs = (n - 1) * (n - 2)
    scale = (1 / pairs if pairs else 0.0) if normalised else (1.0 if directed else 0.5)
    index = pd.Index(network.sites, name="site")
    return Betweenness(
        pd.Series(total * scale, index, name="betweenness"), normalised, network, notes
    )


def _graph(network: Network, links: pd.DataFrame, distance: str | None, columns: dict) -> nx.Graph:
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(range(len(network.sites)))
    if distance is None:
        graph.add_edges_from(np.argwhere(network.links.toarray() > 0).tolist())
        return graph
    if distance not in links.columns:
        raise ValueError(
            f"the table of links has no column {distance!r}: name the column of lengths"
        )
    length = numbers(links[distance], distance, minimum=0)
    if (length == 0).any():
        row = links.index[int(np.flatnonzero(length == 0)[0])]
        raise ValueError(f"{distance} is 0 in row {row}: two sites apart have a distance above 0")
    position = {s: i for i, s in enumerate(network.sites)}
    start, end = columns.get("start", "from"), columns.get("end", "to")
    for u, v, d in zip(links[start], links[end], length, strict=True):
        graph.add_edge(position[u], position[v], distance=d)
    return graph


def _many(links: csr_array) -> np.ndarray:
    """Return betweenness (ordered pairs) from all sources at once, step by step (Brandes 2001)."""
    A = csr_array((np.ones_like(links.data), links.indices, links.indptr), links.shape)
    n = A.shape[0]
    total = np.zeros(n)
    back = csr_array((n, n))
    for level in steps(links)[:0:-1]:  # from the far end home: routes that run on through each site
        share = level.copy()
        share.data = 1 / share.data
        onward = csr_array(back * level)  # Σ routes beyond, for the sites of this step
        total += np.asarray(onward.sum(axis=0)).ravel()
        back = csr_array((share + back * (level > 0)) @ A.T)
    return total
