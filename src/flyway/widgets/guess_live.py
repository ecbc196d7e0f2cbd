"""The counting game with a kernel: ipywidgets, and the results as a table."""

from __future__ import annotations

import asyncio
import html
import threading
from collections.abc import Callable

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from flyway.plots.colour import GREY, SPECIES
from flyway.plots.figure import show
from flyway.plots.lines import thousands
from flyway.widgets.flock_game import GameFlock, Result, results_table, summarise, time_choices

BLANK = (
    '<div style="max-width:640px;aspect-ratio:640/380;border:1px dashed #8a93a0;display:grid;'
    'place-items:center;border-radius:6px">{}</div>'
)


def call_later(seconds: float, action: Callable[[], None]) -> None:
    """Run `action` after some seconds without stopping the kernel."""
    try:
        asyncio.get_running_loop().call_later(seconds, action)
    except RuntimeError:  # no event loop in this thread
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()


class GuessFlocks(ipywidgets.VBox):
    """The live game. `.results` is a table of what was estimated so far; `.result` its summary."""

    def __init__(
        self,
        flocks: list[GameFlock],
        seconds: float,
        later: Callable[[float, Callable[[], None]], None] = call_later,
    ) -> None:
        self._flocks, self._later = flocks, later
        self._at, self._estimates = 0, []
        wide = {"description_width": "initial"}
        self._time = ipywidgets.Dropdown(
            options=time_choices(seconds),
            value=float(seconds),
            description="Time to look",
            style=wide,
        )
        self._stage = ipywidgets.HTML(BLANK.format(f"{len(flocks) - 1} flocks. Ready?"))
        self._status = ipywidgets.HTML()
        self._button = ipywidgets.Button(
            description="Show the practice flock", button_style="primary"
        )
        self._button.layout.width = "auto"
        self._answer = ipywidgets.BoundedIntText(
            value=0, min=0, max=100_000, description="How many birds?", style=wide, disabled=True
        )
        self._write = ipywidgets.Button(description="Write it down", disabled=True)
        self._skip = ipywidgets.Button(description="I could not tell", disabled=True)
        self._end = ipywidgets.VBox()
        self._button.on_click(lambda _: self.show_flock())
        self._write.on_click(lambda _: self.answer(self._answer.value))
        self._skip.on_click(lambda _: self.answer(None))
        row = ipywidgets.HBox([self._answer, self._write, self._skip])
        row.layout.flex_flow = "row wrap"
        super().__init__([self._time, self._stage, self._status, self._button, row, self._end])

    @property
    def results(self) -> pd.DataFrame:
        """One row per flock estimated so far: flock, truth, estimate, ratio. No practice flock."""
        return results_table(self._flocks, self._estimates[1:])

    @property
    def result(self) -> Result:
        """Mean ratio, its 95 % interval and a sentence, from the flocks estimated so far."""
        table = self.results
        return summarise(table["truth"].tolist(), table["estimate"].tolist())

    def show_flock(self) -> None:
        """Show the next flock, and hide it again after the chosen time."""
        at, flock = self._at, self._flocks[self._at]
        self._stage.value = flock.picture._repr_html_()
        self._button.disabled = self._time.disabled = True
        self._answer.value = 0
        self._enable(True)
        limit = self._time.value
        self._say(f"{flock.name}" + (f": {limit:g} seconds." if limit else ", in view."))
        if limit:
            self._later(limit, lambda: self._hide(at))

    def _hide(self, at: int) -> None:
        if at == self._at and self._button.disabled:  # not yet answered
            self._stage.value = BLANK.format("How many birds were there?")

    def answer(self, estimate: int | None) -> None:
        """Write down an estimate of the flock just shown; `None` for "I could not tell"."""
        if not self._button.disabled:
            return
        if estimate is not None and estimate < 1:
            self._say("Write a whole number of birds, 1 or more.")
            return
        flock = self._flocks[self._at]
        self._estimates.append(estimate)
        self._enable(False)
        self._at += 1
        self._button.disabled = self._time.disabled = False
        if self._at == len(self._flocks):
            self._finish()
            return
        self._stage.value = BLANK.format("Ready for the next flock?")
        self._button.description = f"Show {self._flocks[self._at].name.lower()}"
        if self._at == 1:
            said = "You could not tell" if estimate is None else f"You wrote {estimate:,}"
            self._say(
                f"{said}. There were {flock.n}. From now on the true numbers come at the end."
            )
        else:
            self._say("Written down.")

    def _enable(self, on: bool) -> None:
        self._answer.disabled = self._write.disabled = self._skip.disabled = not on

    def _say(self, text: str) -> None:
        self._status.value = f"<p>{html.escape(text)}</p>"

    def _finish(self) -> None:
        self._stage.value = ""
        self._button.disabled = True
        self._button.description = "Run the cell to start again"
        table = self.results
        if table.empty:
            self._say("No flock was estimated, so there is no result.")
            return
        self._say(self.result.sentence)
        chart = show(
            _chart(table), alt=f"Your estimates against the true numbers. {self.result.sentence}"
        )
        shown = table.assign(ratio=table["ratio"].round(2)).to_html(index=False, border=0)
        self._end.children = [ipywidgets.HTML(chart._repr_html_()), ipywidgets.HTML(shown)]


def _chart(table: pd.DataFrame) -> Axes:
    """Draw estimate against truth on logarithmic axes, with the line of equal numbers."""
    ax = plt.subplots()[1]
    ends = np.array(
        [table[["truth", "estimate"]].min().min(), table[["truth", "estimate"]].max().max()]
    )
    ends = ends * np.array([0.7, 1.4])
    ax.plot(ends, ends, color=GREY, linewidth=1.5)
    ax.annotate(
        "right",
        ends[[1, 1]],
        ha="right",
        va="bottom",
        color=GREY,
        xytext=(-8, 2),
        textcoords="offset points",
    )
    ax.plot(table["truth"], table["estimate"], "o", color=SPECIES["BFS"], markersize=9)
    ax.set(xscale="log", yscale="log", xlabel="True number of birds", ylabel="Your estimate")
    thousands(thousands(ax, "x"))
    return ax
