"""A chart as a small PNG, for the page that an instructor or a trainee reads: drawn once, in haste."""

from __future__ import annotations

import io
from typing import Any

DOTS_PER_INCH = 64


def small_png(fig: Any, *unused: Any, **also_unused: Any) -> bytes:
    """Return a matplotlib figure as a PNG, without care for its margins.

    `savefig` draws everything twice where a layout is to be found or a margin to be cut.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas, engine, dots = fig.canvas, fig.get_layout_engine(), fig.dpi
    try:
        if engine is not None:
            fig.set_layout_engine("none")
        fig.set_dpi(DOTS_PER_INCH)
        paper = FigureCanvasAgg(fig)
        paper.draw()
        pixels = np.asarray(paper.buffer_rgba())[..., :3]
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
        return file.getvalue()
    finally:
        fig.set_dpi(dots)
        fig.set_canvas(canvas)
        if engine is not None:
            fig.set_layout_engine(engine)
