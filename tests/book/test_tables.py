"""Tables of a page: where words and numbers stand, what a table is called, when it becomes a list."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from flyway_course.sphinx_ext.tables import tables

SITES = pd.DataFrame(
    {
        "site": ["Izumi", "Suncheon Bay"],
        "count": [11548, 7601],
        "change": ["+3.6 %", "−1 %"],
        "why": ["fed", "a long reason that fills more than one line of a phone, and then a second and a third"],
    }
)  # fmt: skip
PLAN = """<table><thead><tr><th>Minutes</th><th>What happens</th><th>Listen for</th></tr></thead><tbody>
<tr><td>0–5</td><td>Read the story aloud, in turns, and then ask.</td><td>Names of places that people know well.</td></tr>
<tr><td>5–9</td><td>One sentence.</td><td></td></tr></tbody></table>"""


def mended(table: str) -> BeautifulSoup:
    soup = BeautifulSoup(f"<article>{table}</article>", "html.parser")
    tables(soup)
    once = str(soup)
    tables(soup)
    assert str(soup) == once, "a second mend changes nothing"
    return soup


def column(soup, at):
    return {
        kind
        for row in soup.find_all("tr")
        for kind in row.find_all(["td", "th"])[at].get("class", [])
    }


def test_words_stand_at_the_left_and_numbers_at_the_right():
    soup = mended(SITES.to_html())
    assert [column(soup, at) for at in range(5)] == [set(), {"fw-word"}, set(), set(), {"fw-text"}]


def test_a_box_has_a_name_and_a_stop_for_the_keyboard():
    box = mended(SITES.to_html()).find(class_="fw-scroll")
    assert box["aria-label"] == "Table of site, count, change, why"
    assert (box["role"], box["tabindex"]) == ("group", "0")
    captioned = mended("<table><caption>All  sites #</caption><tr><td>1</td></tr></table>")
    assert captioned.find(class_="fw-scroll")["aria-label"].startswith("Table: All sites")
    many = pd.DataFrame([range(6)], columns=list("abcdef"))
    assert (
        mended(many.to_html()).find(class_="fw-scroll")["aria-label"]
        == "Table of a, b, c, d and 2 more"
    )


@pytest.mark.parametrize(
    "table",
    [
        SITES.to_html(),  # shows code's own result: it stays a table
        PLAN.replace("Names of places that people know well.", "Names."),
        PLAN.replace("<td></td>", ""),
        "<table><tr><td>no head</td></tr></table>",
    ],
)
def test_other_tables_stay_tables_on_a_phone(table):
    assert "fw-stack" not in str(mended(table))


def test_a_table_of_sentences_becomes_a_list_on_a_phone():
    soup = mended(PLAN)
    table = soup.find("table")
    assert table["class"] == ["fw-stack"] and table["role"] == "table"
    assert [cell.get("data-head") for cell in soup.select("tbody td")] == [
        None, "What happens", "Listen for", None, "What happens", None,
    ]  # fmt: skip
    assert {cell["role"] for cell in soup.select("thead th")} == {"columnheader"}
