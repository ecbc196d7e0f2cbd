"""The generated pages of the book: `datasets.md`, `glossary.md`, `references.md`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from flyway_course.compile_data.glossary import LANGUAGES

MADE = "% Made by `python -m flyway_course.compile_data`: do not edit."


def _front(description: str) -> list[str]:
    meta = json.dumps(description, ensure_ascii=False)
    return ["---", "myst:", "  html_meta:", f'    "description lang=en": {meta}', "---", MADE, ""]


def datasets_page(datasets: Path) -> str:
    """Page with one section per package: badge, tables, fields, licence, provenance, downloads."""
    lines = _front(
        "The data packages of the course: fields, units, licence, sources and downloads."
    )
    lines += [
        "# Where do the numbers come from?",
        "",
        "Each table of the course belongs to a *data package*: a folder with CSV files, a description "
        "of each field and a source for each value.",
        "**Real** data were counted by people and published. **Simulated** data are made by a program, "
        "so that we know the truth.",
        "",
        "```python",
        "from flyway import datasets",
        "",
        "datasets.available()",
        'datasets.describe("bfs_census")',
        'census = datasets.load("bfs_census")',
        'regions = datasets.load("bfs_census", "regions")',
        "```",
        "",
        "`available` lists the packages. `describe` shows the card of one: its fields, units and sources. "
        "`load` gives you its first table, or the one that you name.",
        "",
        "Some tables keep several published values for one count. `load` gives you the preferred one. "
        'To see all of them, write `datasets.load("bfs_census", all_values=True)`.',
        "A blank cell means that nobody knows or nobody counted. It never means zero.",
        "",
    ]
    found = sorted(datasets.glob("*/datapackage.json"))
    packages = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    for package in sorted(packages, key=lambda p: (p["truth"], p["name"])):
        lines += _section(package, datasets / package["name"])
    return "\n".join(lines)


def _section(package: dict[str, Any], place: Path) -> list[str]:
    name, truth = package["name"], package["truth"]
    lines = [f"({name})=", f"## {package['title']}", ""]
    lines += [f'<span class="fw-badge fw-{truth}">{truth} data</span> `{name}`', ""]
    lines += [package["description"], ""]
    readme = (place / "README.md").read_text(encoding="utf-8")
    about, _, rest = readme.split("\n\n", 2)[2].partition("\n## Tables\n")
    lines += [about.strip(), ""] if truth == "real" else _simulation(package)
    for resource in package["resources"]:
        lines += _table(name, resource, place)
    licence = rest.split("## Licence\n\n")[1].split("\n\n")[0]
    lines += [f"**Licence.** {licence}", "", f"**Cite as.** {package['citation']}", ""]
    path = f"../datasets/{name}"
    described = f"{{download}}`datapackage.json <{path}/datapackage.json>`"
    return [*lines, f"**Description for machines.** {described}", ""]


def _simulation(package: dict[str, Any]) -> list[str]:
    made = package["simulation"]
    values = ", ".join(f"`{k}` = {v}" for k, v in made["parameters"].items())
    return [
        f"Made by `{made['generator']}` with `seed` = {made['seed']} and the true parameters {values}.",
        "A test makes the tables again from these values and compares them byte by byte.",
        "",
    ]


def _table(name: str, resource: dict[str, Any], place: Path) -> list[str]:
    with (place / resource["path"]).open(encoding="utf-8", newline="") as handle:
        rows = sum(1 for _ in csv.reader(handle)) - 1
    link = f"{{download}}`{resource['path']} <../datasets/{name}/{resource['path']}>`"
    lines = [
        f"### Table `{resource['name']}` of `{name}`",
        "",
        f"{resource['title']}. {rows} rows. {link}",
        "",
        f"<details><summary>Fields of the table <code>{resource['name']}</code></summary>",
        "",
        "| Field | Type | Unit | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    for field in resource["schema"]["fields"]:
        meaning = field["description"].replace("|", "\\|")
        lines.append(
            f"| `{field['name']}` | {field['type']} | {field.get('unit', '')} | {meaning} |"
        )
    return [*lines, "", "</details>", ""]


def glossary_page(datasets: Path) -> str:
    """Page with a Sphinx glossary: English term, definition, six more language forms."""
    with (datasets / "field_glossary" / "terms.csv").open(encoding="utf-8", newline="") as handle:
        rows = sorted(csv.DictReader(handle), key=lambda row: row["term"].lower())
    lines = _front(
        "Field terms in plain English, Chinese, Japanese, Korean, Mongolian and Russian."
    )
    lines += [
        "# What do you call it?",
        "",
        "Seventy words of the trade, in plain English and in the languages of the flyway.",
        'A form under "seen in a source" was read in a text that uses it. '
        'A form under "needs-check" has not been read by a native speaker yet: '
        "if you are one, tell us what you would say.",
        "",
        "```{glossary}",
    ]
    for row in rows:
        lines += [row["term"], *[t for t in row["other_terms"].split("; ") if t]]
        lines += [f"  {row['definition_en']}", ""]
        lines += [f"  {part}\n" for part in _forms(row)]
    return "\n".join([*lines, "```", ""])


def _forms(row: dict[str, str]) -> list[str]:
    """Lines of language forms, one line per mark of confidence."""
    heads = {
        "confirmed": "Seen in a source",
        "partly": "Seen in part, needs-check",
        "needs-check": "Needs-check",
    }
    parts = []
    for mark, head in heads.items():
        forms = [
            f'<span lang="{tag}">{name}: {row[code]}</span>'
            for code, (tag, _, name) in LANGUAGES.items()
            if row[f"{code}_confidence"] == mark
        ]
        if forms:
            parts.append(f"*{head}:* {' · '.join(forms)}")
    return parts


def references_page() -> str:
    """Page with the bibliography."""
    lines = _front("The sources of the facts, the data and the methods of the course.")
    lines += [
        "# Who says so?",
        "",
        "Sources of facts and data have a key such as `S19`; "
        "the same keys stand in the column `source` of the data packages.",
        "",
        "```{bibliography}",
        ":style: keyed",
        ":all:",
        "```",
        "",
    ]
    return "\n".join(lines)
