"""The counting game's flocks and its arithmetic. The page's twin of `summarise` is `guess.js`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from flyway.plots.birds import draw_flock
from flyway.plots.colour import SPECIES_NAMES
from flyway.plots.figure import Shown, show

PRACTICE = 36
MOST_FLOCKS = 20
TIMES = (3, 5, 10, 20)
"""Times to look that the learner can choose, seconds, beside the author's and "no limit"."""
KINDS = (
    # shape, species, birds per square body length; the order varies with the seed
    ("cluster", "HC", 0.30),
    ("line", "WNC", 0.20),
    ("scatter", "BFS", 0.18),
    ("cluster", "WNC", 0.40),
    ("line", "HC", 0.30),
    ("cluster", "BFS", 0.45),
    ("scatter", "HC", 0.12),
)


@dataclass(frozen=True)
class GameFlock:
    """One flock of the game: its true number and how it looks."""

    name: str
    n: int
    shape: str
    species: str
    density: float
    seed: int

    @property
    def alt(self) -> str:
        """What the picture shows, without the number that is asked for."""
        what = {
            "cluster": "standing close together on a mudflat",
            "line": "flying in long strings",
            "scatter": "feeding apart on a mudflat",
        }[self.shape]
        return f"{self.name}, simulated: {SPECIES_NAMES[self.species]}s {what}."

    @cached_property
    def picture(self) -> Shown:
        """The flock as a small PNG with its words."""
        from flyway.widgets.reuse import drawn

        return drawn(self._draw, self)

    def _draw(self) -> Shown:
        # `simulate` is a room of the trade, asked for only when a game is drawn.
        from flyway.simulate.flocks import flock

        points = flock(self.n, shape=self.shape, density=self.density, seed=self.seed)
        return show(draw_flock(points, self.species, flying=self.shape == "line"), alt=self.alt)


def make_flocks(sizes: Sequence[int] | None, seed: int) -> list[GameFlock]:
    """Choose the flocks of a game: a practice flock first, then one for each size.

    Without `sizes` there are ten, from 12 to about 1,500 birds, in mixed order.
    """
    rng = np.random.default_rng(seed)
    if sizes is None:
        ladder = np.geomspace(12, 1500, 10) * np.exp(rng.uniform(-0.12, 0.12, 10))
        sizes = [max(12, min(1500, round(n))) for n in rng.permutation(ladder)]
    sizes = [int(n) if n == int(n) else n for n in sizes]
    if not 2 <= len(sizes) <= MOST_FLOCKS:
        raise ValueError(f"{len(sizes)} flocks: give 2 to {MOST_FLOCKS} sizes.")
    for n in sizes:
        if not isinstance(n, int) or not 1 <= n <= 5000:
            raise ValueError(f"a flock of {n} birds cannot be drawn: sizes are 1 to 5,000.")
    start = int(rng.integers(len(KINDS)))
    flocks = [
        GameFlock("Practice flock", PRACTICE, "cluster", "BFS", 0.25, int(rng.integers(2**31)))
    ]
    for i, n in enumerate(sizes, 1):
        shape, species, density = KINDS[(start + i) % len(KINDS)]
        name = f"Flock {i} of {len(sizes)}"
        flocks.append(GameFlock(name, n, shape, species, density, int(rng.integers(2**31))))
    return flocks


def time_choices(seconds: float) -> list[tuple[str, float]]:
    """List the times to look as (text, seconds); 0 stands for no limit."""
    times = sorted({float(seconds), *TIMES})
    texts = [(f"{t:g} second{'s' * (t != 1)}", t) for t in times]
    return [*texts, ("Keep it in view", 0.0)]


@dataclass(frozen=True)
class Result:
    """Mean ratio of estimate to truth (geometric) and its interval; `sentence` says it in words."""

    n: int
    ratio: float
    lower: float
    upper: float
    sentence: str


def t_table(most: int = MOST_FLOCKS) -> list[float]:
    """Student's t for a 95 % interval, for 1 to `most` - 1 degrees of freedom."""
    from scipy.stats import t

    return [round(float(t.ppf(0.975, df)), 4) for df in range(1, most)]


def summarise(truths: Sequence[float], estimates: Sequence[float]) -> Result:
    """Summarise a game: geometric mean of estimate / truth, with a 95 % t interval on the log scale.

    The same quantity as `flyway.detection.observer.observer_ratio`; `guess.js` must agree.
    """
    logs = [math.log(e / t) for t, e in zip(truths, estimates, strict=True)]
    n = len(logs)
    if n < 2:
        sentence = "One flock cannot show a bias. Estimate at least two."
        return Result(n, math.exp(logs[0]) if n else math.nan, math.nan, math.nan, sentence)
    mean = sum(logs) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in logs) / (n - 1))
    half = t_table()[n - 2] * sd / math.sqrt(n)
    ratio, lower, upper = (math.exp(x) for x in (mean, mean - half, mean + half))
    return Result(n, ratio, lower, upper, sentence_for(ratio, lower, upper))


def sentence_for(ratio: float, lower: float, upper: float) -> str:
    """Say a ratio and its interval in one plain sentence: 0.77 is "23 % low"."""
    mid, low, high = (_percent(x) for x in (ratio, lower, upper))
    first = f"You counted {_words(mid)}" if mid else "You counted right on average"
    if low * high > 0:
        side = "low" if low < 0 else "high"
        return f"{first}; between {abs(low)}\u00a0% and {abs(high)}\u00a0% {side}."
    if lower < 1 < upper:
        return (
            f"{first}, but that may be chance: between {_words(low)} and {_words(high)}."
            if mid
            else f"{first}; between {_words(low)} and {_words(high)}."
        )
    return f"{first}; between {_words(low)} and {_words(high)}."


def _percent(ratio: float) -> int:
    return math.floor((ratio - 1) * 100 + 0.5)  # halves go up, as in JavaScript's Math.round


def _words(percent: int) -> str:
    side = " low" if percent < 0 else " high" if percent > 0 else ""
    return f"{abs(percent)}\u00a0%{side}"


def results_table(flocks: Sequence[GameFlock], estimates: Sequence[int | None]) -> pd.DataFrame:
    """Give one row per flock that was estimated: flock, truth, estimate, ratio. No practice flock."""
    rows = [
        (i, flock.n, estimate, estimate / flock.n)
        for i, (flock, estimate) in enumerate(zip(flocks[1:], estimates, strict=False), 1)
        if estimate is not None
    ]
    return pd.DataFrame(rows, columns=["flock", "truth", "estimate", "ratio"])
