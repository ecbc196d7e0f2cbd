"""Through which sites do the shortest routes of the flyway run?

    b_k = Σ_{i ≠ k ≠ j} (shortest routes from i to j through k) / (shortest routes from i to j)

normalised by the number of pairs without k: (n − 1)(n − 2), half of it for undirected networks.

Source: Freeman (1977) Sociometry 40:35-41; Brandes (2001) Journal of Mathematical Sociology
25:163-177. The sums are made for many start sites at once (`flyway.connectivity.routes`), which is
many times faster than networkx's loops for 2,000 sites; the tests compare with networkx and
reproduce R igraph's values for the Florentine families. Memory grows with the links and not with the
square of the sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from flyway.connectivity.network import Network, read_network
from flyway.connectivity.routes import routes_through, whole_units
from flyway.inputs import numbers


@dataclass(frozen=True)
class Betweenness:
    """Betweenness of each site; no standard error, the network is taken as known.

    sites : betweenness by site.
    normalised : whether it runs from 0 to 1.
    network : the network that was read.
    """

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
    total = routes_through(_costs(network, links, distance, columns))
    pairs = (n - 1) * (n - 2)
    scale = (1 / pairs if pairs else 0.0) if normalised else (1.0 if directed else 0.5)
    index = pd.Index(network.sites, name="site")
    return Betweenness(
        pd.Series(total * scale, index, name="betweenness"), normalised, network, notes
    )


def _costs(network: Network, links: pd.DataFrame, distance: str | None, columns: dict) -> csr_array:
    shape = network.links.shape
    if distance is None:
        found = network.links
        return csr_array((np.ones_like(found.data), found.indices, found.indptr), shape)
    if distance not in links.columns:
        raise ValueError(
            f"the table of links has no column {distance!r}: name the column of lengths"
        )
    length = numbers(links[distance], distance, minimum=0)
    if (length == 0).any():
        row = links.index[int(np.flatnonzero(length == 0)[0])]
        raise ValueError(f"{distance} is 0 in row {row}: two sites apart have a distance above 0")
    length = whole_units(length, len(network.sites))
    position = {s: i for i, s in enumerate(network.sites)}
    i, j = (
        links[columns.get(end, name)].map(position).to_numpy(dtype=int)
        for end, name in (("start", "from"), ("end", "to"))
    )
    if not network.directed:
        i, j, length = np.r_[i, j], np.r_[j, i], np.r_[length, length]
    return csr_array((length, (i, j)), shape=shape)
