"""The card of a data package, as text and as HTML."""

from __future__ import annotations

from html import escape
from typing import Any


class Card:
    """What one must know before using a data package.

    Shown as text by `print` and as a small table in a notebook. `package` holds the whole
    `datapackage.json`; `rows` the number of rows of each table.
    """

    def __init__(self, package: dict[str, Any], rows: dict[str, int]):
        self.package = package
        self.rows = rows

    @property
    def title(self) -> str:
        """Title of the package."""
        return self.package["title"]

    @property
    def truth(self) -> str:
        """`real` or `simulated`."""
        return self.package["truth"]

    @property
    def licence(self) -> str:
        """Title of the licence."""
        return self.package["licenses"][0]["title"]

    @property
    def cite(self) -> str:
        """How to cite the package."""
        return self.package["citation"]

    def fields(self, table: str | None = None) -> list[dict[str, Any]]:
        """Field descriptions of one table (the first without a name)."""
        resources = {r["name"]: r for r in self.package["resources"]}
        return resources[table or next(iter(resources))]["schema"]["fields"]

    def __repr__(self) -> str:
        """Text card."""
        head = f"{self.title} [{self.truth.upper()} DATA]"
        lines = [head, "=" * len(head), self.package["description"], ""]
        for resource in self.package["resources"]:
            lines.append(f"Table '{resource['name']}': {self.rows[resource['name']]} rows")
            for field in resource["schema"]["fields"]:
                unit = f" [{field['unit']}]" if "unit" in field else ""
                lines.append(f"  {field['name']} ({field['type']}){unit}: {field['description']}")
        lines += ["", f"Licence: {self.licence}", f"Sources: {_sources(self.package)}"]
        return "\n".join([*lines, f"Cite as: {self.cite}"])

    def _repr_html_(self) -> str:
        """HTML card: plain elements with class names, no scripts and no colours of its own."""
        badge = f'<span class="fw-badge fw-{escape(self.truth)}">{escape(self.truth)} data</span>'
        parts = [
            f'<p class="fw-data-title"><strong>{escape(self.title)}</strong> {badge}</p>',
            f"<p>{escape(self.package['description'])}</p>",
            *(self._table(resource) for resource in self.package["resources"]),
            f"<p>Licence: {escape(self.licence)}. Sources: {escape(_sources(self.package))}.</p>",
            f"<p>Cite as: {escape(self.cite)}</p>",
        ]
        return f'<div class="fw-data-card">{"".join(parts)}</div>'

    def _table(self, resource: dict[str, Any]) -> str:
        body = "".join(
            f'<tr><th scope="row"><code>{escape(field["name"])}</code></th>'
            f"<td>{escape(field['type'])}</td><td>{escape(field.get('unit', ''))}</td>"
            f"<td>{escape(field['description'])}</td></tr>"
            for field in resource["schema"]["fields"]
        )
        name = f"<code>{escape(resource['name'])}</code>: {self.rows[resource['name']]} rows"
        head = "".join(f'<th scope="col">{h}</th>' for h in ("Field", "Type", "Unit", "Meaning"))
        return (
            f"<details><summary>{name}. {escape(resource['title'])}</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
        )


def _sources(package: dict[str, Any]) -> str:
    count = len(package["sources"])
    if package["truth"] == "simulated":
        return "none, the numbers are simulated (see 'simulation' in the package)"
    return f"{count} published sources, named value by value in the table 'sources'"
