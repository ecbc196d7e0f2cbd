"""The pages of the reference: one for each room, and the index by question."""

from __future__ import annotations

import json
import re

from .docstrings import Parts, flat, parse
from .links import checked, taught
from .markdown import Linker, block, blocks, definitions, literal, prose, sentence
from .reading import Class, Function, Module, Option, Room

MADE = "% Made by `python -m flyway_course.reference` from the docstrings of `src/flyway`: do not edit."
# Words that mean the same in every result; a class may say more of its own.
VOCABULARY = {
    "estimate": "the answer",
    "se": "standard error of the estimate",
    "df": "degrees of freedom of the interval",
    "n": "how many values were used",
    "notes": "what to think about before you use the number",
    "method": "the method that was used",
    "model": "the model that was used",
    "family": "how the counts scatter around the mean",
    "loglik": "log likelihood of the fit",
    "converged": "whether the search for the best fit came to an end",
    "dispersion": "scatter relative to Poisson counts (1 = Poisson)",
    "fit": "the fit itself, with its coefficients",
}
METHODS = {
    "interval": "Lower and upper end of the interval.",
    "summary": "The result as a table.",
    "plot": "Draw the result.",
}
SHOWN_TYPES = {
    "pd.DataFrame": "DataFrame",
    "pd.Series": "Series",
    "np.ndarray": "array",
    "tuple[float, float]": "two numbers: lower, upper",
    "Axes": "matplotlib axes",
    "float": "number",
    "int": "whole number",
    "str": "text",
    "bool": "True or False",
}


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
        result = next((c for c in module.classes if c.name in _names(function.returns)), None)
        if result and result.name not in shown:
            shown.add(result.name)
            lines += _class(room, result, index, level)
    for left in module.classes:
        if left.name not in shown:
            lines += _class(room, left, index, level)
    return lines


def _names(annotation: str) -> set[str]:
    return set(re.findall(r"\w+", annotation))


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
    options = [f"    {_option(option)}," for option in function.options]
    call = [f"{function.name}(", *options, ")"] if options else [f"{function.name}()"]
    return ["```python", *lines, *call, "```", ""]


def _option(option: Option) -> str:
    if option.star:
        return option.star + option.name
    return option.name if option.default is None else f"{option.name}={_default(option.default)}"


def _default(written: str) -> str:
    return written.replace("'", '"')


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
    results = [name for name in sorted(_names(function.returns)) if link(name)]
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


def _class(room: Room, result: Class, index: Index, level: int) -> list[str]:
    link = index.linker(room.name, result.name, words=False)
    parts = parse(result.docstring, [name for name, _ in result.attributes])
    returned = any(result.name in _names(f.returns) for m in room.modules for f in m.functions)
    kind = "Error" if result.is_error else "Result" if returned else "Input"
    lines = [
        f"({target(room.name, result.name, True)})=",
        f"{'#' * level} {kind} `{result.name}`",
        "",
    ]
    lines += [prose(parts.purpose, link), "", *blocks(parts.notes, link)]
    items = []
    if kind == "Input":
        names = ", ".join(name for name, _ in result.attributes)
        lines += [f"Make one with `{result.name}({names})`.", ""]
    told = {**parts.parameters, **parts.attributes}
    kinds = dict(result.attributes)
    for names in _together(kinds, told):
        text = told.get(", ".join(names)) or VOCABULARY.get(names[0], "")
        if not text and f"`{names[0]}`" in result.docstring:
            continue  # the sentences above explain it
        items.append((", ".join(f"`.{n}`" for n in names), [_typed(text, kinds[names[0]], link)]))
    for method in result.methods:
        items.append(_method(method, link))
    return lines + definitions(items)


def _together(kinds: dict[str, str], told: dict[str, str]) -> list[list[str]]:
    """Names of attributes in order; those that are explained together stand together."""
    groups = {name: key.split(", ") for key in told for name in key.split(", ")}
    found = []
    for name in kinds:
        group = groups.get(name, [name])
        if group not in found:
            found.append(group)
    return found


def _typed(text: str, annotation: str, link: Linker) -> str:
    kind = SHOWN_TYPES.get(annotation.removesuffix(" | None"), "")
    shown = sentence(prose(text, link)) if text else ""
    shown += "" if not shown or shown.endswith((".", ")")) else "."
    return " ".join(part for part in (shown, f"*({kind})*" if kind else "") if part) or "—"


def _method(method: Function, link: Linker) -> tuple[str, list[str]]:
    parts = parse(method.docstring, [option.name for option in method.options])
    options = ", ".join(_option(option) for option in method.options)
    name = f"`.{method.name}`" if method.is_property else f"`.{method.name}({options})`"
    texts = [prose(parts.purpose, link)]
    texts += [line for line in blocks(parts.notes, link) if line]
    texts += [f"`{names}`: {prose(text, link)}" for names, text in parts.parameters.items()]
    for extra in (parts.returns, parts.errors, parts.misleads):
        texts += [sentence(prose(text, link)) for text in extra]
    return name, texts


def front(description: str) -> list[str]:
    """The head of a page."""
    told = json.dumps(flat(description), ensure_ascii=False)
    return ["---", "myst:", "  html_meta:", f'    "description lang=en": {told}', "---", MADE, ""]
