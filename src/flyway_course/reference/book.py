"""Which page holds which rooms, and the index by the seven questions of the course."""

from __future__ import annotations

from .docstrings import parse
from .markdown import definitions, prose
from .names import Index, target
from .pages import front, question, room_page
from .reading import Module, Room, read_room

ROOMS = (
    "datasets",
    "simulate",
    "survey",
    "detection",
    "counts",
    "demography",
    "impact",
    "connectivity",
    "people",
    "decisions",
)
SERVING = ("plots", "maps", "widgets", "checks")
# The seven questions of the course, with the modules (or whole rooms) that answer them.
QUESTIONS = {
    "What lives where, and who counts it?": ("datasets", "maps"),
    "How do we count?": (
        "survey.power",
        "survey.allocation",
        "survey.stratified",
        "survey.selection",
        "survey.daylight",
        "survey.form",
        "detection.observer",
        "detection.calibration",
    ),
    "Can we trust the data?": ("survey",),
    "How many birds did we miss?": ("detection", "counts.population"),
    "Is the population changing?": ("counts", "demography"),
    "Did this farm, line or turbine change it?": ("impact",),
    "What should six countries do together?": ("connectivity", "people", "decisions"),
    "And to practise, draw and explain": ("simulate", "plots", "widgets", "checks"),
}
INTRODUCTION = """# Which function answers my question?

The course is taught with a Python package, `flyway`. You can use the same functions on your own counts.
The package has rooms, one for each kind of question, and each room has a page. Find your question below
and follow the function to its page. There you read what your table must look like, what comes back, and
when the answer misleads.

- A table goes in: one row for each count, with columns that you name in the call.
- A result comes out. Its `summary()` is a table. Most results also have an `interval()` and a `plot()`.
- Four words mean the same everywhere: `estimate`, `se` (standard error), `lower` and `upper`.
- A blank is never a zero. A wrong value stops the function, and the message names column, row and mend.

"""


def pages() -> dict[str, str]:
    """The name and text of every page."""
    rooms = {name: read_room(name) for name in (*ROOMS, *SERVING)}
    index = Index(list(rooms.values()))
    made = {"index.md": _index(rooms, index)}
    for name in ROOMS:
        lines = front(_description([rooms[name]]))
        made[f"{name}.md"] = _text(lines + room_page(rooms[name], index))
    lines = front(_description([rooms[name] for name in SERVING]))
    lines += ["(room-pictures)=", "# How do I draw, map and try things out?", ""]
    lines += [
        "Four rooms serve all others: `plots` draws, `maps` shows places, `widgets` moves, and `checks` "
        "answers in the lessons.",
        "",
    ]
    for name in SERVING:
        lines += room_page(rooms[name], index, level=2)
    made["pictures.md"] = _text(lines)
    return made


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _description(rooms: list[Room]) -> str:
    told = " ".join(question(room) for room in rooms)
    return f"{told} The functions of flyway that answer this: tables, results, limits, sources."


def _index(rooms: dict[str, Room], index: Index) -> str:
    lines = front(
        "The seven questions of the course, and the functions of flyway that answer them."
    )
    lines += INTRODUCTION.split("\n")
    named = {place for places in QUESTIONS.values() for place in places}
    for asked, places in QUESTIONS.items():
        pairs = []
        inside = dict.fromkeys(place.partition(".")[0] for place in places)
        for place in places:
            room = rooms[place.partition(".")[0]]
            for module in room.modules:
                short = module.dotted.removeprefix("flyway.")
                if short == place or (place == room.name and short not in named - {place}):
                    pairs += _pair(room, module)
        whole = [f"[`{name}`](#room-{name})" for name in inside]
        lines += [f"## {asked}", "", *definitions(pairs)]
        lines += [f"Read more in {_together(whole)}.", ""]
    return _text(lines)


def _pair(room: Room, module: Module) -> list[tuple[str, list[str]]]:
    """A module's question and its functions."""
    asked = parse(module.docstring).purpose if module.docstring else question(room)
    links = [
        f"[`{function.name}`](#{target(room.name, function.name, False)})"
        for function in module.functions
    ]
    return [(prose(asked), [", ".join(links)])] if links else []


def _together(names: list[str]) -> str:
    """Names in a row: `a`, `b` and `c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
