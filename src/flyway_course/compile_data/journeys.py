"""The package of module 6: simulated journeys of cranes between real sites."""

from __future__ import annotations

import inspect

from flyway.connectivity.journeys import count_moves
from flyway.simulate import journeys as simulation
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column, link

SEED = 61


def build_simulated_moves() -> Package:
    """Package `simulated_moves`: who flies from where to where, in invented numbers."""
    maker = simulation.crane_journeys
    made = maker(seed=SEED)
    species = column("species", "string", "HC: Hooded Crane. WNC: White-naped Crane.", required=True,
                     enum=["HC", "WNC"])  # fmt: skip
    season = column("season", "string", "Season of the journey.", required=True,
                    enum=["autumn", "spring"])  # fmt: skip
    birds = column("birds", "integer", "Simulated birds of 1,000.", required=True, unit="birds",
                   minimum=0)  # fmt: skip
    moves = Table("moves", "Flights from place to place", [
        species, season,
        column("from", "string", "Place where the flight begins.", required=True),
        column("to", "string", "Place where it ends.", required=True),
        birds,
    ], rows_of(count_moves(made, by=("species", "season"))), ["species", "season", "from", "to"],
        [link("from", "places", "place"), link("to", "places", "place")])  # fmt: skip
    journeys = Table("journeys", "The truth: whole journeys, and the birds that fly each", [
        species, season,
        column("route", "string", "Places in order, joined by ' > '.", required=True),
        birds,
    ], rows_of(made), ["species", "season", "route"])  # fmt: skip
    places = Table("places", "Short names of the places, and the real sites they stand for", [
        column("place", "string", "Short name, as in the routes.", required=True, unique=True),
        column("site_id", "string", "Site of the package flyway_sites, where its position stands.",
               required=True, unique=True),
    ], [{"place": p, "site_id": s} for p, s in simulation.PLACES.items()], ["place"])  # fmt: skip
    return Package(
        name="simulated_moves",
        title="Simulated journeys of cranes between real sites",
        description=(
            "The places are real, the birds are not: 1,000 simulated Hooded Cranes in autumn and in spring, "
            "and 1,000 White-naped Cranes in autumn, fly invented routes. The shape follows published summaries of tracking; no number is a count."
        ),
        about=(inspect.getdoc(simulation) or "") + "\n\n"
        + (inspect.getdoc(maker) or "").split("\n\nParameters")[0],
        tables=[moves, journeys, places],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SEED)
               | {"routes": [list(r) for r in simulation.ROUTES]}},
    )  # fmt: skip
