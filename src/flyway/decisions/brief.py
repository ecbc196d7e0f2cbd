"""How do we tell a ministry? A two-page policy brief from findings, figures and sources.

`write_brief` sets findings (numbers with interval, unit, source and confidence), a few paragraphs
and figures into one page layout, as HTML for print and as Markdown. The same input gives the same
brief, byte for byte: nothing is read from the clock.

It refuses numbers that nobody can check: in the text a number is written as {key}, the name of a
finding; typed digits are refused, except years and named terms ("1 % criterion").
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from flyway.decisions.findings import CONFIDENCE, Finding, read_findings, typed_numbers
from flyway.decisions.page import write_html, write_markdown

WORDS, PICTURE_WORDS = 850, 170  # two printed A4 pages hold this much; a figure costs as much space
NAMES = ("1 % criterion", "1% criterion")


@dataclass(frozen=True)
class Brief:
    """A finished brief: `.html` (for screen and print), `.markdown`, and the findings behind it.

    title, words : the title, and how many words the brief has.
    """

    title: str
    html: str = field(repr=False)
    markdown: str = field(repr=False)
    findings: pd.DataFrame = field(repr=False)
    words: int

    def summary(self) -> pd.DataFrame:
        """Return the findings: key, claim, estimate, lower, upper, unit, source, confidence."""
        return self.findings

    def save(self, path: str | Path) -> Path:
        """Write the brief to a file that ends in .html or .md, and return its path."""
        path = Path(path)
        texts = {".html": self.html, ".md": self.markdown}
        if path.suffix not in texts:
            raise ValueError(f"{path.name} ends in {path.suffix!r}: choose .html or .md")
        path.write_text(texts[path.suffix], encoding="utf-8", newline="\n")
        return path

    def link(self, name: str = "brief.html") -> BriefLink:
        """Give a link to save the brief from a page or notebook; it needs no network.

        name : name of the file, which ends in .html.

        Errors: ValueError for another ending.
        """
        if not name.endswith(".html"):
            raise ValueError(f"{name} does not end in .html: give a name such as 'brief.html'")
        return BriefLink(self.title, name, self.html)

    def _repr_html_(self) -> str:
        # in a notebook the whole page would bring its own style sheet: keep it apart in a frame
        page = html.escape(self.html, quote=True)
        return f'<iframe title="{html.escape(self.title)}" srcdoc="{page}" width="100%" height="900"></iframe>'


@dataclass(frozen=True)
class BriefLink:
    """A link that saves a brief: the whole page is inside the link.

    title, name : the title of the brief, and the name of the file.
    """

    title: str
    name: str
    page: str = field(repr=False)

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.page.encode()).decode("ascii")
        title, name = html.escape(self.title), html.escape(self.name)
        return (
            f'<p><a class="fw-save" download="{name}" href="data:text/html;charset=utf-8;base64,{data}">'
            f"Save the brief: {title}</a></p>"
        )


def write_brief(
    title: str,
    findings: pd.DataFrame,
    *,
    message: str,
    sections: Mapping[str, str | Iterable[str]],
    recommendations: Iterable[str],
    sources: Mapping[str, str],
    figures: Iterable[tuple] = (),
    authors: str = "",
    date: str = "",
    names: Iterable[str] = (),
    language: str = "en",
) -> Brief:
    """Write a two-page policy brief in which every number carries its uncertainty and source.

    Parameters
    ----------
    title, message : the question or answer in one line; what the reader must remember, in one or two
        sentences. {key} puts a finding's number with its interval in the text.
    findings : one row per number, see `flyway.decisions.findings.read_findings`.
    sections : heading -> paragraph(s), such as "Why it matters", "What we do not know".
    recommendations : who should do what, one sentence each.
    sources : key -> full reference; every `source` of a finding must be one of the keys.
    figures : (figure, alt, caption) each; a matplotlib figure or axes, or PNG bytes.
    date, authors : printed as given. names : further terms with digits that are no findings, such
        as "SDG 15". language : code of the language, for screen readers.

    Errors: ValueError for a number without interval, unit, source or confidence; a {key} that is no
    finding; digits typed in the text; a source that is not listed; more text than two pages hold.
    Misleads when what is left out matters: a brief with only the firm findings sounds surer than the
    evidence is. Name what is unresolved.
    """
    found = read_findings(findings)
    names = (*NAMES, *names)
    for f in found:
        if f.source not in sources:
            raise ValueError(
                f"finding {f.key!r} cites {f.source!r}, which is not in sources: add it"
            )
    order = {key: i for i, key in enumerate(dict.fromkeys(f.source for f in found), start=1)}
    extra = [k for k in sources if k not in order]
    order |= {k: i for i, k in enumerate(extra, start=len(order) + 1)}
    by_key = {f.key: f for f in found}

    def text(value: str, where: str) -> str:
        return _fill(value, where, by_key, order, names)

    parts = {
        "title": text(title, "title"),
        "message": text(message, "message"),
        "sections": {
            text(head, "heading"): [
                text(p, f"section {head!r}") for p in ([body] if isinstance(body, str) else body)
            ]
            for head, body in sections.items()
        },
        "recommendations": [text(r, "recommendation") for r in recommendations],
        "authors": authors,
        "date": date,
    }
    if not parts["recommendations"]:
        raise ValueError("there is no recommendation: say who should do what")
    pictures = [_picture(*figure, text=text) for figure in figures]
    words = _count(parts, found, sources)
    room = WORDS - PICTURE_WORDS * len(pictures)
    if words > room:
        raise ValueError(
            f"the brief has {words} words; with {len(pictures)} figure(s) two pages hold {room}: "
            f"cut {words - room} words, or a figure"
        )
    references = [(order[k], sources[k]) for k in sorted(order, key=order.get)]
    page = write_html(parts, found, order, references, pictures, CONFIDENCE, language)
    plain = write_markdown(parts, found, order, references, pictures, CONFIDENCE)
    table = findings[[*Finding.__dataclass_fields__]].reset_index(drop=True)
    return Brief(re.sub(r"\s+", " ", parts["title"]), page, plain, table, words)


def _fill(value: str, where: str, findings: Mapping, order: Mapping, names: Iterable[str]) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"the {where} is empty: write it, or leave it out")
    value = " ".join(value.split())
    keys = re.findall(r"\{(.*?)\}", value)
    for key in keys:
        if key not in findings:
            raise ValueError(
                f"the {where} names {{{key}}}, which is no finding: the keys are "
                f"{', '.join(findings)}"
            )
    typed = typed_numbers(re.sub(r"\{.*?\}", "", value), names)
    if typed:
        raise ValueError(
            f"the {where} holds the number {typed[0]!r}: put it in the table of findings, with "
            f"interval and source, and write {{key}} here (a term that is no number goes in names)"
        )
    for key in set(keys):
        f = findings[key]
        value = value.replace(f"{{{key}}}", f"{f.number} ({f.doubt}) [{order[f.source]}]")
    return value


def _picture(figure: object, alt: str, caption: str, *, text: object) -> tuple[str, str, str]:
    from flyway.plots.figure import check_alt, figure_of
    from flyway.plots.png import save_png

    data = figure if isinstance(figure, bytes) else getattr(figure, "png", None)
    if data is None:
        data = save_png(figure_of(figure))
    if not data.startswith(b"\x89PNG"):
        raise ValueError("a figure is bytes but no PNG: give the matplotlib figure, or PNG bytes")
    uri = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
    return uri, check_alt(alt, "a figure of the brief"), text(caption, "caption")


def _count(parts: dict, findings: list[Finding], sources: Mapping) -> int:
    texts = [parts["title"], parts["message"], *parts["recommendations"], *sources.values()]
    texts += [f.sentence + " " + f.confidence for f in findings]
    for head, paragraphs in parts["sections"].items():
        texts += [head, *paragraphs]
    return sum(len(t.split()) for t in texts)
