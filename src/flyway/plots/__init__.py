"""How do I draw a figure that everybody can read?

One palette, one look, and words for every picture. Importing this room sets the look (`style`). Every
figure of a lesson ends in `show(ax, alt="...")`.
"""

from flyway.plots.birds import draw_flock
from flyway.plots.colour import (
    COLOURS,
    DARK_PAPER,
    DIVERGING,
    GREY,
    INK,
    PAPER,
    SEQUENTIAL,
    SPECIES,
    SPECIES_MARKERS,
    SPECIES_NAMES,
)
from flyway.plots.figure import Shown, show
from flyway.plots.lines import colours_for, label_ends, line_counts, thousands
from flyway.plots.png import dark_twin, save_png
from flyway.plots.style import SIZE, style

style()

__all__ = [
    "COLOURS",
    "DARK_PAPER",
    "DIVERGING",
    "GREY",
    "INK",
    "PAPER",
    "SEQUENTIAL",
    "SIZE",
    "SPECIES",
    "SPECIES_MARKERS",
    "SPECIES_NAMES",
    "Shown",
    "colours_for",
    "dark_twin",
    "draw_flock",
    "label_ends",
    "line_counts",
    "save_png",
    "show",
    "style",
    "thousands",
]
