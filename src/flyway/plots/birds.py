"""Small bird marks, and the picture of a flock. Drawn from lines: no photograph is used."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from flyway.plots.style import SIZE

# Outlines in body lengths, the bird's middle at (0, 0), facing right.
_BODY = [(-0.52, -0.12), (-0.30, 0.10), (0.00, 0.20), (0.26, 0.14), (0.36, 0.00), (0.20, -0.14),
         (-0.10, -0.18), (-0.36, -0.14)]  # fmt: skip
_NECK = [(0.22, 0.10), (0.34, 0.34), (0.36, 0.56), (0.44, 0.66), (0.54, 0.64), (0.50, 0.54),
         (0.46, 0.34), (0.38, 0.04), (0.28, 0.00)]  # fmt: skip
_BENT = [(0.22, 0.10), (0.42, 0.12), (0.56, -0.04), (0.60, -0.24), (0.70, -0.34), (0.60, -0.40),
         (0.50, -0.28), (0.44, -0.08), (0.28, -0.02)]  # fmt: skip
_LEGS = [(-0.04, -0.15), (0.01, -0.15), (0.00, -0.56), (0.10, -0.60), (-0.05, -0.58)]
_LEGS_2 = [(0.10, -0.15), (0.15, -0.15), (0.17, -0.54), (0.27, -0.58), (0.12, -0.56)]
_BILL = [(0.52, 0.62), (0.78, 0.54), (0.78, 0.60), (0.54, 0.66)]
_BILL_DOWN = [(0.64, -0.38), (0.72, -0.62), (0.76, -0.60), (0.70, -0.34)]
_SPOON = [
    (0.52, 0.60),
    (0.78, 0.50),
    (0.92, 0.50),
    (0.96, 0.56),
    (0.90, 0.62),
    (0.78, 0.57),
    (0.54, 0.66),
]
_SPOON_DOWN = [
    (0.62, -0.38),
    (0.70, -0.58),
    (0.68, -0.70),
    (0.76, -0.74),
    (0.80, -0.66),
    (0.74, -0.56),
    (0.70, -0.34),
]
# In flight, seen from below: wings swept a little back, neck stretched out.
_FLIGHT = [(-0.52, 0.04), (-0.20, 0.09), (0.12, 0.10), (0.34, 0.04), (0.66, 0.05), (0.78, 0.00),
           (0.66, -0.05), (0.34, -0.04), (0.12, -0.10), (-0.20, -0.09), (-0.52, -0.04)]  # fmt: skip
_WING = [(0.16, 0.06), (0.14, 0.34), (-0.04, 0.66), (-0.28, 0.88), (-0.30, 0.74), (-0.20, 0.42),
         (-0.18, 0.06)]  # fmt: skip
_WING_2 = [(x, -0.62 * y) for x, y in _WING]

# Colours of body, of neck, and of legs and bill (in flight: of the body).
_LOOK = {
    "BFS": ("#fbfaf6", "#fbfaf6", "#24272c"),
    "WNC": ("#7f8893", "#f6f4ef", "#b0323a"),
    "HC": ("#4b4655", "#f6f4ef", "#2b2a30"),
}
_GROUND = {"mud": "#d9cfbd", "pool": "#cddbe0", "sky": "#dfe9f1", "far": "#a9b5a3"}


def _pieces(species: str, flying: bool, bent: bool) -> list[tuple[Path, str]]:
    """List the outlines of one bird from back to front, each with its colour."""
    body, neck, dark = _LOOK[species]
    if flying:
        parts = [(_WING, body), (_WING_2, body), (_FLIGHT, neck if species == "BFS" else dark)]
    else:
        bills = (_SPOON_DOWN, _SPOON) if species == "BFS" else (_BILL_DOWN, _BILL)
        parts = [(_LEGS, dark), (_LEGS_2, dark), (_BENT if bent else _NECK, neck), (_BODY, body)]
        parts.append((bills[0] if bent else bills[1], dark))
    return [(_rounded(points), colour) for points, colour in parts]


def _rounded(points: list[tuple[float, float]]) -> Path:
    """Turn corners into soft curves (Catmull–Rom as Bézier), closed."""
    p = np.array(points)
    before, after = np.roll(p, 1, axis=0), np.roll(p, -1, axis=0)
    slope = (after - before) / 6
    vertices = [p[0]]
    for i in range(len(p)):
        j = (i + 1) % len(p)
        vertices += [p[i] + slope[i], p[j] - slope[j], p[j]]
    return Path(np.array(vertices), [Path.MOVETO] + [Path.CURVE4] * (len(vertices) - 1))


def draw_flock(points: np.ndarray, species: str = "HC", *, flying: bool = False) -> Figure:
    """Draw a flock of `flyway.simulate.flocks.flock` as small birds.

    Parameters
    ----------
    points
        Positions in body lengths, shape (n, 2). Every row is drawn as one bird.
    species
        `"BFS"`, `"WNC"` or `"HC"`.
    flying
        `True` for birds with open wings against the sky, `False` for birds on a mudflat.

    Returns
    -------
    matplotlib.figure.Figure
        The flock fills the picture, as it does in a telescope.

    Raises
    ------
    ValueError
        If the species is not one of the three, or the points are not one row per bird.
    """
    if species not in _LOOK:
        raise ValueError(f"species is {species!r}: choose one of {', '.join(_LOOK)}.")
    points = np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"points has shape {points.shape}: give one row per bird, two columns.")
    # The birds' poses follow from the flock itself: the same flock gives the same picture.
    rng = np.random.default_rng(len(points))
    points = points[np.argsort(-points[:, 1], kind="stable")]  # near birds cover far ones
    across, up = np.ptp(points, axis=0) + 3
    width = max(across * 1.04, up * 1.12 * SIZE[0] / SIZE[1], 15)
    height = width * SIZE[1] / SIZE[0]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2

    fig = plt.figure(figsize=SIZE, layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(
        xlim=middle[0] + np.array([-0.5, 0.5]) * width,
        ylim=middle[1] + np.array([-0.5, 0.5]) * height,
    )
    ax.axis("off")
    _draw_ground(ax, fig, flying)

    scale = 1.3 * 72 * SIZE[0] / width  # points of ink for one body length, drawn a little large
    paths, colours, offsets = [], [], []
    poses = {
        (bent, side): [
            (path.transformed(Affine2D().scale(side * scale, scale)), colour)
            for path, colour in _pieces(species, flying, bent)
        ]
        for bent in (False, True)
        for side in (-1, 1)
    }
    faces = np.where(rng.random(len(points)) < (1.0 if flying else 0.7), 1, -1)
    bends = rng.random(len(points)) < 0.45
    for point, side, bent in zip(points, faces, bends, strict=True):
        for path, colour in poses[bool(bent), int(side)]:
            paths.append(path)
            colours.append(colour)
            offsets.append(point)
    birds = PathCollection(
        paths,
        facecolors=colours,
        edgecolors="#3a3833",
        linewidths=min(0.8, scale / 18),
        offsets=offsets,
        offset_transform=ax.transData,
        transform=Affine2D().scale(fig.dpi / 72),
    )
    ax.add_collection(birds, autolim=False)
    return fig


def _draw_ground(ax: plt.Axes, fig: Figure, flying: bool) -> None:
    """Paint the sky, or a mudflat at low tide with channels and the far shore."""
    fig.set_facecolor(_GROUND["sky" if flying else "mud"])
    if flying:
        return
    x = np.linspace(0, 1, 80)
    for level, thick, wave in ((0.90, 0.050, 0.4), (0.16, 0.030, 4.0), (0.05, 0.036, 2.2)):
        middle = level + 0.014 * np.sin(7 * x + wave)
        half = thick * np.clip(0.35 + 0.65 * np.sin(4.2 * x + wave), 0, None)
        ax.fill_between(
            x, middle - half, middle + half, color=_GROUND["pool"], lw=0, transform=ax.transAxes
        )
    ax.fill_between(x, 0.955, 1.01, color=_GROUND["sky"], lw=0, transform=ax.transAxes)
    shore = 0.955 + 0.012 * np.abs(np.sin(11 * x) * np.sin(5 * x + 1)) + 0.006
    ax.fill_between(x, 0.955, shore, color=_GROUND["far"], lw=0, transform=ax.transAxes)
