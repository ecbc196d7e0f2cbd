"""Self-checks of lesson 5.5: What would a wind farm do to the cranes?"""

from __future__ import annotations

from functools import cache

import pandas as pd

from flyway import datasets
from flyway.checks.entry import Check


def _values() -> pd.Series:
    return datasets.load("wind_parameters").set_index("parameter")["value"]


@cache
def _transit(length_m: float, wingspan_m: float) -> float:
    """Give the chance of a hit in one transit for a bird of this size at the lesson's turbine."""
    from flyway.impact.transit import Bird, Turbine, transit_risk

    p = _values()
    turbine = Turbine(p["rotor_radius_m"], p["rpm"], p["max_chord_m"], p["pitch_deg"])
    return transit_risk(Bird(length_m, wingspan_m, p["speed_m_s"]), turbine).estimate


def _ends() -> tuple[float, float]:
    """Give how many times the deaths grow over the range of avoidance, and of flight height."""
    table = datasets.load("wind_parameters").set_index("parameter")
    away, height = table.loc["avoidance"], table.loc["share_at_height"]
    return float((1 - away["low"]) / (1 - away["high"])), float(height["high"] / height["low"])


CHECKS = (
    Check(
        "5.5 white-naped",
        expected=lambda: _transit(1.25, 2.05),
        within=0.0005,
        read="estimate",
        right="A larger bird takes longer to pass between the blades: about 8 flights in 100 are hit.",
        wrong={
            lambda: _transit(_values()["length_m"], _values()["wingspan_m"]): "This is the Hooded "
            "Crane. Put the new bird into transit_risk.",
            lambda: _transit(
                2.05, 1.25
            ): "Length and wingspan have changed places: length comes first.",
        },
        hint='Bird(1.25, 2.05, p["speed_m_s"]), then transit_risk(bird, turbine).',
    ),
    Check(
        "5.5 times",
        expected=lambda: _ends()[0] * _ends()[1],
        within=1.0,
        right="Four hundred times, from two factors that nobody has measured for this bird.",
        wrong={
            lambda: _ends()[
                0
            ]: "This is the avoidance alone. Change the share at rotor height, too.",
            lambda: _ends()[1]: "This is the flight height alone. Change the avoidance, too.",
            lambda: 1 / (_ends()[0] * _ends()[1]): "Upside down: the larger number goes first.",
        },
        hint="Two calls of estimate_collisions, then one estimate divided by the other.",
    ),
)
