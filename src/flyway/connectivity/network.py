"""How do we make links between sites from the distances that birds fly?

A network is a table of sites (with an attribute such as birds or hectares) and a table of links: who is
linked with whom, how strongly, in which direction. `link_sites` makes links from coordinates.
No published case is in the tests: the links are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from flyway.inputs import numbers, probability, require_columns

EARTH_KM = 6371.0088  # mean radius


@dataclass(frozen=True)
class Network:
    """A network that was read: site names, attributes, and probabilities of links (sparse, n × n)."""

    sites: list
    attribute: np.ndarray
    links: csr_array
    directed: bool
    notes: tuple[str, ...]

    def components(self) -> np.ndarray:
        """Return the number of the connected part that each site belongs to (directions ignored)."""
        return connected_components(self.links, directed=self.directed, connection="weak")[1]


def read_network(
    sites: pd.DataFrame | None,
    links: pd.DataFrame,
    *,
    site: str = "site",
    attribute: str | None = None,
    start: str = "from",
    end: str = "to",
    probability: str | None = None,
    directed: bool = False,
) -> Network:
    """Return the network, or say which site or link is wrong and how to mend it.

    sites : one row per site; sites without links are kept. None: the sites named in `links`.
    attribute : column of amounts, 0 or more; default 1 each. probability : column of link
    probabilities above 0 to 1; default 1 each. A link given twice is refused.
    """
    require_columns(
        links, [start, end, *([probability] if probability else [])], "the table of links"
    )
    if sites is None:
        names = list(dict.fromkeys([*links[start], *links[end]]))
        sites = pd.DataFrame({site: names})
    require_columns(sites, [site, *([attribute] if attribute else [])], "the table of sites")
    if sites.empty:
        raise ValueError("there are no sites: give a table with one row per site")
    names = sites[site]
    if names.isna().any():
        row = sites.index[int(np.flatnonzero(names.isna())[0])]
        raise ValueError(f"{site} is missing in row {row}: give the site a name")
    if names.duplicated().any():
        name = names[names.duplicated()].iloc[0]
        raise ValueError(f"site {name!r} is given twice: keep one row, or rename one")
    position = {name: i for i, name in enumerate(names)}
    a = (
        np.ones(len(names))
        if attribute is None
        else numbers(sites[attribute], attribute, minimum=0)
    )
    if a.sum() == 0:
        raise ValueError(f"every {attribute} is 0: a network needs a site above 0")
    ends = []
    for column in (start, end):
        unknown = ~links[column].isin(position)
        if unknown.any():
            row = links.index[int(np.flatnonzero(unknown)[0])]
            raise ValueError(
                f"{column} is {links[column].loc[row]!r} in row {row} of the links, which is not in "
                f"the table of sites: correct the name or add the site"
            )
        ends.append(links[column].map(position).to_numpy(dtype=int))
    i, j = ends
    p = np.ones(len(links))
    if probability:
        p = numbers(links[probability], probability, minimum=0, maximum=1)
    loop = i == j
    if loop.any():
        row = links.index[int(np.flatnonzero(loop)[0])]
        raise ValueError(
            f"row {row} of the links joins {names.iloc[i[loop][0]]!r} with itself: drop it"
        )
    keys = np.column_stack([i, j] if directed else [np.minimum(i, j), np.maximum(i, j)])
    doubled = pd.DataFrame(keys).duplicated().to_numpy()
    if doubled.any():
        row = links.index[int(np.flatnonzero(doubled)[0])]
        told = "" if directed else " (a link counts both ways; set directed=True if it does not)"
        raise ValueError(f"row {row} of the links repeats one above{told}: keep one")
    i, j, p = i[p > 0], j[p > 0], p[p > 0]  # probability 0 is no link
    if not directed:
        i, j, p = np.r_[i, j], np.r_[j, i], np.r_[p, p]
    matrix = csr_array((p, (i, j)), shape=(len(names), len(names)))
    network = Network(list(names), a, matrix, directed, ())
    parts = np.bincount(network.components())
    notes = []
    if len(parts) > 1:
        alone = int((parts == 1).sum())
        notes.append(
            f"The network falls into {len(parts)} parts that no link joins; {alone} of them are single "
            f"sites. The largest part holds {parts.max()} of {len(a)} sites."
        )
    return Network(network.sites, a, matrix, directed, tuple(notes))


def link_sites(
    sites: pd.DataFrame,
    distance: float,
    *,
    probability_at: float = 0.5,
    least: float = 0.01,
    site: str = "site",
    lat: str = "lat",
    lon: str = "lon",
) -> pd.DataFrame:
    """Make links between sites from the distance that birds fly between them.

    p = exp(−k · d), with k such that p = `probability_at` at `distance` km; d is the great-circle
    distance.

    Parameters
    ----------
    sites : one row per site. site, lat, lon : its columns of names and coordinates (degrees).
    distance : km at which the chance of a flight is `probability_at`.
    probability_at : that chance (0.5: half of the birds). least : weaker links are left out.

    Returns a table: from, to, distance_km, probability, one row per pair.
    Errors: ValueError for coordinates outside −90 to 90 and −180 to 180, distance of 0 or less.
    Misleads as birds do not fly by distance alone: mountains, seas and habit are not in it. Cutting
    weak links changes connectivity a little; try a smaller `least`.
    """
    require_columns(sites, [site, lat, lon])
    at = probability_between(probability_at, "probability_at")
    cut = probability_between(least, "least")
    reach = float(numbers([distance], "distance")[0])
    if reach <= 0:
        raise ValueError(f"distance is {reach:g}: give kilometres above 0")
    phi = np.radians(numbers(sites[lat], lat, minimum=-90, maximum=90))
    lam = np.radians(numbers(sites[lon], lon, minimum=-180, maximum=180))
    k = -np.log(at) / reach
    furthest = -np.log(cut) / k
    names, rows = sites[site].to_numpy(), []
    for i in range(len(names) - 1):
        half = (
            np.sin((phi[i + 1 :] - phi[i]) / 2) ** 2
            + np.cos(phi[i]) * np.cos(phi[i + 1 :]) * np.sin((lam[i + 1 :] - lam[i]) / 2) ** 2
        )
        d = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
        near = np.flatnonzero(d <= furthest)
        rows.append(
            pd.DataFrame({"from": names[i], "to": names[i + 1 + near], "distance_km": d[near]})
        )
    table = (
        pd.concat(rows, ignore_index=True)
        if rows
        else pd.DataFrame({"from": [], "to": [], "distance_km": []})
    )
    return table.assign(probability=np.exp(-k * table["distance_km"].astype(float)))


def probability_between(value: float, name: str) -> float:
    """Return a probability strictly between 0 and 1."""
    return probability(value, name, open_interval=True)


def as_list(values: object, sites: list, what: str) -> list:
    """Return one site or several as a list of names; ValueError for a name that is not a site."""
    known = set(sites)
    try:
        alone = values in known
    except TypeError:  # a list cannot be looked up
        alone = False
    found = [values] if alone or isinstance(values, str | Mapping) else list(values)
    unknown = [v for v in found if v not in known]
    if unknown:
        raise ValueError(f"{what} names {unknown[0]!r}, which is no site: check its name")
    if not found:
        raise ValueError(f"{what} names no site: name at least one")
    return found
