"""How every figure of the course looks: large letters, much white, few lines."""

from __future__ import annotations

import matplotlib as mpl
from cycler import cycler

from flyway.plots.colour import COLOURS, GREY, INK, SEQUENTIAL

SIZE = (6.4, 3.8)
"""Width and height of a figure, inches at 100 points per inch: 640 x 380 points on the page."""


def style() -> None:
    """Set matplotlib's defaults to the course's look; importing `flyway.plots` does it once.

    Letters are large because a phone shows a figure at about half its size.
    """
    mpl.rcParams.update(
        {
            "figure.figsize": SIZE,
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.h_pad": 0.08,
            "figure.constrained_layout.w_pad": 0.08,
            "savefig.bbox": None,
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same everywhere
            "font.size": 13,
            "axes.titlesize": 14,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.titlepad": 10,
            "axes.labelsize": 13,
            "axes.labelcolor": INK,
            "axes.edgecolor": GREY,
            "axes.linewidth": 1.0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.formatter.useoffset": False,
            "grid.color": "#e3e7ec",
            "grid.linewidth": 1.0,
            "text.color": INK,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.labelsize": 12,
            "ytick.labelsize": 12,
            "lines.linewidth": 2.4,
            "lines.markersize": 7,
            "patch.edgecolor": "white",
            "legend.frameon": False,
            "legend.fontsize": 12,
            "legend.title_fontsize": 12,
            "image.cmap": SEQUENTIAL,
        }
    )
