"""Which site holds the network together, and how: by its own birds, its links, or as a stepping stone?

    PC  = Σ_i Σ_j a_i a_j p*_ij / A²             probability of connectivity
    IIC = Σ_i Σ_j a_i a_j / (1 + n_ij) / A²      integral index of connectivity

a is the attribute of a site (birds, hectares), A the attribute of the whole area, p*_ij the product of
link probabilities along the best path, n_ij the number of links on the shortest path. Both sums
include i = j, so an isolated site counts with its own a². Removing site k loses

    d_k = 100 · (PC − PC_without_k) / PC = intra + flux + connector

intra: a_k² (birds within k); flux: paths that begin or end in k; connector: paths of others through k
that have no equally good detour (what k is worth as a stepping stone).

Sources: Pascual-Hortal & Saura (2006) Landscape Ecology 21:959-967 (IIC); Saura & Pascual-Hortal
(2007) Landscape and Urban Planning 83:91-103 (PC); Saura & Rubio (2010) Ecography 33:523-537
(fractions). No published case is in the tests: small networks are compared with networkx, one
removed site at a time, and worked out by hand. (Some packages leave isolated sites out of IIC.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from flyway.connectivity.network import Network, as_list, read_network
from flyway.connectivity.paths import Trees, closeness_sum, shortest, without_each
from flyway.connectivity.routes import count_routes
from flyway.inputs import numbers, one_of

KINDS = ("PC", "IIC")
LARGE, NEGLIGIBLE = 500, 1e-6  # above this many sites, weaker paths are left out by default
UNIT = 1e-12  # of −log p; a link of probability 1 costs one unit, which changes p by 1e-12
WEAKEST = 700.0  # −log of the smallest probability that a computer can tell from 0


@dataclass(frozen=True)
class Connectivity:
    """The index of a network (`estimate`) and what each site is worth to it (`sites`).

    There is no standard error: the network is taken as known.

    kind : "PC" or "IIC".
    equivalent : √(Σ Σ …): the attribute of one single site that would be as connected.
    negligible : paths weaker than this counted as none.
    """

    kind: str
    estimate: float
    equivalent: float
    sites: pd.DataFrame = field(repr=False)
    network: Network = field(repr=False)
    negligible: float | None = None
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return site, attribute, estimate (loss in % without it), intra, flux, connector, rank.

        The most important site comes first. `part` tells which sites are joined by links.
        """
        return self.sites.sort_values("rank", ignore_index=True, kind="stable")

    def plot(self, ax: object | None = None, top: int = 15) -> object:
        """Draw the loss by site as bars of intra, flux and connector."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        table = self.summary().head(top).iloc[::-1]
        left = np.zeros(len(table))
        for part in ("intra", "flux", "connector"):
            ax.barh([str(s) for s in table["site"]], table[part], left=left, label=part)
            left = left + table[part].to_numpy()
        ax.set(xlabel=f"loss of {self.kind} without the site (%)")
        ax.legend()
        return ax


def measure_connectivity(
    links: pd.DataFrame,
    sites: pd.DataFrame | None = None,
    *,
    kind: str = "PC",
    attribute: str | None = None,
    probability: str | None = None,
    area: float | None = None,
    directed: bool = False,
    negligible: float | None = None,
    **columns: str,
) -> Connectivity:
    """Measure how connected a network of sites is, and what is lost with each site.

    2,000 sites with 12 links each take about ten seconds and 0.3 GB of memory; both grow about with the
    square of the sites, and the time also with the links.

    Parameters
    ----------
    links : one row per link with columns `from` and `to`. sites : one row per site with column
        `site`; sites without links are kept. Default: the sites of the links.
    kind : "PC" (needs link probabilities) or "IIC" (links are there or not).
    probability : column of link probabilities, 0 to 1. attribute : column of amounts per site; default
        1 each.
    area : A, the attribute of the whole area, at least the sum of all sites; default: that sum. It
        changes the index, never the shares.
    directed : links hold from → to only. negligible : paths of PC weaker than this count as none;
        default 0, above 500 sites 1e-6 (told in notes).
    columns : site=, start=, end= name other columns.

    Errors: ValueError for unknown or doubled sites, links given twice, probabilities outside 0 to 1.
    Assumes independent links and birds that take the best path. A network in several parts is
    allowed, and said in `notes`.
    Misleads when sites are missing from the table: a hidden stepping stone makes its neighbours look
    less needed or more; and when p is a guess. Try several distances.
    """
    one_of(kind, "kind", KINDS)
    if kind == "PC" and probability is None:
        raise ValueError(
            "PC needs probability, the column of link probabilities; or use kind='IIC'"
        )
    network = read_network(
        sites,
        links,
        attribute=attribute,
        probability=probability if kind == "PC" else None,
        directed=directed,
        **columns,
    )
    a, notes = network.attribute, network.notes
    whole = a.sum() if area is None else float(numbers([area], "area")[0])
    if whole < a.sum() * (1 - 1e-12):
        raise ValueError(f"area is {whole:g}, below the sum of the sites ({a.sum():g}): correct it")
    costs, worth, limit = _scale(network, kind, negligible)
    if np.isfinite(limit) and limit * UNIT < WEAKEST:
        notes += (f"Paths with a probability below {worth(limit):.0e} count as none.",)
    distance, before = shortest(costs, limit)
    total = closeness_sum(distance, a, worth)
    value = worth(distance)
    flux = a * (value @ a) + a * (a @ value) - 2 * a**2
    through = np.zeros(len(a))
    trees, routes = Trees(distance, before), count_routes(costs, distance)
    for k, i, j, detour in without_each(costs, trees, routes, directed, limit):
        through[k] = (1 if directed else 2) * (a[i] * a[j] @ (value[i, j] - worth(detour)))
    parts = {"intra": a**2, "flux": flux, "connector": np.maximum(through, 0)}
    table = pd.DataFrame({"site": network.sites, "attribute": a})
    table["estimate"] = 100 * sum(parts.values()) / total
    for name, part in parts.items():
        table[name] = 100 * part / total
    table["rank"] = table["estimate"].round(9).rank(ascending=False, method="min").astype(int)
    table["part"] = network.components() + 1
    return Connectivity(
        kind, total / whole**2, float(np.sqrt(total)), table, network, negligible, notes
    )


@dataclass(frozen=True)
class SiteLoss:
    """What goes with the sites that are lost. `estimate` is the loss of the index in per cent.

    kind, lost : the index, and the sites that are lost.
    before, after : the index with and without them.
    parts_before, parts_after : parts of the network, with and without them.
    """

    kind: str
    lost: tuple
    estimate: float
    before: float
    after: float
    parts_before: int
    parts_after: int
    cut_off: pd.DataFrame = field(repr=False)

    def summary(self) -> pd.DataFrame:
        """Return the index and the number of parts, with and without the lost sites."""
        return pd.DataFrame(
            {
                "quantity": [f"{self.kind} index", "parts of the network"],
                "before": [self.before, float(self.parts_before)],
                "after": [self.after, float(self.parts_after)],
            }
        )


def lose_sites(connectivity: Connectivity, lost: object) -> SiteLoss:
    """Say what happens when one or several sites are lost together.

    Two stepping stones that stand in for each other may each seem needless: lose both to see their worth.

    connectivity : result of `measure_connectivity`. lost : a site or a list of sites.

    Returns what is lost; its `cut_off` lists the pairs of remaining sites that were joined before and no
    longer are, with the length of their path in links.

    Errors: ValueError for unknown sites, or when no site with an attribute above 0 would remain.
    Misleads when birds of a lost site would find a new one: the others are taken to stay as they are.
    """
    network, kind = connectivity.network, connectivity.kind
    names = as_list(lost, network.sites, "lost")
    keep = np.array([s not in set(names) for s in network.sites])
    if not network.attribute[keep].sum() > 0:
        raise ValueError("no site with an attribute above 0 would remain: lose fewer sites")
    costs, worth, limit = _scale(network, kind, connectivity.negligible)
    rest = csr_array(costs[keep][:, keep])
    distance = shortest(rest, limit)[0]
    after = closeness_sum(distance, network.attribute[keep], worth)
    before = connectivity.equivalent**2
    area2 = before / connectivity.estimate
    hops = shortest(
        csr_array((np.ones_like(costs.data), costs.indices, costs.indptr), costs.shape)
    )[0]
    was = hops[keep][:, keep]
    gone = np.isfinite(was) & np.isinf(shortest(rest)[0])
    if not network.directed:
        gone = np.triu(gone)
    i, j = np.nonzero(gone)
    left = np.array(network.sites, dtype=object)[keep]
    cut = pd.DataFrame({"from": left[i], "to": left[j], "links": was[i, j].astype(int)})
    remaining = Network(list(left), network.attribute[keep], rest, network.directed, ())
    return SiteLoss(
        kind,
        tuple(names),
        float(100 * (before - after) / before),
        float(connectivity.estimate),
        float(after / area2),
        int(network.components().max() + 1),
        int(remaining.components().max() + 1),
        cut,
    )


def compare_distances(
    sites: pd.DataFrame,
    distances: Iterable[float],
    *,
    attribute: str | None = None,
    **options: float,
) -> pd.DataFrame:
    """Compare what each site is worth for several flight distances: do the ranks hold if it is a guess?

    Parameters
    ----------
    sites, attribute : as in `measure_connectivity`.
    distances : km at which the chance of a flight is `probability_at` (default 0.5).
    options : further options of `link_sites`.

    Returns a table: distance_km, site, estimate (loss in %), connector, rank.
    Errors: ValueError for no distance, and as in `link_sites`.
    Misleads as `link_sites` does: birds do not fly by distance alone.
    """
    from flyway.connectivity.network import link_sites

    tables = []
    for distance in distances:
        links = link_sites(sites, distance, **options)
        found = measure_connectivity(links, sites, attribute=attribute, probability="probability")
        tables.append(
            found.sites[["site", "estimate", "connector", "rank"]].assign(distance_km=distance)
        )
    if not tables:
        raise ValueError("no distance is given: give at least one, in km")
    columns = ["distance_km", "site", "estimate", "connector", "rank"]
    return pd.concat(tables, ignore_index=True)[columns]


def _scale(
    network: Network, kind: str, negligible: float | None
) -> tuple[csr_array, object, float]:
    """Return the costs of links, what a distance is worth, and the largest distance that counts."""
    links = network.links
    if kind == "IIC":
        return (
            csr_array((np.ones_like(links.data), links.indices, links.indptr), links.shape),
            (lambda d: 1 / (1 + d)),
            np.inf,
        )
    if negligible is None:  # of the whole network, also when sites are lost from it
        negligible = NEGLIGIBLE if len(network.sites) > LARGE else 0.0
    least = float(numbers([negligible], "negligible", minimum=0, maximum=0.1)[0])
    # whole units: sums are exact, so that equally good paths are found equal
    units = np.maximum(np.rint(-np.log(links.data) / UNIT), 1)
    limit = min(-np.log(least), WEAKEST) if least > 0 else WEAKEST
    costs = csr_array((units, links.indices, links.indptr), links.shape)
    return costs, lambda d: np.exp(-UNIT * d), limit / UNIT
