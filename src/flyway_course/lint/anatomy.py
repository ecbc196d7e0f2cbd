"""The parts of a lesson and their order (blueprint, section 4).

A lesson goes: question, card, story, prediction, data, idea with a widget, worked example with two
"what if" prompts, check with answers, half-finished example with a self-check, where it breaks,
exercise with hint and solution, decide and tell, key points, what comes next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from . import code
from .lesson import Block, Lesson
from .problem import Problem
from .prose import of, pieces, sentences

LEVELS = ("first steps", "core", "further")
WIDGETS = ("explore", "guess_flocks", "site_map")
CITES = ("cite", "cite:p", "cite:t", "cite:ps", "cite:ts", "footcite", "footcite:p", "footcite:t")
# In this order on the page, where both are there. An exercise may stand before or after "breaks".
ORDER = ("story", "predict", "data", "breaks", "tell", "keypoints")
BOXES = (*ORDER, "quiz", "exercise", "hint", "solution")
_WHAT_IF = re.compile(r"\bwhat (?:\w+ )?(?:if|when)\b", re.IGNORECASE)
_STRETCH = re.compile(r"\b(?:stretch|if you have time|done early|finished early)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"±|\b(?:between|from .+ to|about|roughly|range|interval|sure|uncertain\w*|may|might"
    r"|could|likely|unlikely|probabl\w+|perhaps|at least|at most|limit|not know|cannot|confiden\w+)\b",
    re.IGNORECASE,
)


def check(lesson: Lesson) -> list[Problem]:
    """Return every part that is missing, misplaced or half there."""
    return [problem for rule in RULES for problem in rule(lesson)]


def front_matter(lesson: Lesson) -> Iterator[Problem]:
    """The front matter makes the page a notebook and fills the lesson card."""
    if lesson.error:
        line, what = lesson.error
        yield Problem(lesson.path, line, "front-matter", f"{what}; mend it first")
        return
    for key, mend in _missing(lesson):
        yield Problem(lesson.path, 1, "front-matter", f"`{key}` {mend}")


def _missing(lesson: Lesson) -> Iterator[tuple[str, str]]:
    def get(*keys: str) -> object:
        value: object = lesson.meta
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    if get("jupytext", "text_representation", "format_name") != "myst":
        yield "jupytext: text_representation: format_name", "is not `myst`; copy it from a lesson"
    if get("kernelspec", "name") != "python3":
        yield "kernelspec: name", "is not `python3`; copy it from a lesson"
    if not get("myst", "html_meta", "description lang=en"):
        yield "myst: html_meta: description lang=en", "is missing; say in a sentence what is learnt"
    number = get("lesson", "number")
    if not isinstance(number, str) or not re.fullmatch(r"\d+\.\d+", number):
        yield "lesson: number", 'is not a quoted number such as "4.1"'
    if get("lesson", "level") not in LEVELS:
        yield "lesson: level", f"is not one of: {', '.join(LEVELS)}"
    for what in ("read", "do"):
        minutes = get("lesson", "minutes", what)
        if not isinstance(minutes, int) or not 0 < minutes <= 240:
            yield f"lesson: minutes: {what}", "is not a whole number of minutes"
    yield from _walk(lesson, get("lesson", "walk"), get("lesson", "minutes"))
    if not isinstance(get("lesson", "before"), list):
        yield "lesson: before", "is not a list of lesson numbers (an empty list is fine)"
    if not isinstance(get("lesson", "data"), list) or not get("lesson", "data"):
        yield "lesson: data", "names no data package; every lesson uses one"


def _walk(lesson: Lesson, walk: object, minutes: object) -> Iterator[tuple[str, str]]:
    """What a one-day course does with the lesson: minutes, what pairs do, sections left for later."""
    if not isinstance(walk, dict) or not walk.get("do"):
        yield "lesson: walk", "is missing; say minutes, what pairs do, and which sections they skip"
        return
    whole = (
        sum(n for n in minutes.values() if isinstance(n, int)) if isinstance(minutes, dict) else 0
    )
    if not isinstance(walk.get("minutes"), int) or not 5 <= walk["minutes"] <= whole:
        yield "lesson: walk: minutes", f"is not a whole number from 5 to {whole}, the whole lesson"
    headings = {b.text for b in lesson.walk() if b.kind == "heading"}
    for title in walk.get("skip") or []:
        if title not in headings:
            yield "lesson: walk: skip", f"names {title!r}, which is no heading of the lesson"


def title(lesson: Lesson) -> Iterator[Problem]:
    """One first-level heading, and it is the question that a coordinator asks."""
    tops = [b for b in lesson.walk() if b.kind == "heading" and b.level == 1]
    if not tops:
        yield Problem(lesson.path, 1, "title", "no title; begin with `# Question?`")
    for extra in tops[1:]:
        yield Problem(lesson.path, extra.line, "title", "a second title; use `##` for sections")
    if tops and not tops[0].text.endswith("?"):
        message = f"“{tops[0].text}” is not a question; ask what a coordinator asks"
        yield Problem(lesson.path, tops[0].line, "title", message)


def boxes(lesson: Lesson) -> Iterator[Problem]:
    """Every box of the anatomy is there, once where once is meant."""
    for name in BOXES:
        found = lesson.directives(name)
        if not found:
            yield Problem(lesson.path, 1, "part-missing", f"no `{{{name}}}` on the page; add one")
        if name in {"story", "tell", "keypoints"}:
            for extra in found[1:]:
                message = f"a second `{{{name}}}`; one per lesson"
                yield Problem(lesson.path, extra.line, "part-twice", message)


def order(lesson: Lesson) -> Iterator[Problem]:
    """The boxes follow the order of the anatomy."""
    first = {name: found[0] for name in BOXES if (found := lesson.directives(name))}
    present = [first[name] for name in ORDER if name in first]
    for earlier, later in pairwise(present):
        if earlier.line > later.line:
            yield _misplaced(lesson, earlier, later)
    last = {name: found[-1] for name in ("quiz", "exercise") if (found := lesson.directives(name))}
    if "data" in first and "quiz" in last and last["quiz"].line < first["data"].line:
        yield _misplaced(lesson, first["data"], last["quiz"])
    if {"data", "exercise"} <= set(first) and first["exercise"].line < first["data"].line:
        yield _misplaced(lesson, first["data"], first["exercise"])
    if "tell" in first and "exercise" in last and last["exercise"].line > first["tell"].line:
        yield _misplaced(lesson, last["exercise"], first["tell"])


def _misplaced(lesson: Lesson, earlier: Block, later: Block) -> Problem:
    message = (
        f"`{{{earlier.name}}}` stands after `{{{later.name}}}` (line {later.line}); move it before"
    )
    return Problem(lesson.path, earlier.line, "order", message)


def predict_first(lesson: Lesson) -> Iterator[Problem]:
    """A prediction before any code that the reader sees."""
    seen = [cell for cell in lesson.cells if cell.visible and cell.code_lines]
    asked = lesson.directives("predict")
    if not seen:
        yield Problem(
            lesson.path, 1, "code-missing", "no visible code cell; show two to five lines"
        )
    elif asked and asked[0].line > seen[0].line:
        message = f"code before the first prediction (line {asked[0].line}); ask first"
        yield Problem(lesson.path, seen[0].line, "predict-first", message)


def widget(lesson: Lesson) -> Iterator[Problem]:
    """At least one widget or map, and two "what if" prompts that it answers.

    A prompt says "what if", or is a question between a widget and the next box or heading.
    """
    moved = {cell.line for cell in lesson.cells if code.calls(cell, *WIDGETS)}
    if not moved:
        names = ", ".join(f"`{name}`" for name in WIDGETS)
        yield Problem(lesson.path, 1, "part-missing", f"no widget; call one of {names}")
    asked, answering = 0, False
    for block in lesson.walk():
        if block.kind == "cell":
            answering = block.body_line in moved
        elif block.kind in {"directive", "heading"}:
            answering = False
        elif block.kind == "paragraph":
            questions = sum(s.endswith("?") for s in sentences(block.text))
            asked += questions if answering else len(_WHAT_IF.findall(block.text))
    if asked < 2:
        message = f"{asked} “what if” prompts, 2 wanted; ask two below the widget that answers them"
        yield Problem(lesson.path, min(moved, default=1), "what-if", message)


def exercises(lesson: Lesson) -> Iterator[Problem]:
    """Exercises are labelled and solved, hints and solutions folded; one is a stretch task."""
    labels = {str(box.options.get("label", "")) for box in lesson.directives("exercise")}
    for box in lesson.directives("exercise"):
        if not box.options.get("label"):
            yield Problem(
                lesson.path, box.line, "exercise", "no `:label:`; name it, as in `ex-growth`"
            )
    solved = set()
    for box in lesson.directives("solution"):
        solved.add(box.arg.strip())
        if box.arg.strip() not in labels:
            message = f"the solution of “{box.arg}” has no exercise on this page; mend the label"
            yield Problem(lesson.path, box.line, "exercise", message)
    for label in sorted(labels - solved - {""}):
        line = lesson.line_of(f":label: {label}")
        yield Problem(lesson.path, line, "exercise", f"`{label}` has no `{{solution}} {label}`")
    for box in lesson.directives("solution", "hint"):
        if "dropdown" not in str(box.options.get("class", "")):
            message = f"this {box.name} is open; fold it with `:class: dropdown`"
            yield Problem(lesson.path, box.line, "exercise", message)
    if not any(code.calls(cell, "check") for cell in lesson.cells):
        yield Problem(lesson.path, 1, "self-check", "no self-check; call `check(…)` on an answer")
    if not any(_STRETCH.search(p.text) for p in pieces(lesson)):
        message = "no stretch task; add one that begins “If you have time”"
        yield Problem(lesson.path, 1, "stretch", message)


def tell(lesson: Lesson) -> Iterator[Problem]:
    """One sentence for a warden and one for a ministry, with its uncertainty."""
    for box in lesson.directives("tell"):
        for who in ("warden", "ministry"):
            said = [b for b in box.walk() if b.kind == "paragraph" and who in _lead(b).lower()]
            if not said:
                message = f"no sentence for a {who}; begin one with “For a {who}:”"
                yield Problem(lesson.path, box.line, "tell", message)
                continue
            count = len(sentences(_after_lead(said[0])))
            if count != 1:
                message = f"{count} sentences for a {who}, 1 wanted"
                yield Problem(lesson.path, said[0].line, "tell", message)
        if of(box) and not _DOUBT.search(" ".join(p.text for p in of(box))):
            message = "no uncertainty; say how sure the sentence is (a range, “about”, “may”)"
            yield Problem(lesson.path, box.line, "tell", message)


def _lead(block: Block) -> str:
    return " ".join(block.text.split()[:6])


def _after_lead(block: Block) -> str:
    """The sentence after a bold lead-in such as `**For a warden.**`."""
    bold = re.match(r"\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*[:.–—-]?\s*", block.raw, re.DOTALL)
    text = " ".join(block.text.split())
    if bold:
        return text[len(" ".join(bold.group(1).split())) :].lstrip(" :.–—-")
    lead, colon, rest = text.partition(":")
    return rest if colon and len(lead.split()) <= 6 else text


def ending(lesson: Lesson) -> Iterator[Problem]:
    """Sources are cited, and a link leads on after the key points."""
    if not lesson.roles(*CITES):
        message = "no source is cited; a fact comes with `{cite:p}`"
        yield Problem(lesson.path, 1, "references", message)
    points = lesson.directives("keypoints")
    last = points[-1].line if points else 0
    after = [b for block in lesson.blocks if block.line > last for b in block.walk()]
    leads = any(b.links or any(r.name in {"doc", "ref"} for r in b.roles) for b in after)
    says = any("next" in b.text.lower() for b in after)
    if not (leads and says):
        message = "no way on after the key points; end with “Next: [title](page.md)”"
        yield Problem(lesson.path, lesson.source.count("\n") + 1, "next", message)


RULES: tuple[Callable[[Lesson], Iterator[Problem]], ...] = (
    front_matter,
    title,
    boxes,
    order,
    predict_first,
    widget,
    exercises,
    tell,
    ending,
)
