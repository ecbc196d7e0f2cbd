"""Show a figure with words for those who cannot see it."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from flyway.plots.png import SCALE, save_png


def figure_of(drawing: Any) -> Figure:
    """Find the figure behind a Figure, an Axes, an array or list of Axes, or a seaborn grid."""
    queue: Iterator[Any] = iter([drawing])
    while True:
        item = next(queue, None)
        if item is None:
            raise TypeError(
                f"a figure was expected, but this is {type(drawing).__name__}: "
                "give the axes or the figure that the plot returned."
            )
        if hasattr(item, "ravel"):  # plt.subplots() and DataFrame.plot() give arrays of axes
            queue = iter(item.ravel())
        elif isinstance(item, (list, tuple)):
            queue = iter(item)
        elif isinstance(item, Figure):
            return item
        elif hasattr(item, "figure"):  # Axes, SubFigure, and seaborn's grids
            queue = iter([item.figure])


def check_alt(alt: object, what: str = "show") -> str:
    """Give the alternative text back, or say what is missing."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            f"{what} needs alt: one sentence that says what the picture shows, for readers who "
            'cannot see it, such as alt="Counts rise from 288 in 1988 to 7,081 in 2025."'
        )
    return " ".join(alt.split())


def png_size(data: bytes, scale: float = SCALE) -> tuple[int, int]:
    """Read width and height on the page from a PNG's header."""
    return tuple(round(int.from_bytes(data[i : i + 4], "big") / scale) for i in (16, 20))


def img_tag(data: bytes, alt: str, extra: str = 'class="fw-figure"') -> str:
    """Write a PNG as an HTML image; `extra` are further attributes, already escaped."""
    width, height = png_size(data)
    source = base64.b64encode(data).decode("ascii")
    return (
        f'<img {extra} alt="{html.escape(alt)}" width="{width}" height="{height}" '
        f'src="data:image/png;base64,{source}">'
    )


def is_static() -> bool:
    """Say whether this cell runs for the built page (`FLYWAY_STATIC=1`), asked at each call."""
    return os.environ.get("FLYWAY_STATIC") == "1"


class Shown:
    """A finished picture: `.png` holds its bytes, `.alt` its words. A notebook displays it."""

    def __init__(self, png: bytes, alt: str) -> None:
        self.png, self.alt = png, alt

    def _repr_html_(self) -> str:
        # The book's style sheet fits pictures to the page; a live notebook has none.
        fit = "" if is_static() else ' style="max-width:100%;height:auto"'
        return img_tag(self.png, self.alt, f'class="fw-figure"{fit}')

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def show(drawing: Any, alt: str) -> Shown:
    """Show a figure, with a text that says what it shows.

    Parameters
    ----------
    drawing
        A matplotlib figure, axes, array of axes, or a seaborn plot.
    alt
        What the picture shows, in a sentence, for readers who cannot see it.

    Returns
    -------
    Shown
        The last line of a cell displays it. The figure is closed, so it appears once.

    Raises
    ------
    ValueError
        If `alt` is missing or empty.
    TypeError
        If `drawing` holds no figure.
    """
    fig = figure_of(drawing)
    words = check_alt(alt)
    try:
        return Shown(save_png(fig), words)
    finally:
        plt.close(fig)
