"""Write one data package: CSV tables, `datapackage.json`, `README.md`; the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flyway_course.compile_data.sources import Source, used

VERSION = "1.0.0"
CREATED = "2026-11-22T00:00:00Z"
AUTHORS = "The authors of Counting Across Borders"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
Row = dict[str, Any]


@dataclass
class Table:
    """One CSV with its schema. `rows` hold text, numbers, True/False or None (an empty cell)."""

    name: str
    title: str
    fields: list[dict[str, Any]]
    rows: list[Row]
    key: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Package:
    """A data package before it is written. `about` is the Markdown of its README."""

    name: str
    title: str
    description: str
    about: str
    tables: list[Table]
    truth: str = "real"
    extra: dict[str, Any] = field(default_factory=dict)


def column(
    name: str,
    type: str,
    description: str,
    *,
    required: bool = False,
    unit: str | None = None,
    **constraints: Any,
) -> dict[str, Any]:
    """Field of a Table Schema. `unit` is our own property; the rest are standard constraints."""
    made: dict[str, Any] = {"name": name, "type": type, "description": description}
    if unit:
        made["unit"] = unit
    if type == "boolean":
        made |= {"trueValues": ["1"], "falseValues": ["0"]}
    limits = ({"required": True} if required else {}) | constraints
    return made | ({"constraints": limits} if limits else {})


def source_keys(description: str = "Keys of the sources of this row, `; ` between them.") -> Row:
    """The column `source`: keys into the table `sources`."""
    made = column("source", "string", description, pattern=r"S\d+(; S\d+)*")
    return made | {"listOf": {"resource": "sources", "field": "key", "separator": "; "}}


def link(fields: str, table: str, target: str) -> dict[str, Any]:
    """Foreign key of a Table Schema."""
    return {"fields": [fields], "reference": {"resource": table, "fields": [target]}}


def sources_table(tables: list[Table], known: dict[str, Source]) -> Table:
    """Table `sources` for a package: the sources that its rows name, in `source` or in a note."""
    cells = []
    for row in (row for table in tables for row in table.rows):
        notes = " ".join(str(row.get(name) or "") for name in ("note", "reason", "confidence_note"))
        cells += [row.get("source") or "", *re.findall(r"\bS\d+\b", notes)]
    fields = [
        column("key", "string", "Key of the source.", required=True, unique=True, pattern=r"S\d+"),
        column("citation", "string", "Full citation.", required=True),
        column("url", "string", "Address where the text was read."),
    ]
    rows = [{"key": s.key, "citation": s.citation, "url": s.url} for s in used(cells, known)]
    return Table("sources", "Where each value was published", fields, rows, key=["key"])


def write_package(package: Package, out: Path) -> None:
    """Write `out/<name>/`. Text is UTF-8 with line feeds, so that the bytes never change."""
    place = out / package.name
    place.mkdir(parents=True, exist_ok=True)
    for table in package.tables:
        save(place / f"{table.name}.csv", to_csv(table))
    described = descriptor(package)
    save(place / "datapackage.json", json.dumps(described, ensure_ascii=False, indent=2) + "\n")
    save(place / "README.md", readme(package, described))


def to_csv(table: Table) -> str:
    """The CSV text of one table."""
    names = [field["name"] for field in table.fields]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row.get(name)) for name in names} for row in table.rows)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def descriptor(package: Package) -> dict[str, Any]:
    """The `datapackage.json` as a dictionary."""
    listed = next((t.rows for t in package.tables if t.name == "sources"), [])
    return {
        "profile": "tabular-data-package",
        "name": package.name,
        "title": package.title,
        "description": package.description,
        "truth": package.truth,
        "version": VERSION,
        "created": CREATED,
        "licenses": [LICENCE],
        "contributors": [{"title": AUTHORS, "role": "wrangler"}],
        "citation": f"{AUTHORS} (2026). {package.title}, version {VERSION} [data set]. CC BY 4.0.",
        "sources": [
            {"title": f"[{row['key']}] {row['citation']}"}
            | ({"path": row["url"]} if row["url"] else {})
            for row in listed
        ],
        **package.extra,
        "resources": [_resource(table) for table in package.tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": table.fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = table.key
    if table.links:
        schema["foreignKeys"] = table.links
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def readme(package: Package, described: dict[str, Any]) -> str:
    """README of the package: what it is, its tables, how it was made, how to cite it."""
    lines = [f"# {package.title}", "", f"**{package.truth.upper()} DATA.** {package.description}"]
    lines += ["", package.about.strip(), "", "## Tables", ""]
    lines += [f"- `{t.name}.csv`: {t.title} ({len(t.rows)} rows)" for t in package.tables]
    lines += ["", "The fields, units and allowed values are in `datapackage.json`."]
    if package.truth == "simulated":
        made = package.extra["simulation"]
        values = ", ".join(f"{name} = {value}" for name, value in made["parameters"].items())
        lines += ["", f"Made by `{made['generator']}` with seed = {made['seed']}, {values}."]
    else:
        count = len(described["sources"])
        lines += ["", f"The {count} sources, with citation and address, are in `sources.csv`."]
    lines += ["", "## Licence", "", licence_text(package)]
    lines += ["", f"Cite as: {described['citation']}", ""]
    return "\n".join(lines)


def licence_text(package: Package) -> str:
    """Sentence on the licence: what is ours, and what stays with the sources."""
    if package.truth == "simulated":
        return "The numbers are made by a program. They are shared under CC BY 4.0."
    return (
        "This compilation (selection, structure, flags, notes) is shared under CC BY 4.0. "
        "The figures are facts published by others: name the source of each value, which stands "
        "in the column `source`, when you use it."
    )


def save(path: Path, text: str) -> None:
    """Write text as UTF-8 with line feeds."""
    path.write_text(text, encoding="utf-8", newline="\n")
