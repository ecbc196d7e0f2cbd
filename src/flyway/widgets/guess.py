"""`guess_flocks`: flocks flash by, the learner types numbers, and sees their own bias at the end."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flyway.plots.figure import img_tag, is_static
from flyway.widgets.flock_game import GameFlock, make_flocks, t_table, time_choices
from flyway.widgets.static import Html, identity

if TYPE_CHECKING:
    from flyway.widgets.guess_live import GuessFlocks


def guess_flocks(
    sizes: Sequence[int] | None = None, *, seconds: float = 4, seed: int
) -> Html | GuessFlocks:
    """Practise flock estimation: see a flock for some seconds, type a number, learn your own bias.

    Parameters
    ----------
    sizes
        True number of birds of each flock, 2 to 20 flocks of 1 to 5,000 birds. Without it there
        are ten flocks from 12 to about 1,500 birds. A practice flock comes first.
    seconds
        How long a flock is in view, 1 to 60. The learner can choose more time, or no limit.
    seed
        The same seed gives the same flocks.

    Returns
    -------
    A live widget with `.results` (one row per flock: flock, truth, estimate, ratio), or on the
    built page HTML that `book/_static/guess.js` plays. The results stay on the page.

    Raises
    ------
    ValueError
        If a size or the time is outside its range.
    """
    if not 1 <= seconds <= 60:
        raise ValueError(f"seconds is {seconds}: show a flock for 1 to 60 seconds.")
    flocks = make_flocks(sizes, seed)
    if is_static():
        return _static(flocks, seconds)
    from flyway.widgets.guess_live import GuessFlocks

    return GuessFlocks(flocks, seconds)


def _static(flocks: list[GameFlock], seconds: float) -> Html:
    """Write the game as HTML. Without JavaScript the fold still shows each flock and its number."""
    key = identity(*(part for f in flocks for part in (f.picture.png, str(f.n))), str(seconds))
    pictures = "".join(
        f'<figure data-fw-flock data-n="{flock.n}">'
        + img_tag(flock.picture.png, flock.alt, 'class="fw-figure" loading="lazy"')
        + f"<figcaption>{html.escape(flock.name)}: {flock.n:,} birds.</figcaption></figure>"
        for flock in flocks
    )
    options = "".join(
        f'<option value="{value:g}"{" selected" if value == seconds else ""}>{text}</option>'
        for text, value in time_choices(seconds)
    )
    number = len(flocks) - 1
    return Html(
        f'<section class="fw-guess" data-fw-guess id="{key}" aria-labelledby="{key}-name" '
        f'data-t="{html.escape(json.dumps(t_table()))}">'
        f'<p class="fw-guess-name" id="{key}-name">Estimate {number} flocks</p>'
        f'<div class="fw-guess-play" hidden>'
        f'<div class="fw-control"><label for="{key}-time">Time to look</label>'
        f'<select id="{key}-time" data-fw="time" autocomplete="off">{options}</select></div>'
        f'<div class="fw-guess-stage" data-fw="stage"></div>'
        f'<p class="fw-guess-status" data-fw="status" aria-live="polite"></p>'
        f'<button type="button" class="fw-button" data-fw="show">Show the practice flock</button>'
        f'<form class="fw-guess-form" data-fw="form" hidden>'
        f'<label for="{key}-answer">How many birds?</label>'
        f'<input id="{key}-answer" data-fw="answer" type="number" inputmode="numeric" min="1" '
        f'max="100000" step="1" required autocomplete="off">'
        f'<button type="submit" class="fw-button">Write it down</button>'
        f'<button type="button" class="fw-button fw-quiet" data-fw="skip">I could not tell</button>'
        f"</form>"
        f'<div class="fw-guess-end" data-fw="end" hidden></div></div>'
        f'<details class="fw-guess-key"><summary>All flocks and their true numbers</summary>'
        f"<p>Look here after the game, or play without a clock: cover the line under each "
        f"picture.</p>{pictures}</details></section>",
        f"A counting game with {number} simulated flocks.",
    )
