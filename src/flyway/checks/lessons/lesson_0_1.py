"""Self-checks of lesson 0.1: Three birds, one flyway"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


def _sites(species: str, role: str = "") -> object:
    """Give the sites of a species, with a role if one is named."""
    sites = datasets.load("flyway_sites")
    sites = sites[sites["species"].str.contains(species)]
    return sites[sites["role"].str.contains(role)]


CHECKS = (
    Check(
        "0.1 winter places",
        expected=lambda: len(_sites("WNC", "wintering")),
        right="These places stand between the White-naped Cranes and a winter without a home.",
        wrong={
            lambda: len(_sites("WNC")): "These are all places of the White-naped Crane. Count only "
            "those where it spends the winter.",
            lambda: len(_sites("", "wintering")): "These are the winter places of all three birds.",
        },
        hint="A yes counts as 1: try in_winter.sum().",
    ),
    Check(
        "0.1 winter homes",
        expected=lambda: _sites("BFS", "wintering")["country_or_area"].nunique(),
        right="Each of them must be counted on the same days in January.",
        wrong={
            lambda: len(_sites("BFS", "wintering")): "These are the places. How many *different* "
            "countries or areas are they in?",
            lambda: _sites("BFS")["country_or_area"].nunique(): "These are the countries and areas "
            "of all its places. Keep only those where it spends the winter.",
        },
        hint='Keep the rows of "BFS", then the rows whose role contains "wintering", then nunique().',
    ),
)
