"""The part of a page that explains a result: what it holds and what it can do."""

from __future__ import annotations

from .docstrings import parse
from .markdown import Linker, blocks, definitions, prose, sentence
from .names import Index, option_text, target, words_of
from .reading import Class, Function, Room

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


def result_section(room: Room, result: Class, index: Index, level: int) -> list[str]:
    """The lines that explain one result, input or error."""
    link = index.linker(room.name, result.name, words=False)
    parts = parse(result.docstring, [name for name, _ in result.attributes])
    returned = any(result.name in words_of(f.returns) for m in room.modules for f in m.functions)
    kind = "Error" if result.is_error else "Result" if returned else "Input"
    lines = [
        f"({target(room.name, result.name, True)})=",
        f"{'#' * level} {kind} `{result.name}`",
        "",
    ]
    lines += [prose(parts.purpose, link), "", *blocks(parts.notes, link)]
    items = []
    if kind == "Input":
        names = ", ".join(name for name, _ in result.attributes if name not in result.hidden)
        lines += [f"Make one with `{result.name}({names})`.", ""]
    told = {**parts.parameters, **parts.attributes}
    kinds = dict(result.attributes)
    for names in _together(kinds, told):
        text = told.get(", ".join(names)) or VOCABULARY.get(names[0], "")
        if not told.get(", ".join(names)) and names[0] in result.hidden:
            continue
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
    options = ", ".join(option_text(option) for option in method.options)
    name = f"`.{method.name}`" if method.is_property else f"`.{method.name}({options})`"
    texts = [prose(parts.purpose, link)]
    texts += [line for line in blocks(parts.notes, link) if line]
    texts += [f"`{names}`: {prose(text, link)}" for names, text in parts.parameters.items()]
    for extra in (parts.returns, parts.errors, parts.misleads):
        texts += [sentence(prose(text, link)) for text in extra]
    return name, texts
