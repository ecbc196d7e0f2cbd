"""`explore`: move a slider and see what a function draws, with or without a kernel."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt

from flyway.plots.figure import Shown, check_alt, figure_of, img_tag, is_static
from flyway.plots.png import save_png
from flyway.widgets.parameters import Parameter, read_parameters, states, values_at
from flyway.widgets.static import Html, identity

if TYPE_CHECKING:
    import ipywidgets


class ExploreError(RuntimeError):
    """The drawing function failed for some values; the message names them."""


def explore(
    fn: Callable[..., Any],
    *,
    alt: Callable[..., str],
    caption: str | None = None,
    labels: dict[str, str] | None = None,
    **parameters: Any,
) -> Html | ipywidgets.VBox:
    """Draw a function for every combination of values, with a control for each parameter.

    Parameters
    ----------
    fn
        A function that draws and returns a figure or axes. It is called as `fn(month=3, ...)`.
    alt
        A function of the same parameters that returns a sentence: what this picture shows.
    caption
        One sentence under the picture.
    labels
        Text beside each control, such as `{"month": "Month"}`.
    **parameters
        Lists of values. Numbers make a slider, words make a list to choose from. A dictionary
        gives each value its text: `month={"January": 1, "February": 2}`.

    Returns
    -------
    A live widget, or on the built page (`FLYWAY_STATIC=1`) HTML that holds all the pictures.

    Raises
    ------
    ValueError, TypeError
        If a list is empty, holds a value twice, or the pictures are more than 120.
    ExploreError
        If `fn` or `alt` fails or returns nothing; the message names the values.
    """
    for name, function in (("fn", fn), ("alt", alt)):
        if not callable(function):
            raise TypeError(
                f"explore needs {name} as a function of {', '.join(parameters) or 'the parameters'}, "
                f"but it is {type(function).__name__}."
            )
    controls = read_parameters(parameters, labels)

    def draw(state: tuple[int, ...]) -> Shown:
        return _draw(fn, alt, values_at(controls, state))

    def draw_for_page(state: tuple[int, ...]) -> Shown:
        from flyway.widgets.reuse import drawn

        return drawn(lambda: draw(state), fn, alt, values_at(controls, state))

    if is_static():
        return _static(controls, draw_for_page, caption)
    return _live(controls, draw, caption)


def _call(function: Callable, values: dict[str, Any]) -> tuple[str, Any]:
    """Call a function and give (how it was called, its result)."""
    given = ", ".join(f"{name}={value!r}" for name, value in values.items())
    named = getattr(function, "func", function)  # functools.partial hides the name inside
    call = f"{getattr(named, '__name__', 'fn')}({given})"
    try:
        return call, function(**values)
    except Exception as error:
        raise ExploreError(f"{call} failed: {type(error).__name__}: {error}") from error


def _draw(fn: Callable, alt: Callable, values: dict[str, Any]) -> Shown:
    """Make one picture; no figure stays open, also when something fails."""
    open_before = set(plt.get_fignums())
    try:
        call, drawing = _call(fn, values)
        try:
            fig = figure_of(drawing)
        except TypeError as error:
            raise ExploreError(
                f"{call} returned {'nothing' if drawing is None else type(drawing).__name__}: "
                "end the function with `return ax` (the axes or the figure that it drew)."
            ) from error
        call, words = _call(alt, values)
        try:
            words = check_alt(words, "explore")
        except ValueError as error:
            raise ExploreError(f"{call} returned {words!r}: return a sentence.") from error
        try:
            return Shown(save_png(fig), words)
        except Exception as error:
            raise ExploreError(f"{call}: the picture could not be drawn: {error}") from error
        finally:
            plt.close(fig)
    finally:
        for number in set(plt.get_fignums()) - open_before:
            plt.close(number)


def _static(controls: list[Parameter], draw: Callable, caption: str | None) -> Html:
    """Write the widget as one HTML figure; `book/_static/kit.js` moves it."""
    pictures = {state: draw(state) for state in states(controls)}
    key = identity(
        repr(controls), caption or "", *(part for p in pictures.values() for part in (p.png, p.alt))
    )
    rows = "".join(_control(f"{key}-{i}", control) for i, control in enumerate(controls))
    first = next(iter(pictures.values()))
    template = "".join(
        img_tag(picture.png, picture.alt, f'data-state="{",".join(map(str, state))}"')
        for state, picture in pictures.items()
    )
    name = (
        f'aria-labelledby="{key}-caption"'
        if caption
        else f'aria-label="{html.escape("Explore: " + ", ".join(c.label for c in controls))}"'
    )
    below = f'<figcaption id="{key}-caption">{html.escape(caption)}</figcaption>' if caption else ""
    return Html(
        f'<figure class="fw-explore" data-fw-explore id="{key}" {name}>'
        f'<div class="fw-controls">{rows}</div>'
        + img_tag(first.png, first.alt, 'class="fw-figure fw-first"')
        + f"<template>{template}</template>{below}</figure>",
        f"Explore: {first.alt}",
    )


def _control(key: str, control: Parameter) -> str:
    label = f'<label for="{key}">{html.escape(control.label)}</label>'
    if not control.is_slider:
        options = "".join(
            f'<option value="{i}">{html.escape(text)}</option>'
            for i, text in enumerate(control.texts)
        )
        # autocomplete=off: after a reload the first picture and the first value agree again.
        return f'<div class="fw-control">{label}<select id="{key}" autocomplete="off">{options}</select></div>'
    texts = html.escape(json.dumps(control.texts, ensure_ascii=False))
    first = html.escape(control.texts[0])
    return (
        f'<div class="fw-control">{label}'
        f'<input type="range" id="{key}" min="0" max="{len(control.values) - 1}" step="1" value="0" '
        f'autocomplete="off" data-values="{texts}" aria-valuetext="{first}">'
        f'<output for="{key}">{first}</output></div>'
    )


def _live(controls: list[Parameter], draw: Callable, caption: str | None) -> ipywidgets.VBox:
    """Make the widget from ipywidgets: each picture is drawn when first asked for."""
    import ipywidgets

    drawn: dict[tuple[int, ...], Shown] = {}
    wide = {"description_width": "initial"}
    inputs = []
    for control in controls:
        options = [(text, i) for i, text in enumerate(control.texts)]
        kind = ipywidgets.SelectionSlider if control.is_slider else ipywidgets.Dropdown
        inputs.append(
            kind(
                options=options,
                value=0,
                description=control.label,
                style=wide,
                layout=ipywidgets.Layout(width="min(100%, 36rem)"),
            )
        )
    # Pictures go through an HTML widget, not an Output: words travel with them and none is doubled.
    picture = ipywidgets.HTML()

    def show_state(_: object = None) -> None:
        state = tuple(widget.value for widget in inputs)
        try:
            if state not in drawn:
                drawn[state] = draw(state)
            picture.value = drawn[state]._repr_html_()
        except ExploreError as error:
            if not drawn:  # the first picture: the error belongs to the cell
                raise
            picture.value = f'<p role="alert">{html.escape(str(error))}</p>'

    show_state()
    for widget in inputs:
        widget.observe(show_state, names="value")
    parts = [*inputs, picture]
    if caption:
        parts.append(ipywidgets.HTML(f"<p>{html.escape(caption)}</p>"))
    return ipywidgets.VBox(parts)
