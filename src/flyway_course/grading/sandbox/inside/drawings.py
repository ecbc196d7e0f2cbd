"""Charts as plain data: what an Axes shows, drawn again beside the tests.

A test may look at the lines, bars, points, words and limits of a chart as it would at the trainee's
own. Only numbers, words and colours cross.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from .scalars import CodecError, text

if TYPE_CHECKING:
    from .codec import Decoder, Encoder

MOST_THINGS = 500
WORDS = ("xlabel", "ylabel", "xscale", "yscale")
TITLES = ("left", "center", "right")
BLANK: list[Any] = []
"""Empty charts, made before the process forks: an Axes takes matplotlib longer than all else here."""


def encode(to: Encoder, value: Any, depth: int) -> Any:
    """Return a matplotlib Axes or Figure as JSON; None for anything else."""
    import sys

    if "matplotlib" not in sys.modules:
        return None
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if isinstance(value, Figure):
        return {"fig": [_axes(to, ax, depth) for ax in value.axes[:20]]}
    return {"ax": _axes(to, value, depth)} if isinstance(value, Axes) else None


def _axes(to: Encoder, ax: Any, depth: int) -> Any:
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    def plain(values: Any) -> Any:
        return to.encode(np.asarray(values), depth + 1)

    lines = [
        {
            "x": to.encode(line.get_xdata(), depth + 1),
            "y": to.encode(line.get_ydata(), depth + 1),
            "label": str(line.get_label()),
            "color": to_hex(line.get_color(), keep_alpha=True),
            "style": str(line.get_linestyle()),
            "marker": str(line.get_marker()),
        }
        for line in ax.lines[:MOST_THINGS]
    ]
    bars = [
        [float(n) for n in (p.get_x(), p.get_y(), p.get_width(), p.get_height())]
        + [to_hex(p.get_facecolor(), keep_alpha=True), str(p.get_label())]
        for p in ax.patches[:MOST_THINGS]
        if isinstance(p, Rectangle)
    ]
    points = [
        [plain(np.ma.filled(c.get_offsets(), np.nan)), str(c.get_label())]
        for c in ax.collections[:MOST_THINGS]
        if len(c.get_offsets())
    ]
    legend = ax.get_legend()
    marks = {}
    for side in ("x", "y"):
        places = getattr(ax, f"get_{side}ticks")()
        said = [t.get_text() for t in getattr(ax, f"get_{side}ticklabels")()]
        said += [""] * (len(places) - len(said))  # words that are hidden are not there
        marks[side] = [plain(places), said[: len(places)]]
    return {
        "lines": lines,
        "bars": [to.encode(b, depth + 1) for b in bars],
        "points": points,
        "words": {name: str(getattr(ax, f"get_{name}")()) for name in WORDS},
        "titles": [str(ax.get_title(side)) for side in TITLES],
        "limits": [[float(n) for n in ax.get_xlim()], [float(n) for n in ax.get_ylim()]],
        "ticks": marks,
        "legend": None if legend is None else [t.get_text() for t in legend.get_texts()],
        "texts": [
            [*map(float, t.get_unitless_position()), t.get_text()] for t in ax.texts[:MOST_THINGS]
        ],
    }


def _draw(read: Decoder, body: Any, ax: Any, depth: int) -> None:
    def few(name: str) -> list[Any]:
        if not isinstance(body[name], list) or len(body[name]) > MOST_THINGS:
            raise CodecError("too many things in a chart")
        return body[name]

    for name, said in body["words"].items():
        if name not in WORDS:
            raise CodecError("a chart has no such words")
        if getattr(ax, f"get_{name}")() != text(said):
            with contextlib.suppress(ValueError, TypeError):  # a scale of one's own, as with looks
                getattr(ax, f"set_{name}")(said)
    for side, said in zip(TITLES, body["titles"], strict=True):
        ax.set_title(text(said), loc=side)
    for line in few("lines"):
        x, y = read.decode(line["x"], depth + 1), read.decode(line["y"], depth + 1)
        (drawn,) = ax.plot(x, y, label=text(line["label"]))
        drawn.set_data(x, y)
        for part, looks in (("color", "color"), ("style", "linestyle"), ("marker", "marker")):
            # looks are no answer, and a marker of one's own has no name that crosses
            with contextlib.suppress(ValueError):
                drawn.set(**{looks: text(line[part])})
    for bar in few("bars"):
        x, y, width, height, colour, label = read.decode(bar, depth + 1)
        ax.bar(x, height, width, y, align="edge", color=text(colour), label=text(label))
    for places, label in few("points"):
        x, y = np.asarray(read.decode(places, depth + 1), float).T
        ax.scatter(x, y, label=text(label))
    for x, y, said in few("texts"):
        ax.text(float(x), float(y), text(said))
    for side, (places, labels) in body["ticks"].items():
        if side not in ("x", "y"):
            raise CodecError("a chart has no such side")
        _mark(getattr(ax, f"{side}axis"), read.decode(places, depth + 1), labels)
    if body["legend"] is not None:
        ax.legend(labels=[text(t) for t in body["legend"]])
    ax.set_xlim(*map(float, body["limits"][0]))
    ax.set_ylim(*map(float, body["limits"][1]))


def _mark(axis: Any, places: Any, labels: Any) -> None:
    """Say where an axis has its marks. They are made only when a test looks at them."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    if not isinstance(labels, list) or np.shape(places) != (len(labels),):
        raise CodecError("the marks of an axis and their words do not fit")
    axis.set_major_locator(FixedLocator(np.asarray(places, float)))
    axis.set_major_formatter(FixedFormatter([text(t) for t in labels]))


def _figure(read: Decoder, body: Any, depth: int) -> Any:
    from matplotlib.figure import Figure

    if not isinstance(body, list) or len(body) > 20:
        raise CodecError("a figure with too many charts")
    if BLANK and len(body) == 1:
        made = BLANK.pop()
        _draw(read, body[0], made.axes[0], depth)
        return made
    made = Figure()
    for number, chart in enumerate(body, start=1):
        _draw(read, chart, made.add_subplot(len(body), 1, number), depth)
    return made


def keep_blank() -> None:
    """Make one empty chart ready. For the process that all others are copied from."""
    from matplotlib.figure import Figure

    made = Figure()
    made.add_subplot()
    BLANK.append(made)


TAGS = {"fig": _figure, "ax": lambda read, body, depth: _figure(read, [body], depth).axes[0]}
