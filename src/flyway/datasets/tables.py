"""Read the CSV tables of a data package and check them against their Table Schema.

Only the standard library and pandas are used, so that it works in the browser too. The tests run
the `frictionless` library over the same packages.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

Resource = dict[str, Any]
Rows = list[dict[str, str]]


class DatasetError(ValueError):
    """A data package is unknown, or one of its files breaks the schema."""


def read(place: Path, resource: Resource) -> Rows:
    """Rows of one CSV as text, one dictionary per row.

    Raises DatasetError when the file is missing, is not UTF-8, or its columns are not the schema's.
    """
    path = place / resource["path"]
    if not path.is_file():
        raise DatasetError(f"The file '{resource['path']}' is missing from '{place.name}'.")
    wanted = [field["name"] for field in resource["schema"]["fields"]]
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            header, *body = list(csv.reader(handle)) or [[]]
    except UnicodeDecodeError as error:
        raise DatasetError(f"{resource['path']} is not saved as UTF-8: {error}.") from None
    if header != wanted:
        raise DatasetError(_columns(resource["path"], header, wanted))
    for number, cells in enumerate(body, start=2):
        if len(cells) != len(wanted):
            raise DatasetError(
                f"{resource['path']}, row {number}: {len(cells)} cells, but the table has "
                f"{len(wanted)} columns. Look for a comma too many, or a missing quotation mark."
            )
    return [dict(zip(wanted, cells, strict=True)) for cells in body]


def _columns(path: str, header: list[str], wanted: list[str]) -> str:
    missing = [name for name in wanted if name not in header]
    extra = [name for name in header if name not in wanted]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not in the schema: {', '.join(extra)}"] if extra else []
    return f"{path}, row 1: the columns differ from the schema ({'; '.join(parts) or 'order'})."


def typed(resource: Resource, rows: Rows) -> pd.DataFrame:
    """Data frame with the types of the schema. `rows` must have passed `check_table`."""
    columns = {}
    for field in resource["schema"]["fields"]:
        cells = [row[field["name"]] for row in rows]
        columns[field["name"]] = _column(field, cells)
    return pd.DataFrame(columns)


def _column(field: dict[str, Any], cells: list[str]) -> pd.Series:
    convert = _CONVERT[field["type"]]
    values = [None if cell == "" else convert(cell, field) for cell in cells]
    required = field.get("constraints", {}).get("required", False)
    dtypes = {
        "integer": "int64" if required else "Int64",
        "number": "float64",
        "boolean": "bool" if required else "boolean",
        "date": "datetime64[ns]",
    }
    return pd.Series(values, dtype=dtypes.get(field["type"]))


def check_table(resource: Resource, rows: Rows) -> list[str]:
    """Problems of one table: types, constraints, primary key. Empty list when it is sound."""
    schema, path = resource["schema"], resource["path"]
    problems = []
    for field in schema["fields"]:
        seen: set[str] = set()
        for number, row in enumerate(rows, start=2):
            fault = _fault(row[field["name"]], field, seen)
            if fault:
                problems.append(f"{path}, row {number}, column '{field['name']}': {fault}")
    key = schema.get("primaryKey", [])
    if key:
        problems += _repeated(path, key, rows)
    return problems


def _fault(cell: str, field: dict[str, Any], seen: set[str]) -> str | None:
    """What is wrong with one cell, in words; None when nothing is."""
    limits = field.get("constraints", {})
    if cell == "":
        return "is empty, but a value is required." if limits.get("required") else None
    try:
        value = _CONVERT[field["type"]](cell, field)
    except (ValueError, KeyError):
        return f"'{cell}' is not {_WORDS[field['type']]}."
    if "minimum" in limits and value < limits["minimum"]:
        return f"{cell} is below the minimum of {limits['minimum']}."
    if "maximum" in limits and value > limits["maximum"]:
        return f"{cell} is above the maximum of {limits['maximum']}."
    if "enum" in limits and value not in limits["enum"]:
        return f"'{cell}' is not one of: {', '.join(map(str, limits['enum']))}."
    if "pattern" in limits and not re.fullmatch(limits["pattern"], cell):
        return f"'{cell}' does not have the form {limits['pattern']}."
    if limits.get("unique") and cell in seen:
        return f"'{cell}' is there twice; each row needs its own value."
    seen.add(cell)
    return None


def _repeated(path: str, key: list[str], rows: Rows) -> list[str]:
    first: dict[tuple[str, ...], int] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        values = tuple(row[name] for name in key)
        if values in first:
            what = ", ".join(f"{n} = {v}" for n, v in zip(key, values, strict=True))
            problems.append(
                f"{path}, row {number}: repeats the key of row {first[values]} ({what})."
            )
        first.setdefault(values, number)
    return problems


def check_package(place: Path, described: dict[str, Any]) -> list[str]:
    """Problems of all tables of a package, with the links between the tables."""
    contents: dict[str, Rows] = {}
    problems = []
    for resource in described["resources"]:
        try:
            contents[resource["name"]] = read(place, resource)
        except DatasetError as error:
            return [*problems, str(error)]
        problems += check_table(resource, contents[resource["name"]])
    for resource in described["resources"]:
        problems += _broken_links(resource, contents)
    return problems


def _broken_links(resource: Resource, contents: dict[str, Rows]) -> list[str]:
    """Foreign keys of the Table Schema, and our own lists of source keys (`S19; S40`)."""
    rows, links = contents[resource["name"]], []
    for link in resource["schema"].get("foreignKeys", []):
        there = link["reference"]
        links.append((link["fields"], there["resource"] or resource["name"], there["fields"], None))
    for field in resource["schema"]["fields"]:
        if "listOf" in field:
            there = field["listOf"]
            links.append(([field["name"]], there["resource"], [there["field"]], there["separator"]))
    problems = []
    for fields, table, targets, separator in links:
        known = {tuple(row[name] for name in targets) for row in contents[table]}
        for number, row in enumerate(rows, start=2):
            values = tuple(row[name] for name in fields)
            wanted = [(part,) for part in values[0].split(separator)] if separator else [values]
            lost = [value for value in wanted if any(value) and value not in known]
            if lost:
                what = ", ".join("/".join(value) for value in lost)
                problems.append(
                    f"{resource['path']}, row {number}, column '{fields[0]}': '{what}' is not in "
                    f"the table '{table}'."
                )
    return problems


def sentence(name: str, problems: list[str], most: int = 5) -> str:
    """One message for a list of problems: the first ones, and how many more there are."""
    more = f"\n… and {len(problems) - most} more." if len(problems) > most else ""
    listed = "\n".join(f"- {problem}" for problem in problems[:most])
    return f"The data package '{name}' breaks its schema:\n{listed}{more}"


def _integer(cell: str, field: dict[str, Any]) -> int:
    if not re.fullmatch(r"[+-]?\d+", cell):
        raise ValueError(cell)
    return int(cell)


def _number(cell: str, field: dict[str, Any]) -> float:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", cell):
        raise ValueError(cell)
    return float(cell)


def _boolean(cell: str, field: dict[str, Any]) -> bool:
    words = dict.fromkeys(field.get("trueValues", ["true"]), True)
    words |= dict.fromkeys(field.get("falseValues", ["false"]), False)
    return words[cell]


_CONVERT: dict[str, Callable[[str, dict[str, Any]], Any]] = {
    "string": lambda cell, field: cell,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": lambda cell, field: date.fromisoformat(cell),
}
_WORDS = {
    "integer": "a whole number",
    "number": "a number (write 12.5, not 12,5)",
    "boolean": "1 (yes) or 0 (no)",
    "date": "a date like 2024-01-19",
}
