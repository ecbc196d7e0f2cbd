"""Tables of a page: heads that say what they head, words to the left, and a box that scrolls."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

LONG_CELL, PARAGRAPH = 28, 80  # letters
NAMED_COLUMNS = 4
STACKED_FROM = 3  # columns
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
ROLES["th"] = "rowheader"
NUMBER = re.compile(
    r"[-−+]?\d[\d,.\s]*(e[-+]?\d+)?\s*%?|nan|NaN|NaT|<NA>|None|-?inf|\.\.\.|…|", re.I
)
"""A cell that stays to the right; anything else is a word."""


def tables(soup: BeautifulSoup) -> None:
    """Scope the heads of tables, drop empty ones, and let wide tables scroll inside themselves."""
    for table in soup.find_all("table"):
        if table.find_parent("article") is None:
            continue
        _styles_to_classes(table)
        _into_body(table)
        if "dataframe" in (table.get("class") or []):
            _words_to_the_left(table)
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True):
                cell.name = "td"
                cell.attrs.pop("scope", None)
            elif "scope" not in cell.attrs:
                cell["scope"] = "col" if cell.find_parent("thead") else "row"
        if "dataframe" not in (table.get("class") or []):
            _ready_to_stack(table)
        _into_box(soup, table)


def _styles_to_classes(table: Tag) -> None:
    """Drop what HTML no longer knows; alignment becomes a class."""
    for name in ("border", "valign", "align"):
        table.attrs.pop(name, None)
    for part in table.find_all(["tr", "td", "th", "col"]):
        for name in ("valign", "align"):
            part.attrs.pop(name, None)
        style = part.get("style", "").replace(" ", "").rstrip(";")
        if style.startswith("text-align:"):
            del part["style"]
            part["class"] = [*part.get("class", []), "fw-" + style.split(":")[1]]


def _into_body(table: Tag) -> None:
    """Put rows that lie loose in the table into a body."""
    loose = table.find_all("tr", recursive=False)
    if loose:
        body = loose[0].insert_before(BeautifulSoup("", "html.parser").new_tag("tbody"))[0]
        for row in loose:
            body.append(row)


def _words_to_the_left(table: Tag) -> None:
    """Mark the columns of words: numbers stand in line at the right, sentences may wrap."""
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    if any(cell.has_attr("rowspan") or cell.has_attr("colspan") for row in rows for cell in row):
        return  # cells no longer stand below their heads
    body = table.find("tbody")
    below = {id(cell) for cell in body.find_all(["td", "th"])} if body else set()
    for number in range(max(map(len, rows), default=0)):
        column = [row[number] for row in rows if number < len(row)]
        texts = [cell.get_text(" ", strip=True) for cell in column if id(cell) in below]
        if all(NUMBER.fullmatch(text) for text in texts):
            continue
        longest = max(map(len, texts))
        kind = (
            "fw-text" if longest > PARAGRAPH else "fw-words" if longest > LONG_CELL else "fw-word"
        )
        for cell in column:
            if kind not in (cell.get("class") or []):
                cell["class"] = [*(cell.get("class") or []), kind]


def _ready_to_stack(table: Tag) -> None:
    """Let a table of sentences become a list on a phone: each cell learns the name of its column.

    Two columns of sentences beside a third would leave a phone one word to the line.
    """
    heads = [cell.get_text(" ", strip=True) for cell in table.select("thead th, thead td")]
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.select("tbody tr")]
    if len(heads) < STACKED_FROM or any(len(row) != len(heads) for row in rows):
        return
    longest = [
        max((len(row[at].get_text()) for row in rows), default=0) for at in range(len(heads))
    ]
    if sum(letters > LONG_CELL for letters in longest) < STACKED_FROM - 1:
        return
    if "fw-stack" not in (table.get("class") or []):
        table["class"] = [*(table.get("class") or []), "fw-stack"]
    for part in (table, *table.find_all(list(ROLES))):  # drawn as blocks, some browsers forget them
        part["role"] = "columnheader" if part.get("scope") == "col" else ROLES[part.name]
    for row in rows:
        for head, cell in zip(heads[1:], row[1:], strict=True):
            if cell.get_text(strip=True):
                cell["data-head"] = head


def _into_box(soup: BeautifulSoup, table: Tag) -> None:
    """Put the table into a box that scrolls, that the keyboard reaches, and that has a name.

    The box is a group and no region: with twenty tables on a page, the landmarks of the page would
    drown in those of its tables.
    """
    box = table.parent
    kinds = box.get("class") or []
    if "pst-scrollable-table-container" in kinds:
        box["class"] = ["fw-scroll"]
    elif "fw-scroll" not in kinds:
        box = table.wrap(soup.new_tag("div", attrs={"class": "fw-scroll"}))
    box["role"], box["tabindex"], box["aria-label"] = "group", "0", _name(table)


def _name(table: Tag) -> str:
    """Name a table by its caption, else by its first columns."""
    caption = table.find("caption")
    words = " ".join(caption.get_text().split()).rstrip("#") if caption else ""
    if words:
        return f"Table: {words}"
    heads = [cell.get_text(" ", strip=True) for cell in table.select("thead th[scope=col]")]
    heads = list(dict.fromkeys(head for head in heads if head))
    if not heads:
        return "Table"
    more = len(heads) - NAMED_COLUMNS
    return f"Table of {', '.join(heads[:NAMED_COLUMNS])}" + (
        f" and {more} more" if more > 0 else ""
    )
