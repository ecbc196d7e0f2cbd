"""The pages of the rooms: question, functions, what to give, what comes back, what misleads."""

from __future__ import annotations

import json
import re

from .docstrings import Parts, flat, parse
from .links import checked, taught
from .markdown import Linker, block, blocks, definitions, literal, prose, sentence
from .names import Index, option_text, target, words_of
from .reading import Function, Module, Room
from .results import result_section

MADE = "% Made by `python -m flyway_course.reference` from the docstrings of `src/flyway`: do not edit."


def room_page(room: Room, index: Index, level: int = 1) -> list[str]:
    """The sections of one room, with its title at a level of headings."""
    _, *introduction = _paragraphs(room.docstring)
    link = index.linker(room.name)
    head = "#" * level
    lines = [f"(room-{room.name})=", f"{head} {prose(question(room))}", ""]
    lines += [line for text in introduction for line in block(text, link)]
    lines += [f"{head}# Which function of `{room.name}` answers my question?", ""]
    lines += _questions(room)
    for module in room.modules:
        lines += _module(room, module, index, level + 1)
    return lines


def question(room: Room) -> str:
    """The question that a room answers."""
    return flat(_paragraphs(room.docstring)[0])


def _paragraphs(docstring: str) -> list[str]:
    """Question and introduction of a room, without the list of its modules and its examples."""
    return [
        part
        for part in re.split(r"\n\s*\n", docstring)
        if not part.startswith("- `") and not part.startswith(">>>")
    ]


def _questions(room: Room) -> list[str]:
    """What is done by which function; a list of pairs reads better on a phone than a table."""
    pairs = []
    for module in room.modules:
        for function in module.functions:
            place = target(room.name, function.name, False)
            purpose = prose(parse(function.docstring).purpose)
            pairs.append((purpose, [f"[`{function.name}`](#{place})"]))
    return definitions(pairs)


def _module(room: Room, module: Module, index: Index, level: int) -> list[str]:
    head = "#" * level
    lines: list[str] = []
    sources: list[str] = []
    if module.docstring:
        parts = parse(module.docstring)
        link = index.linker(room.name)
        lines += [f"({index.places[module.dotted]})=", f"{head} {prose(parts.purpose)}", ""]
        lines += blocks(parts.notes, link)
        sources = parts.sources
        if sources:
            lines += ["**Source.** " + prose(" ".join(sources), link), ""]
        level += 1
    shown = set()
    for function in module.functions:
        lines += _function(room, module, function, index, level)
        result = next((c for c in module.classes if c.name in words_of(function.returns)), None)
        if result and result.name not in shown:
            shown.add(result.name)
            lines += result_section(room, result, index, level)
    for left in module.classes:
        if left.name not in shown:
            lines += result_section(room, left, index, level)
    return lines


def _function(
    room: Room, module: Module, function: Function, index: Index, level: int
) -> list[str]:
    place = target(room.name, function.name, False)
    link = index.linker(room.name, function.name)
    parts = parse(function.docstring, [option.name for option in function.options])
    lines = [f"({place})=", f"{'#' * level} `{function.name}`", "", prose(parts.purpose, link), ""]
    lines += _call(module.dotted, function)
    lines += _examples(parts)
    lines += blocks(parts.notes, link)
    if parts.parameters:
        lines += ["**You give**", "", *_parameters(function, parts, link)]
    plain = index.linker(room.name, function.name, words=False)
    lines += _returns(function, parts, plain)
    lines += _doubts(parts, link)
    return [*lines, *_where(f"{module.dotted}.{function.name}")]


def _call(dotted: str, function: Function) -> list[str]:
    """How to import and call it, one option a line."""
    lines = [f"from {dotted} import {function.name}", ""]
    options = [f"    {option_text(option)}," for option in function.options]
    call = [f"{function.name}(", *options, ")"] if options else [f"{function.name}()"]
    return ["```python", *lines, *call, "```", ""]


def _parameters(function: Function, parts: Parts, link: Linker) -> list[str]:
    """What to give, in the order of the call."""
    order = [option.name for option in function.options]
    items = []
    for names in sorted(parts.parameters, key=lambda names: order.index(names.split(", ")[0])):
        text = parts.parameters[names]
        shown = ", ".join(f"`{name}`" for name in names.split(", "))
        items.append((shown, [sentence(prose(literal(text), link))]))
    return definitions(items)


def _examples(parts: Parts) -> list[str]:
    """Examples as code to copy; what they show stands behind a hash sign."""
    code = [
        line[4:] if line.startswith((">>> ", "... ")) else f"# {line}"
        for line in "\n".join(parts.examples).split("\n")
        if line
    ]
    return ["For example:", "", "```python", *code, "```", ""] if code else []


def _returns(function: Function, parts: Parts, link: Linker) -> list[str]:
    texts = [re.sub(r"^(?:Returns?|Gives) ", "", text) for text in parts.returns]
    results = [name for name in sorted(words_of(function.returns)) if link(name)]
    if results and not any(f"`{name}`" in text for name in results for text in texts):
        texts = [" or ".join(f"`{name}`" for name in results) + ".", *texts]
    if not texts:
        return []
    # the label runs into the sentence: "You get the axes."
    texts[0] = re.sub(r"^(?:The|An?|One|Shape)\b", lambda word: word[0].lower(), texts[0])
    texts[0] = re.sub(r"^(?=(?:DataFrame|Dictionary)\b)", "a ", texts[0])
    told = [prose(text, link) for text in texts]
    return [f"**You get** {told[0]}", "", *[line for text in told[1:] for line in (text, "")]]


def _doubts(parts: Parts, link: Linker) -> list[str]:
    """Errors, assumptions and limits: each paragraph begins with a word that says which it is."""
    lines = []
    for text in parts.errors:
        told = prose(re.sub(r"^Raises (?=\S)", "", text), link)
        lines += [f"**Stops with** {told}", ""]
    for word, texts in (("Assumes", parts.assumes), ("Misleads", parts.misleads)):
        for text in texts:
            rest = re.sub(rf"^{word}", "", text)
            gap = " " if rest.startswith(" ") else ""
            lines += [f"**{word}**{gap}{prose(rest, link)}", ""]
    return lines


def _where(dotted: str) -> list[str]:
    """Links to the published case and to the lessons."""
    lines = []
    if dotted in checked():
        cases = [f"[{prose(title)}](#{place})" for place, title in checked()[dotted]]
        lines += ["**Checked against** " + "; ".join(cases) + ".", ""]
    room = ".".join(dotted.split(".")[:2])
    short = f"{room}.{dotted.rpartition('.')[2]}"
    lessons = taught().get(dotted) or taught().get(short) or []
    if lessons:
        named = [f"[{prose(title)}](../{page})" for page, title in lessons]
        lines += ["**Taught in** " + "; ".join(named) + "", ""]
    return lines


def front(description: str) -> list[str]:
    """The head of a page."""
    told = json.dumps(flat(description), ensure_ascii=False)
    return ["---", "myst:", "  html_meta:", f'    "description lang=en": {told}', "---", MADE, ""]
