"""The package of module 7: six joint options and six delegations, all invented."""

from __future__ import annotations

import inspect

from flyway.simulate import joint as simulation
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column

SEED = 11


def build_conservation_options() -> Package:
    """Package `conservation_options`: options, criteria and the points of six delegations."""
    maker = simulation.joint_choice
    made = maker(seed=SEED)
    units = {name: unit for name, unit, *_ in simulation.CRITERIA}
    scores = [
        column(name, "number", f"{unit.capitalize()}.", required=True, unit=unit, minimum=0)
        for name, unit in units.items()
    ]
    points = [
        column(name, "integer", f"Points of 100 for {name}.", required=True, unit="points",
               minimum=0, maximum=100)
        for name in units
    ]  # fmt: skip
    options = Table("options", "Six joint options and their invented scores", [
        column("option", "string", "Name of the option.", required=True, unique=True), *scores,
    ], rows_of(made.options), ["option"])  # fmt: skip
    criteria = Table("criteria", "What each criterion means, and where it comes from", [
        column("criterion", "string", "Name, as in the other tables.", required=True, unique=True),
        column("unit", "string", "Unit of the scores.", required=True),
        column("lower_is_better", "boolean", "1: less is better, such as cost.", required=True),
        column("session", "integer", "Session of the consultation meeting of 10 September 2025 whose "
               "subject it stands for. The choice of the criterion is ours.", required=True,
               unit="number of the session", minimum=1, maximum=4),
    ], rows_of(made.criteria), ["criterion"])  # fmt: skip
    weights = Table("weights", "Points of six invented delegations, 100 each", [
        column("delegation", "string", "Number of the delegation. No country is meant.",
               required=True, unique=True, pattern=r"Delegation [1-6]"), *points,
    ], rows_of(made.weights), ["delegation"])  # fmt: skip
    return Package(
        name="conservation_options",
        title="Simulated joint options and the weights of six delegations",
        description=(
            "Six options for the three birds, scored on five criteria, and the points that six invented "
            "delegations give to the criteria. No score was measured and no country is meant."
        ),
        about=(inspect.getdoc(simulation) or "") + "\n\n"
        + (inspect.getdoc(maker) or "").split("\n\nParameters")[0],
        tables=[options, criteria, weights],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SEED) | {
            "groups": [list(g) for g in simulation.GROUPS]}},
    )  # fmt: skip
