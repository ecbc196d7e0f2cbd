"""Flocks whose size is known exactly: to practise counting, and to test methods.

A flock is an array of positions, in body lengths of the bird, so that density has a meaning on the
ground: 0.35 birds per square body length is a dense feeding flock, 0.05 is a loose one. Simulated;
no photograph is used.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SHAPES = ("cluster", "line", "scatter")
NEAREST = 0.3
"""No two birds are closer than this (body lengths): each can be seen, if only in part."""


def flock(
    n: int,
    *,
    shape: str = "cluster",
    density: float = 0.35,
    overlap: float = 0.25,
    seed: int,
) -> np.ndarray:
    """Make a flock of exactly `n` birds, as positions to draw or to count.

    Parameters
    ----------
    n
        Number of birds, 1 to 5,000. This is the truth: the result has exactly `n` rows.
    shape
        `"cluster"`: a resting flock in a few clumps. `"line"`: strings of flying birds.
        `"scatter"`: birds that feed apart from each other.
    density
        Birds per square body length, above 0 and up to 0.6.
    overlap
        Share of birds, 0 to 1, that stand partly in front of another bird (closer than one body
        length). Real flocks overlap, and that is why counters count low.
    seed
        The same seed gives the same flock.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2): right and up, in body lengths, centred on (0, 0).

    Raises
    ------
    ValueError
        If a value is outside its range, or the shape is not known.
    """
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}: choose one of {', '.join(SHAPES)}.")
    if isinstance(n, bool) or n != int(n) or not 1 <= n <= 5000:
        raise ValueError(f"n is {n}: a flock here has 1 to 5,000 birds, a whole number.")
    if not 0 < density <= 0.6:
        raise ValueError(f"density is {density}: give 0.01 to 0.6 birds per square body length.")
    if not 0 <= overlap <= 1:
        raise ValueError(f"overlap is {overlap}: give a share from 0 to 1.")
    rng = np.random.default_rng(seed)
    n, behind = int(n), round(n * overlap) if n > 1 else 0
    # Each bird that overlaps needs one that it stands in front of.
    behind = min(behind, n // 2) if overlap < 1 else n - 1
    draw = {"cluster": _clumps, "line": _strings, "scatter": _field}[shape](rng, n, density)
    places = _Places()
    _spread(places, n - behind, draw, rng)
    _stand_in_front(places, behind, rng)
    points = np.array(places.points)
    return points - (points.min(axis=0) + points.max(axis=0)) / 2


Draw = Callable[[int], np.ndarray]


class _Places:
    """Birds placed so far, on a grid of one body length, so that near ones are found fast."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.cells: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def is_free(self, x: float, y: float, gap: float) -> bool:
        i, j = int(np.floor(x)), int(np.floor(y))
        near = (self.cells.get((i + a, j + b), ()) for a in (-1, 0, 1) for b in (-1, 0, 1))
        return all((x - u) ** 2 + (y - v) ** 2 >= gap * gap for cell in near for u, v in cell)

    def add(self, x: float, y: float) -> None:
        self.points.append((x, y))
        self.cells.setdefault((int(np.floor(x)), int(np.floor(y))), []).append((x, y))


def _spread(places: _Places, n: int, draw: Draw, rng: np.random.Generator) -> None:
    """Add `n` birds at least one body length apart; where there is no room the flock grows."""
    grow = 1.0
    while len(places.points) < n:
        before = len(places.points)
        for x, y in draw(200) * grow:
            if len(places.points) < n and places.is_free(x, y, 1.0):
                places.add(x, y)
        if len(places.points) - before < 60:
            grow *= 1.03


def _stand_in_front(places: _Places, n: int, rng: np.random.Generator) -> None:
    """Add `n` birds, each within one body length of a bird that is already there."""
    hosts = len(places.points)
    for _ in range(n):
        while True:
            x, y = places.points[rng.integers(hosts)]
            turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.9)
            x, y = x + reach * np.cos(turn), y + reach * np.sin(turn)
            if places.is_free(x, y, NEAREST):
                places.add(x, y)
                break


def _clumps(rng: np.random.Generator, n: int, density: float) -> Draw:
    """Draw from a few oval clumps beside each other, wider than high as a distant flock is."""
    number = 1 + int(min(4, n // 60))
    area = n / density
    share = rng.dirichlet(np.full(number, 5.0))
    half = np.sqrt(np.array(share) * area / np.pi)[:, None] * np.array([1.1, 0.85])
    # Clumps stand side by side and run into each other.
    edge = np.concatenate([[0.0], np.cumsum(1.25 * half[:, 0])])
    centre = np.column_stack(
        [(edge[:-1] + edge[1:]) / 2, rng.uniform(-0.35, 0.35, number) * np.sqrt(area) * 0.5]
    )

    def draw(m: int) -> np.ndarray:
        which = rng.choice(number, m, p=share)
        turn = rng.uniform(0, 2 * np.pi, m)
        reach = np.abs(rng.normal(0, 0.72, m)).clip(max=1.45)  # thick in the middle, loose edges
        return centre[which] + np.column_stack([np.cos(turn), np.sin(turn)]) * (
            reach[:, None] * half[which]
        )

    return draw


def _strings(rng: np.random.Generator, n: int, density: float) -> Draw:
    """Draw from bent strings of flying birds, one above the other: skeins on the move."""
    number = 1 + int(min(11, n // 40))
    length = max(n / number * 0.62 / np.sqrt(density), 4.0)
    start = rng.uniform(-0.25, 0.25, number) * length
    level = (np.arange(number) - (number - 1) / 2) * max(3.4, 0.5 * length / number)
    tip = rng.uniform(-0.1, 0.45, number) * length  # the leading bird of each string
    bend, turn = rng.uniform(0.015, 0.04, number) * length, rng.uniform(0, 2 * np.pi, number)

    def draw(m: int) -> np.ndarray:
        which, along = rng.integers(number, size=m), rng.uniform(-0.5, 0.5, m) * length
        y = level[which] + bend[which] * np.sin(9 * along / length + turn[which])
        y -= 0.22 * np.abs(along - tip[which])
        return np.column_stack([start[which] + along, y + rng.normal(0, 0.12, m)])

    return draw


def _field(rng: np.random.Generator, n: int, density: float) -> Draw:
    """Draw from one wide oval, evenly: birds that feed apart."""
    height = np.sqrt(n / density / np.pi / 2.2)

    def draw(m: int) -> np.ndarray:
        turn, reach = rng.uniform(0, 2 * np.pi, m), np.sqrt(rng.uniform(0, 1, m))
        return np.column_stack([2.2 * np.cos(turn), np.sin(turn)]) * reach[:, None] * height

    return draw
