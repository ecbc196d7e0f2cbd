"""`:::{data} dataset_id`: meet the data before using it. The facts come from the data package."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.paths import DATASETS
from flyway_course.sphinx_ext.element import element, make, text, translate

BADGES = {"real": translate("real data"), "simulated": translate("simulated data")}


def badge(truth: str) -> element:
    """Make the badge that tells counted birds from invented ones."""
    return text(str(BADGES[truth]), "span", ["fw-badge", f"fw-{truth}"])


def package(dataset: str) -> tuple[dict[str, Any], Path]:
    """Give a data package and its folder. Raises `flyway.datasets.DatasetError` if unknown."""
    place = DATASETS / dataset
    if not (place / "datapackage.json").is_file():
        from flyway import datasets  # loads pandas, so only where it has something to say

        place = datasets.folder(dataset)
    return json.loads((place / "datapackage.json").read_text(encoding="utf-8")), place


def rows(path: Path) -> int:
    """Count the rows of a CSV table, without its head."""
    with path.open(encoding="utf-8", newline="") as file:
        return max(0, sum(1 for _ in csv.reader(file)) - 1)


class Data(SphinxDirective):
    """The directive."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the box as one element."""
        name = self.arguments[0]
        try:
            described, place = package(name)
        except Exception as error:
            raise self.error(f"data {name}: {error}") from error
        self.env.note_dependency(str(place / "datapackage.json"))
        head = make("p", classes=["fw-box-title"])
        head += text(translate("Data"), "span", ["fw-kind"])
        head += [nodes.Text(" "), text(described["title"], "span", ["fw-title"]), nodes.Text(" ")]
        head += badge(described["truth"])
        box = make("div", head, classes=["fw-box", "fw-data"])
        self.state.nested_parse(self.content, self.content_offset, box)
        box += _facts(described, place)
        return [box]


def _facts(described: dict[str, Any], place: Path) -> element:
    tables = [
        f"{resource.get('title', resource['name'])} ({rows(place / resource['path'])} "
        f"{translate('rows')})"
        for resource in described["resources"]
        if resource["name"] != "sources"
    ]
    units = dict.fromkeys(
        field["unit"]
        for resource in described["resources"]
        for field in resource["schema"]["fields"]
        if field.get("unit") and field["unit"] != "year"
    )
    if described["truth"] == "simulated":
        who = translate("Nobody: a computer made these numbers, so the truth is known.")
    else:
        sources = len(described.get("sources", []))
        who = f"{sources} {translate('published sources, named value by value in the table.')}"
    facts = {
        translate("Tables"): "; ".join(tables),
        translate("Who counted"): who,
        translate("Units"): ", ".join(units),
        translate("Licence"): described["licenses"][0]["title"],
    }
    listed = make("dl", classes=["fw-facts"])
    for name, value in facts.items():
        if value:
            listed += make("div", text(name, "dt"), text(value, "dd"))
    return listed


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("data", Data)
