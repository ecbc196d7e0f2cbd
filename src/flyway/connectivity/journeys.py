"""Whose journey is broken when a site is lost?

A journey is a chain of places, such as "Bolon > Rason > Gumi > Izumi", with the birds that fly it. A lost
site breaks every journey that begins, rests or ends there. Then ask whether the links that other birds
use would lead round it:

    broken = birds whose journey holds the site / all birds
    way round: the journey's two ends are still joined by links of other journeys; else no way is known

No published case is in the tests: small networks are worked out by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import networkx as nx
import pandas as pd

from flyway.connectivity.network import as_list
from flyway.inputs import numbers, require_columns

MARK = " > "


@dataclass(frozen=True)
class BrokenJourneys:
    """What the loss of a site breaks. `estimate` is the share of birds whose journey is broken.

    lost : the sites lost.
    way_round : share of all birds whose journey is broken, while known links lead round the site.
    no_way : share of all birds for whom no known link leads round, or whose journey begins or ends there.
    journeys : the table, with a column `fate`.
    """

    lost: tuple
    estimate: float
    way_round: float
    no_way: float
    journeys: pd.DataFrame = field(repr=False)

    def summary(self) -> pd.DataFrame:
        """Return the share of birds by fate: whole, way round, no way known."""
        shares = {
            "whole": 1 - self.estimate,
            "way round": self.way_round,
            "no way known": self.no_way,
        }
        return pd.DataFrame({"fate": list(shares), "estimate": list(shares.values())})


def count_moves(journeys: pd.DataFrame, by: tuple[str, ...] = ("season",)) -> pd.DataFrame:
    """Add up the flights of journeys: how many birds fly from each place to the next.

    Parameters
    ----------
    journeys : columns `route` (places joined by " > ") and `birds`, and those of `by`.
    by : columns that are kept apart, such as species and season.

    Returns a table: the columns of `by`, from, to, birds.
    Errors: ValueError for a column that is missing, a route of one place, a place twice in a route.
    """
    routes = _read(journeys, by)
    rows = [
        (*(row[c] for c in by), a, b, n)
        for (_, row), places, n in zip(
            journeys.iterrows(), routes, numbers(journeys["birds"], "birds", minimum=0), strict=True
        )
        if n > 0
        for a, b in pairwise(places)
    ]
    table = pd.DataFrame(rows, columns=[*by, "from", "to", "birds"])
    table = table.groupby([*by, "from", "to"], sort=False, as_index=False)["birds"].sum()
    return table.astype({"birds": int}) if (table["birds"] % 1 == 0).all() else table


def break_journeys(journeys: pd.DataFrame, lost: object) -> BrokenJourneys:
    """Say whose journey is broken when a site is lost, and who has a known way round.

    Parameters
    ----------
    journeys : one row per route of one season: `route` (places joined by " > ") and `birds`.
    lost : a place, or several.

    Errors: ValueError for a place that no journey touches, and as in `count_moves`.
    Misleads: a known link is no promise that tired birds find it, or food there; and birds may find a
    place that nobody has seen.
    """
    routes = _read(journeys, ())
    n = numbers(journeys["birds"], "birds", minimum=0)
    if n.sum() == 0:
        raise ValueError("no journey has birds: give at least one bird")
    known = list(dict.fromkeys(place for places in routes for place in places))
    gone = set(as_list(lost, known, "lost"))
    graph = nx.DiGraph()
    graph.add_nodes_from(p for p in known if p not in gone)
    for places, birds in zip(routes, n, strict=True):
        pairs = pairwise(places)
        graph.add_edges_from((a, b) for a, b in pairs if birds > 0 and not gone & {a, b})
    fate = [_fate(places, gone, graph) for places in routes]
    table = journeys.assign(fate=fate).reset_index(drop=True)
    share = pd.Series(n).groupby(fate).sum() / n.sum()
    round_, none = (float(share.get(f, 0.0)) for f in ("way round", "no way known"))
    return BrokenJourneys(tuple(sorted(gone)), round_ + none, round_, none, table)


def _fate(places: list[str], gone: set, graph: nx.DiGraph) -> str:
    if not gone & set(places):
        return "whole"
    ends = {places[0], places[-1]}
    joined = not ends & gone and nx.has_path(graph, places[0], places[-1])
    return "way round" if joined else "no way known"


def _read(journeys: pd.DataFrame, by: tuple[str, ...]) -> list[list[str]]:
    require_columns(journeys, ["route", "birds", *by], "the table of journeys")
    if journeys.empty:
        raise ValueError("there are no journeys: give at least one row")
    routes = []
    for row, route in journeys["route"].items():
        places = [] if pd.isna(route) else [p.strip() for p in str(route).split(MARK.strip())]
        if len(places) < 2 or "" in places:
            raise ValueError(
                f"route is {route!r} in row {row}: write at least two places, joined by ' > '"
            )
        if len(set(places)) < len(places):
            raise ValueError(f"route in row {row} visits a place twice: split it into two journeys")
        routes.append(places)
    return routes
