"""How does the flyway hang together in each season, and where is its bottleneck?

A movement runs from one site to the next, in a season, with a number of birds (or of marked birds).
`compare_seasons` describes the directed network of each season; `find_bottleneck` asks how many birds
could pass from breeding to wintering sites, and which links or sites hold them up:

    largest flow = smallest cut

networkx computes the flow. Source: Ford & Fulkerson (1956) Canadian Journal of Mathematics 8:399-404;
for flyways Iwamura et al. (2013) Proceedings of the Royal Society B 280:20130325. No published case is in
the tests: checked by hand, and every flow against
every cut of small networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import pandas as pd

from flyway.connectivity.network import as_list
from flyway.inputs import numbers, require_columns


@dataclass(frozen=True)
class Seasons:
    """The directed network of each season. `sites` holds one row per season and site.

    overview : table with one row per season.
    """

    overview: pd.DataFrame
    sites: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)

    def summary(self) -> pd.DataFrame:
        """Return per season: sites, links, parts, birds moved, and the busiest site with its share."""
        return self.overview

    def only_in(self, season: object) -> list:
        """Return the sites that are used in this season and in no other."""
        known = self.overview["season"].tolist()
        if season not in known:
            raise ValueError(f"{season!r} is no season here: choose one of {known}")
        other = set(self.sites.loc[self.sites["season"] != season, "site"])
        here = self.sites.loc[self.sites["season"] == season, "site"]
        return [s for s in here if s not in other]


def compare_seasons(
    movements: pd.DataFrame,
    *,
    start: str = "from",
    end: str = "to",
    season: str = "season",
    birds: str | None = None,
) -> Seasons:
    """Describe the flyway's network in each season.

    Parameters
    ----------
    movements : one row per movement. start, end, season : its columns. birds : column of birds
        moved, above 0; default: each row is one bird. Rows of the same link and season add up.

    `sites`: season, site, arriving, leaving, through (the smaller of both: birds that may have
    passed), betweenness (0 to 1, shortest routes in steps, along the direction).
    Errors: ValueError for blanks, a movement from a site to itself, numbers of 0 or less.
    Misleads as few birds are marked, and seldom everywhere: a missing link is often a missing
    observer.
    """
    table = _read(movements, start, end, birds, season)
    links = table.groupby(["season", "from", "to"], sort=False, as_index=False, observed=True)[
        "birds"
    ].sum()
    overview, rows = [], []
    for name, part in links.groupby("season", sort=False, observed=True):
        graph = nx.DiGraph()
        graph.add_weighted_edges_from(part[["from", "to", "birds"]].itertuples(index=False))
        between = nx.betweenness_centrality(graph)
        arriving, leaving = (
            dict(graph.in_degree(weight="weight")),
            dict(graph.out_degree(weight="weight")),
        )
        for s in graph:
            through = min(arriving[s], leaving[s])
            rows.append(
                (name, s, float(arriving[s]), float(leaving[s]), float(through), between[s])
            )
        total = float(part["birds"].sum())
        busy = max(graph, key=lambda s: arriving[s] + leaving[s])
        share = max(arriving[busy], leaving[busy]) / total
        parts = nx.number_weakly_connected_components(graph)
        overview.append((name, len(graph), len(part), parts, total, busy, float(share)))
    columns = ["season", "site", "arriving", "leaving", "through", "betweenness"]
    return Seasons(
        pd.DataFrame(
            overview,
            columns=["season", "sites", "links", "parts", "birds", "busiest", "busiest_share"],
        ),
        pd.DataFrame(rows, columns=columns),
        links,
    )


@dataclass(frozen=True)
class Bottleneck:
    """The largest number of birds that can pass (`estimate`), and the cut that holds them up.

    cut : table of the links or sites that limit the passage.
    """

    estimate: float
    cut: pd.DataFrame
    flows: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return the bottleneck: kind (link or site), from, to, capacity; capacities sum to the flow."""
        return self.cut


def find_bottleneck(
    movements: pd.DataFrame,
    origin: object,
    goal: object,
    *,
    start: str = "from",
    end: str = "to",
    birds: str | None = None,
    sites: Mapping | pd.Series | None = None,
    season: str | None = None,
    which: object | None = None,
) -> Bottleneck:
    """Find which links or sites limit how many birds can pass from origin to goal.

    Parameters
    ----------
    movements, start, end : as in `compare_seasons`. origin, goal : a site or several.
    birds : column with the capacity of each link; default: links have no limit (give sites).
    sites : site -> birds it can hold; sites that are not named have no limit.
    season, which : use only the movements whose column `season` is `which`.

    Where several cuts are equally small, the one nearest to the origin is given.
    Errors: ValueError when nothing limits the flow, or origin and goal share a site.
    Misleads when capacities are counts of what passed: they are what birds did, not what they could.
    """
    if (season is None) != (which is None):
        raise ValueError("season and which go together: name the column and the season, or neither")
    if season is not None:
        require_columns(movements, [season], "the table of movements")
        movements = movements[movements[season] == which]
        if movements.empty:
            raise ValueError(f"no movement has {season} {which!r}: check its name")
    table = _read(movements, start, end, birds, None)
    links = table.groupby(["from", "to"], sort=False, as_index=False, observed=True)["birds"].sum()
    known = list(dict.fromkeys([*links["from"], *links["to"]]))
    origins, goals = as_list(origin, known, "origin"), as_list(goal, known, "goal")
    both = [s for s in origins if s in set(goals)]
    if both:
        raise ValueError(f"{both[0]!r} is origin and goal: a flow needs two different places")
    limits = _limits(sites, known)
    graph = nx.DiGraph()
    for s in known:  # a site is a link from its arrivals ("in") to its departures ("out")
        graph.add_edge(("in", s), ("out", s), **_capacity(limits.get(s)))
    for a, b, n in links[["from", "to", "birds"]].itertuples(index=False):
        graph.add_edge(("out", a), ("in", b), **_capacity(n if birds else None))
    graph.add_edges_from([("origin", ("in", s)) for s in origins])
    graph.add_edges_from([(("out", s), "goal") for s in goals])
    try:
        value, flow = nx.maximum_flow(graph, "origin", "goal")
    except nx.NetworkXUnbounded:
        raise ValueError(
            "a route from origin to goal has no limit: give birds for the links, or sites with what "
            "they can hold"
        ) from None
    near, _ = nx.minimum_cut(graph, "origin", "goal")[1]
    near = _reachable(graph, flow) or near
    rows = []
    for u, v, d in graph.edges(data=True):
        if u in near and v not in near:
            site = u[0] == "in"
            rows.append(("site" if site else "link", u[1], v[1], float(d["capacity"])))
    used = [
        (a, b, float(flow[("out", a)][("in", b)]))
        for a, b in links[["from", "to"]].itertuples(index=False)
    ]
    notes = () if value > 0 else ("No route leads from origin to goal.",)
    return Bottleneck(
        float(value),
        pd.DataFrame(rows, columns=["kind", "from", "to", "capacity"]),
        pd.DataFrame(used, columns=["from", "to", "birds"]),
        notes,
    )


def _reachable(graph: nx.DiGraph, flow: dict) -> set:
    """Return what still can be reached from the origin: the cut around it is nearest to the origin."""
    seen, todo = {"origin"}, ["origin"]
    while todo:
        u = todo.pop()
        onward = [
            v for v in graph[u] if flow[u][v] < graph[u][v].get("capacity", np.inf) * (1 - 1e-12)
        ]
        onward += [v for v in graph.pred[u] if flow[v][u] > 1e-9]
        for v in onward:
            if v not in seen:
                seen.add(v)
                todo.append(v)
    return seen


def _capacity(value: float | None) -> dict:
    return {} if value is None else {"capacity": float(value)}


def _limits(sites: Mapping | pd.Series | None, known: list) -> dict:
    if sites is None:
        return {}
    names = list(sites.keys())
    unknown = [s for s in names if s not in set(known)]
    if unknown:
        raise ValueError(f"sites names {unknown[0]!r}, which no movement touches: check its name")
    values = numbers([sites[s] for s in names], "capacity of a site", minimum=0)
    return dict(zip(names, values, strict=True))


def _read(
    movements: pd.DataFrame, start: str, end: str, birds: str | None, season: str | None
) -> pd.DataFrame:
    columns = [start, end, *([season] if season else [])]
    require_columns(movements, [*columns, *([birds] if birds else [])], "the table of movements")
    if movements.empty:
        raise ValueError("there are no movements: give at least one row")
    for c in columns:
        if movements[c].isna().any():
            row = movements.index[int(np.flatnonzero(movements[c].isna())[0])]
            raise ValueError(f"{c} is missing in row {row}: fill it in or leave the row out")
    same = (movements[start] == movements[end]).to_numpy()
    if same.any():
        row = movements.index[int(np.flatnonzero(same)[0])]
        raise ValueError(f"row {row} moves from {movements[start].loc[row]!r} to itself: drop it")
    n = np.ones(len(movements)) if birds is None else numbers(movements[birds], birds)
    if (n <= 0).any():
        row = movements.index[int(np.flatnonzero(n <= 0)[0])]
        raise ValueError(
            f"{birds} is {n[n <= 0][0]:g} in row {row}: a movement has birds, drop the row"
        )
    found = pd.DataFrame(
        {"from": movements[start].to_numpy(), "to": movements[end].to_numpy(), "birds": n}
    )
    return found.assign(season=movements[season].to_numpy()) if season else found
