"""The package of lesson 5.4: two simulated power lines over a crane feeding ground, searched for carcasses."""

from __future__ import annotations

import inspect

from flyway.simulate.spans import DAYS, LINES, searched_lines
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column, link

LINE_SEED = 13


def build_line_searches() -> Package:
    """Package `line_searches`: two lines, a winter of searches, two trials, and the birds killed."""
    made = searched_lines(seed=LINE_SEED)
    line = column("line", "string", "Invented line.", required=True, enum=list(LINES))
    span = column("span", "integer", "Number of the span, from mast to mast.", required=True,
                  unit="none", minimum=1)  # fmt: skip
    carcass = column("carcass", "integer", "Number of the carcass that was laid out.", required=True,
                     unit="none", unique=True, minimum=1)  # fmt: skip
    lines = Table("lines", "The two lines, and how they were searched", [
        line | {"constraints": line["constraints"] | {"unique": True}},
        column("length_km", "number", "Length of the line.", required=True, unit="km", minimum=0),
        column("interval_days", "integer", "Days from one search to the next.", required=True,
               unit="days", minimum=1),
        column("searches", "integer", "Searches of every span in the winter.", required=True,
               unit="searches", minimum=1),
        column("share_searched", "number", "Share of the strip below the wires that can be walked; the "
               "rest is water or reed.", required=True, unit="share", minimum=0, maximum=1),
    ], rows_of(made.lines), ["line"])  # fmt: skip
    searches = Table("searches", "Simulated searches, span by span", [
        line,
        span,
        column("day", "integer", "Day of the winter; day 1 is 1 December.", required=True, unit="day",
               minimum=1, maximum=DAYS),
        column("found", "integer", "Cranes found dead. 0: searched, none found.", required=True,
               unit="birds", minimum=0),
    ], rows_of(made.searches), ["line", "span", "day"], [link("line", "lines", "line")])  # fmt: skip
    eyes = Table("searcher_trial", "Carcasses laid out where searchers would pass once", [
        carcass,
        column("found", "integer", "1: the searcher found it. 0: it was there and was not found.",
               required=True, unit="none", minimum=0, maximum=1),
    ], rows_of(made.searcher_trial), ["carcass"])  # fmt: skip
    trial = made.persistence_trial.astype({"carcass": int, "last_seen": int, "first_gone": "Int64"})
    stay = Table("persistence_trial", "Carcasses laid out and looked for each morning, 30 days long", [
        carcass,
        column("last_seen", "integer", "Days after laying out when it was last there.", required=True,
               unit="days", minimum=0, maximum=30),
        column("first_gone", "integer", "Days after laying out when it was first gone. Blank: still "
               "there on day 30.", unit="days", minimum=1, maximum=30),
    ], rows_of(trial), ["carcass"])  # fmt: skip
    truth = Table("truth", "The truth: cranes killed below each span", [
        line,
        span,
        column("killed", "integer", "Cranes killed in the winter.", required=True, unit="birds",
               minimum=0),
    ], rows_of(made.truth), ["line", "span"], [link("line", "lines", "line")])  # fmt: skip
    return Package(
        name="line_searches",
        title="Simulated searches for dead cranes below two power lines",
        description=(
            "Searches made by a program: two lines over a crane feeding ground, one winter of 112 days, "
            "a trial of the searchers and a trial of how long carcasses lie. No real line, place or "
            "company is meant. Units: birds."
        ),
        about=(inspect.getdoc(searched_lines) or "").split("\n\nParameters")[0],
        tables=[lines, searches, eyes, stay, truth],
        truth="simulated",
        extra={"simulation": recipe(searched_lines, seed=LINE_SEED) | {"lines": LINES}},
    )
