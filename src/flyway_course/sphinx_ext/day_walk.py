"""`{day-walk}`: a day through many lessons, with times that follow from the lessons themselves.

    :::{day-walk} 09:00
    0.1
    0.2
    15 Tea. Change partners.
    1.2
    :::

A line is the number of a lesson, or minutes and what happens in them. How long a lesson takes on such a
day, what the pairs do and which sections they leave for later stand in the lesson's front matter
(`walk: {minutes, do, skip}`), so that a changed lesson changes the timetable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.boxes import need_content
from flyway_course.sphinx_ext.element import make, translate
from flyway_course.sphinx_ext.lesson import lessons_of

LESSON, PAUSE = re.compile(r"\d+\.\d+"), re.compile(r"(\d+)\s+(\S.*)")
CLOCK = "%H:%M"


@dataclass(frozen=True)
class Stop:
    """One line of the day: minutes, and a lesson's page with its card, or words."""

    minutes: int
    page: str = ""
    lesson: dict[str, Any] | None = None
    words: str = ""


def stops(lines: list[str], lessons: dict[str, tuple[str, dict[str, Any]]]) -> list[Stop]:
    """Read the lines of a day.

    lessons : number -> (page, `lesson:` part of its front matter). Raises ValueError for a line that
    is neither, a lesson that the book does not have, and one that does not say how long it walks.
    """
    found = []
    for text in filter(None, map(str.strip, lines)):
        if LESSON.fullmatch(text):
            if text not in lessons:
                raise ValueError(f"there is no lesson {text}")
            page, lesson = lessons[text]
            if not lesson.get("walk"):
                raise ValueError(f"lesson {text} has no walk: in its front matter")
            found.append(Stop(lesson["walk"]["minutes"], page, lesson))
        elif pause := PAUSE.fullmatch(text):
            found.append(Stop(int(pause[1]), words=pause[2]))
        else:
            raise ValueError(f"{text!r} is neither a lesson's number nor minutes and words")
    return found


def timetable(start: str, day: list[Stop]) -> tuple[list[str], str]:
    """Return the lines of the day as a Markdown list, and the time at which it ends.

    A list fits a phone; a table with four columns of words does not.
    """
    now = datetime.strptime(start, CLOCK)
    lines = []
    for stop in day:
        clock = f"- **{now.strftime(CLOCK)}**"
        if stop.lesson:
            walk = stop.lesson["walk"]
            title = f"{stop.lesson['number']} {{doc}}`/{stop.page}`"
            lines.append(f"{clock} {title} ({stop.minutes} min)")
            lines += ["", f"  {walk['do']}"]
            if walk.get("skip"):
                lines += ["", f"  *{translate('Leave for later:')}* {'; '.join(walk['skip'])}."]
        else:
            lines.append(f"{clock} {stop.words} ({stop.minutes} min)")
        lines.append("")
        now += timedelta(minutes=stop.minutes)
    return lines, now.strftime(CLOCK)


class DayWalk(SphinxDirective):
    """A timetable made from the front matter of lessons."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the list and a line with the end of the day."""
        need_content(self, "the numbers of lessons")
        try:
            day = stops(list(self.content), lessons_of(self.env))
            rows, end = timetable(self.arguments[0], day)
        except (KeyError, TypeError, ValueError) as error:
            raise self.error(f"day-walk: {error}") from None
        for stop in day:
            if stop.page:
                self.env.note_dependency(str(self.env.doc2path(stop.page)))
        taught = sum(stop.minutes for stop in day if stop.lesson)
        sentence = translate("The day ends at {end}. Of it, {hours} hours are lessons.")
        rows += [sentence.format(end=end, hours=f"{taught / 60:.1f}")]
        box = make("div", classes=["fw-day"])
        source = self.get_source_info()[0]
        self.state.nested_parse(StringList(rows, source=source), self.content_offset, box)
        return [box]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("day-walk", DayWalk)
