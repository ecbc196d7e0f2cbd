"""How likely is a bird that flies through a turning rotor to be hit? Band's single transit risk.

At distance r from the hub (share of the rotor radius R) a bird of length L and wingspan W that flies
at speed v meets b blades of chord c and pitch γ turning at Ω radians per second:

    p(r) = (b Ω / 2π v) · ( |± c sin γ + α c cos γ| + max(L, α W F) ),   α = v / (r R Ω)

(+ upwind, − downwind; F = 1 for flapping, 2/π for gliding flight; L counts where α < L / W), at most 1.
Over the rotor disc P = 2 ∫ p(r) r dr, by trapezia of 0.05 as in Band's spreadsheet.

Source: Band, W. (2012) Using a collision risk model to assess bird collision risks for offshore
windfarms, SOSS-02; Band, Madders & Whitfield (2007) in Birds and Wind Farms, Quercus. His worked
example 1 is in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers, one_of, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RADII = np.round(np.arange(1, 21) * 0.05, 2)


@dataclass(frozen=True)
class Bird:
    """A flying bird: length and wingspan (m), flight speed (m/s), "flapping" or "gliding".

    length_m, wingspan_m : metres, from bill to tail and from tip to tip.
    speed_m_s : metres per second.
    flight : "flapping" or "gliding".
    """

    length_m: float
    wingspan_m: float
    speed_m_s: float
    flight: str = "flapping"

    def __post_init__(self) -> None:
        for name in ("length_m", "wingspan_m", "speed_m_s"):
            _above_zero(getattr(self, name), name)
        one_of(self.flight, "flight", ("flapping", "gliding"))


@dataclass(frozen=True)
class Turbine:
    """A turbine: rotor radius (m), revolutions per minute, largest chord (m), pitch (degrees), blades.

    rotor_radius_m, max_chord_m : metres; the chord is the width of a blade.
    rpm : revolutions per minute.
    pitch_deg : angle of the blades, degrees.
    blades : how many.
    chord : share of the largest chord at 0.05, 0.10, … 1.00 of the radius (20 numbers). Without it a
    plain tapered blade is used: good for planning, not for an assessment.
    """

    rotor_radius_m: float
    rpm: float
    max_chord_m: float
    pitch_deg: float
    blades: int = 3
    chord: Iterable[float] | None = None

    def __post_init__(self) -> None:
        for name in ("rotor_radius_m", "rpm", "max_chord_m", "blades"):
            _above_zero(getattr(self, name), name)
        numbers([self.pitch_deg], "pitch_deg", minimum=-90, maximum=90)
        if self.chord is not None:
            shares = numbers(self.chord, "chord", minimum=0, maximum=1)
            if len(shares) != len(RADII):
                raise ValueError(
                    f"chord has {len(shares)} numbers: give 20, at 0.05, 0.10, … 1.00 of the radius"
                )

    @property
    def omega(self) -> float:
        """Turning speed in radians per second."""
        return 2 * np.pi * self.rpm / 60

    def chord_m(self, r: np.ndarray) -> np.ndarray:
        """Chord (m) at shares r of the radius."""
        if self.chord is None:
            shares = np.interp(RADII, [0.05, 0.25, 1.0], [0.7, 1.0, 0.15])
        else:
            shares = np.asarray(list(self.chord), dtype=float)
        return self.max_chord_m * np.interp(r, RADII, shares)


@dataclass(frozen=True)
class TransitRisk:
    """Chance of a hit in one transit: `estimate`, with `upwind` and `downwind`; `profile` by radius.

    The model has no standard error: its doubt lies in the inputs, above all in avoidance.

    upwind, downwind : chance against the wind, and with it.
    """

    estimate: float
    upwind: float
    downwind: float
    profile: pd.DataFrame = field(repr=False)

    def summary(self) -> pd.DataFrame:
        """Return the chance of a hit: average, upwind, downwind."""
        nan = float("nan")
        rows = [
            ("one transit", self.estimate),
            ("upwind", self.upwind),
            ("downwind", self.downwind),
        ]
        return results.table([(name, value, nan, nan, nan) for name, value in rows])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the chance of a hit along the blade."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        for way in ("upwind", "downwind"):
            ax.plot(self.profile["r"], self.profile[way], label=way)
        ax.set(xlabel="distance from hub (share of radius)", ylabel="chance of a hit", ylim=(0, 1))
        ax.legend()
        return ax


def transit_risk(bird: Bird, turbine: Turbine, *, share_upwind: float = 0.5) -> TransitRisk:
    """Compute the chance that one bird is hit in one flight through a turning rotor.

    bird, turbine : see `Bird` and `Turbine`. share_upwind : share of flights against the wind.

    Errors: ValueError for sizes and speeds of 0 or less, a share outside 0 to 1.
    Misleads because it knows no avoidance (most birds turn away), flights at right angles only, and
    that every hit kills.
    """
    share = probability(share_upwind, "share_upwind")
    for name, given, kind in (("bird", bird, Bird), ("turbine", turbine, Turbine)):
        if not isinstance(given, kind):
            raise ValueError(
                f"{name} is a {type(given).__name__}: make it with {kind.__name__}(…), see its help"
            )
    up, down = (hit_chance(bird, turbine, RADII, direction) for direction in (1, -1))
    weight = RADII * 0.05 * 2
    weight[-1] /= 2  # trapezium: the tip counts half
    upwind, downwind = float(weight @ up), float(weight @ down)
    profile = pd.DataFrame({"r": RADII, "upwind": up, "downwind": down})
    return TransitRisk(share * upwind + (1 - share) * downwind, upwind, downwind, profile)


def hit_chance(
    bird: Bird,
    turbine: Turbine,
    r: np.ndarray,
    direction: int,
    cos_phi: np.ndarray | None = None,
) -> np.ndarray:
    """Return p(r) for shares r of the radius; direction 1 upwind, −1 downwind.

    cos_phi : for gliding birds at a known place of the rotor: |cos| of the angle from the vertical
    instead of the average 2/π.
    """
    pitch = np.deg2rad(turbine.pitch_deg)
    chord = turbine.chord_m(r)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = bird.speed_m_s / (r * turbine.rotor_radius_m * turbine.omega)
        sweep = np.abs(direction * chord * np.sin(pitch) + alpha * chord * np.cos(pitch))
        if bird.flight == "flapping":
            body = np.where(
                alpha < bird.length_m / bird.wingspan_m, bird.length_m, alpha * bird.wingspan_m
            )
        elif cos_phi is None:
            wings = alpha * bird.wingspan_m * 2 / np.pi
            body = np.where(alpha < bird.length_m / bird.wingspan_m, bird.length_m, wings)
        else:
            body = np.maximum(bird.length_m, alpha * bird.wingspan_m * cos_phi)
        p = turbine.blades * turbine.omega / (2 * np.pi * bird.speed_m_s) * (sweep + body)
    return np.where(r == 0, 1.0, np.minimum(p, 1.0))


def _above_zero(value: float, name: str) -> None:
    if numbers([value], name)[0] <= 0:
        raise ValueError(f"{name} is {value:g}: it must be above 0")
