"""Where pyplot draws in a room: `plt.show()` shows the open figures and ends them, as in a notebook."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from .pictures import small_png

__all__ = ["FigureCanvas", "show"]

MOST_FIGURES = 4


def show(*unused: object, **also_unused: object) -> None:
    """Show the open figures under the cell, and close them."""
    place = InteractiveShell.instance().display_pub
    if not getattr(place, "quiet", False):
        for number in pyplot.get_fignums()[:MOST_FIGURES]:
            place.publish({"image/png": small_png(pyplot.figure(number))})
    pyplot.close("all")
