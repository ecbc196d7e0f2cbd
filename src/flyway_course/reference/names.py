"""Every public name of the reference, with the place where it is explained."""

from __future__ import annotations

import re

from .markdown import Linker
from .reading import Class, Option, Room


def target(room: str, name: str, is_class: bool) -> str:
    """The anchor of a function or class. Function and class often differ in one capital only."""
    return f"{room}-result-{name.lower()}" if is_class else f"{room}-{name.replace('_', '-')}"


class Index:
    """Every public name of the reference with its anchor."""

    def __init__(self, rooms: list[Room]):
        self.places: dict[str, str] = {}
        self.by_room: dict[str, dict[str, str]] = {}
        for room in rooms:
            names = self.by_room.setdefault(room.name, {})
            for dotted, item in room.public().items():
                place = target(room.name, item.name, isinstance(item, Class))
                self.places[dotted] = names[item.name] = place
            for module in room.modules:
                if module.docstring:
                    self.places[module.dotted] = (
                        f"{room.name}-module-{module.dotted.split('.')[-1]}"
                    )

    def linker(self, room: str, own: str = "", *, words: bool = True) -> Linker:
        """Links for names in the prose of a room; `own` is the name that is being explained.

        Without `words`, names that are plain words are not linked: in what comes back, `flock` is
        a column and not the function of that name.
        """

        def link(name: str) -> str | None:
            name = name.removesuffix("()")
            if name == own or (not words and name.isalpha() and name.islower()):
                return None
            return self.places.get(name) or self.by_room[room].get(name)

        return link


def words_of(annotation: str) -> set[str]:
    """The names in a type, such as `Trend` and `None` in `Trend | None`."""
    return set(re.findall(r"\w+", annotation))


def option_text(option: Option) -> str:
    """An option as it stands in a call: `level=0.95`."""
    if option.star:
        return option.star + option.name
    return option.name if option.default is None else f"{option.name}={written(option.default)}"


def written(default: str) -> str:
    """A default with the quotation marks that the course uses."""
    return default.replace("'", '"')
