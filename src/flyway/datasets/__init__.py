"""Which tables come with the course, and who counted what is in them?

A data package is a folder: CSV tables, a description of every field (`datapackage.json`, so that any
tool that knows the Frictionless Data Package standard can read it) and a `README.md` with the sources.
`describe` shows all this as a card. An installed wheel carries the packages inside itself; a checkout
reads them from its `datasets/` folder. A table of your own, in the same shape, is read in the same way.

>>> from flyway import datasets
>>> datasets.available()  # doctest: +ELLIPSIS
['bfs_census', ..., 'winter_counts']
>>> datasets.load("bfs_census").tail(1)[["year", "total"]].values.tolist()
[[2025, 7081]]
"""

from __future__ import annotations

import difflib
import json
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from flyway.datasets import tables
from flyway.datasets.card import Card
from flyway.datasets.tables import DatasetError

__all__ = ["Card", "DatasetError", "available", "describe", "folder", "load", "package", "validate"]


def _home() -> Path:
    """Folder that holds the packages: inside the wheel if there, else the checkout's `datasets/`."""
    inside = Path(__file__).parents[1] / "_datasets"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "datasets"


def available() -> list[str]:
    """List the ids of all data packages, in alphabetical order.

    Returns a list of texts.
    """
    return sorted(found.parent.name for found in _home().glob("*/datapackage.json"))


def folder(id: str | PathLike[str]) -> Path:
    """Find the folder of one data package.

    id : id of a package, see `available`, or the path of a package of your own.

    Returns the path. Errors: DatasetError that lists the known ids when there is no such package.
    """
    place = Path(id) if isinstance(id, PathLike) else _home() / id
    if (place / "datapackage.json").is_file():
        return place
    if isinstance(id, PathLike):
        raise DatasetError(f"There is no datapackage.json in the folder '{place}'.")
    known = available()
    if not known:
        raise DatasetError(
            f"No data packages in '{_home()}'. Install flyway from its wheel, or run it from a "
            "complete checkout with its 'datasets' folder."
        )
    raise DatasetError(_unknown("data package", id, known))


def package(id: str | PathLike[str]) -> dict[str, Any]:
    """Read what a package says of itself: titles, fields, licence, sources.

    id : id of a package, or the path of a package of your own.

    Returns its `datapackage.json` as a dictionary. Errors: DatasetError when there is no such package.
    """
    return json.loads((folder(id) / "datapackage.json").read_text(encoding="utf-8"))


def load(
    id: str | PathLike[str], table: str | None = None, *, all_values: bool = False
) -> pd.DataFrame:
    """Load one table of a data package, with a type for each column and a plain 0, 1, 2… index.

    Parameters
    ----------
    id : id of the package, see `available`, or the path of a package of your own.
    table : name of the table; without it, the first table of the package.
    all_values : some tables keep several published values for one count (a first release and a
        final one, or two sources that disagree). Without this option you get the one value to use
        (`preferred` is True). With `all_values=True` you get all of them.

    Returns a DataFrame. Columns that can be empty come as `Int64`, `boolean` or text with missing values;
    text columns are plain text and not categories, because a table made wide from categories refuses
    new columns.
    Errors: DatasetError when the id or the table is unknown, or when a file breaks its schema; the
    message names the file, the column and the row.

    Examples
    --------
    >>> from flyway import datasets
    >>> census = datasets.load("bfs_census")
    >>> census.tail(1)[["year", "total"]].values.tolist()
    [[2025, 7081]]
    """
    described = package(id)
    names = [resource["name"] for resource in described["resources"]]
    if table is not None and table not in names:
        raise DatasetError(_unknown(f"table in '{described['name']}'", table, names))
    resource = described["resources"][names.index(table) if table else 0]
    rows = tables.read(folder(id), resource)
    problems = tables.check_table(resource, rows)
    if problems:
        raise DatasetError(tables.sentence(described["name"], problems))
    frame = tables.typed(resource, rows)
    if "preferred" in frame.columns and not all_values:
        frame = frame[frame["preferred"]].reset_index(drop=True)
    return frame


def describe(id: str | PathLike[str]) -> Card:
    """Show the card of one data package: real or simulated, tables, fields with units, licence, sources.

    id : id of the package, or the path of a package of your own.

    Errors: DatasetError when there is no such package.
    """
    place = folder(id)
    described = package(id)
    counts = {r["name"]: len(tables.read(place, r)) for r in described["resources"]}
    return Card(described, counts)


def validate(id: str | PathLike[str]) -> list[str]:
    """Check a whole package against its schema.

    Checked are column names, types, required values, ranges, allowed values, patterns, primary keys,
    foreign keys and source keys.

    id : id of the package, or the path of a package of your own.

    Returns a list of problems, empty when sound. Each names the file, the row (as in a spreadsheet: the
    header is row 1) and the column. Errors: DatasetError when there is no such package.
    """
    return tables.check_package(folder(id), package(id))


def _unknown(kind: str, name: str, known: list[str]) -> str:
    """Sentence for an unknown name: what is known, and the nearest name."""
    near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"There is no {kind} called '{name}'.{hint} Known: {', '.join(known)}."
