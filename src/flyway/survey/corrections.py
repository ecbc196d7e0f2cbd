"""How do we mend a table on record? Cell by cell, rows set aside, nothing lost, each with who and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from flyway.inputs import require_columns
from flyway.survey.findings import blank

ROW = "(whole row)"


@dataclass(frozen=True)
class Corrected:
    """A corrected table, the rows set aside, and the record of every change.

    data : the corrected table. aside : the rows set aside.
    record : row, column, before, after, who, why.
    """

    data: pd.DataFrame
    record: pd.DataFrame
    aside: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return the record of changes."""
        return self.record


def apply_corrections(
    data: pd.DataFrame,
    corrections: pd.DataFrame | None = None,
    aside: pd.DataFrame | None = None,
) -> Corrected:
    """Change cells one by one and set rows aside, with a record. No row is lost.

    Parameters
    ----------
    data : the table as it was given.
    corrections : one row per change: `row` (label in `data`), `column`, `value` (new; blank empties the
        cell), `who`, `why`. `Validation.suggestions` gives those that need no decision.
    aside : one row per row that does not belong into the table (a sum, a second copy): `row`, `who`,
        `why`. It moves to the table `aside` of the result, as it was.

    Errors: ValueError for unknown rows or columns, a cell changed twice, a row that is changed and set
    aside, and changes without a name or a reason.
    """
    if data.index.duplicated().any():
        raise ValueError("row labels repeat: call data.reset_index(drop=True) first")
    cells = _lines(data, corrections, ["row", "column", "value", "who", "why"], "corrections")
    rows = _lines(data, aside, ["row", "who", "why"], "rows to set aside")
    gone = set(rows["row"])
    mended, record, done = data.astype(object), [], set()
    for line in cells.itertuples(index=False):
        if line.column not in data.columns:
            raise ValueError(f"column {line.column!r} is not in the table")
        if line.row in gone:
            raise ValueError(f"row {line.row!r} is both changed and set aside: do one of them")
        if (line.row, line.column) in done:
            raise ValueError(
                f"row {line.row}, column {line.column!r} is changed twice: keep the last word only"
            )
        done.add((line.row, line.column))
        before = mended.loc[line.row, line.column]
        mended.loc[line.row, line.column] = None if blank(line.value) else line.value
        record.append((line.row, line.column, before, line.value, line.who, line.why))
    away = set()
    for line in rows.itertuples(index=False):
        if line.row in away:
            raise ValueError(f"row {line.row!r} is set aside twice: keep one line of reasons")
        away.add(line.row)
        record.append((line.row, ROW, "in the table", "set aside", line.who, line.why))
    columns = ["row", "column", "before", "after", "who", "why"]
    stay = ~mended.index.isin(list(gone))
    return Corrected(
        mended[stay].infer_objects(), pd.DataFrame(record, columns=columns), data[~stay].copy()
    )


def _lines(
    data: pd.DataFrame, table: pd.DataFrame | None, columns: list[str], what: str
) -> pd.DataFrame:
    """Return the lines of a table of changes after a look at their rows, names and reasons."""
    if table is None:
        return pd.DataFrame(columns=columns)
    require_columns(table, columns, f"the table of {what}")
    for line in table.itertuples(index=False):
        if line.row not in data.index:
            raise ValueError(
                f"row {line.row!r} is not in the table: use the label at the left of the table"
            )
        if blank(line.who) or blank(line.why):
            where = f", column {line.column!r}" if "column" in columns else ""
            raise ValueError(
                f"the change of row {line.row}{where} has no who or no why: write both"
            )
    return table[columns]
