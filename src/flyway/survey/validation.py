"""From data sheet to table: find what is wrong, say where and how to mend it, drop nothing.

`validate` reads the count form and returns an audit log: row, column, value, rule, severity, message
and mend. Severity "error" must be mended before analysis, "check" needs a human eye, "note" explains
how a cell is read. The table itself comes back untouched; `apply_corrections` changes cells one by one,
each with who and why.

The rules are plain pandas over the field list of `flyway.survey.form`, so that they run in the
browser, where pandera is not at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from flyway.inputs import require_columns
from flyway.survey import table_rules
from flyway.survey.cell_rules import read_column
from flyway.survey.findings import CHECK, ERROR, Findings, blank
from flyway.survey.form import BY_NAME, FIELDS


@dataclass(frozen=True)
class Validation:
    """The audit log of a table, and the table as it was given (`data`) and as it was read (`values`)."""

    log: pd.DataFrame
    data: pd.DataFrame
    values: pd.DataFrame

    @property
    def ok(self) -> bool:
        """True if no error was found (checks and notes may remain)."""
        return not (self.log["severity"] == ERROR).any()

    @property
    def errors(self) -> pd.DataFrame:
        """The findings that must be mended."""
        return self.log[self.log["severity"] == ERROR].reset_index(drop=True)

    def summary(self) -> pd.DataFrame:
        """Return how often each rule was broken: severity, rule, column, rows."""
        rank = {"error": 0, "check": 1, "note": 2}
        counts = self.log.groupby(["severity", "rule", "column"]).size().reset_index(name="rows")
        order = counts["severity"].map(rank)
        return (
            counts.assign(order=order)
            .sort_values(["order", "rule"])
            .drop(columns="order")
            .reset_index(drop=True)
        )

    def counts(self) -> pd.DataFrame:
        """Return the table as read, once it holds no error: typed columns, blanks kept blank.

        Errors: ValueError that names the first finding while errors remain.
        """
        if not self.ok:
            first = self.errors.iloc[0]
            raise ValueError(
                f"{len(self.errors)} errors remain; the first is in row {first['row']}, column "
                f"{first['column']!r}: {first['message']}: {first['mend']}"
            )
        return self.values.copy()


def validate(
    data: pd.DataFrame,
    known_sites: Iterable[str] | None = None,
    known_species: Iterable[str] | None = None,
    region: tuple[float, float, float, float] | None = None,
    history: pd.DataFrame | None = None,
    earliest: object = "1950-01-01",
    latest: object = None,
) -> Validation:
    """Check a table of counts against the count form.

    Parameters
    ----------
    data : columns named as in `form_fields()`; site, date, species and count are needed.
    known_sites, known_species : lists of right names; without them, spellings are compared.
    region : (south, north, west, east) in degrees that coordinates must lie in.
    history : earlier counts (site, species, count) for the search of outliers.
    earliest, latest : dates that visits must lie between; latest defaults to today.

    Errors: ValueError only for what is no table of counts at all (columns missing or doubled, row
    labels doubled). Everything else becomes a line of the log; no row is dropped.
    """
    require_columns(data, ["site", "date", "species", "count"], "the table of counts")
    if data.columns.duplicated().any():
        raise ValueError(
            f"column {data.columns[data.columns.duplicated()][0]!r} is there twice: keep one"
        )
    if data.index.duplicated().any():
        raise ValueError(
            "row labels repeat: call data.reset_index(drop=True) first, so that the log can name rows"
        )
    if history is not None:
        require_columns(history, ["site", "species", "count"], "history")
    out = Findings()
    for column in data.columns:
        if column not in BY_NAME:
            close = table_rules.get_close_matches(str(column), list(BY_NAME), 1, 0.6)
            mend = f"did you mean {close[0]!r}?" if close else "it is kept, but not checked"
            out.add(
                None,
                str(column),
                None,
                "unknown column",
                CHECK,
                f"column {column!r} is not in the form",
                mend,
            )
    values = pd.DataFrame(index=data.index)
    for spec in FIELDS:
        column = (
            data[spec.name]
            if spec.name in data
            else pd.Series(None, index=data.index, dtype=object)
        )
        values[spec.name] = read_column(column, spec, out)
    today = pd.Timestamp.now().normalize() if latest is None else pd.Timestamp(latest)
    table_rules.check_dates(values, out, pd.Timestamp(earliest), today)
    table_rules.check_ages(values, out)
    table_rules.check_effort(values, out)
    table_rules.check_names(values, "site", known_sites, out)
    table_rules.check_names(values, "species", known_species, out)
    table_rules.check_places(values, out, region)
    table_rules.check_renamed(values, out)
    table_rules.check_doubles(values, out)
    table_rules.check_outliers(values, history, out)
    unread = values["count"].isna() & data["count"].map(lambda v: not blank(v))
    table_rules.check_blanks(values[~unread], out)
    extra = [c for c in data.columns if c not in BY_NAME]
    absent = [f.name for f in FIELDS if f.name not in data]
    return Validation(out.table(), data.copy(), values.drop(columns=absent).join(data[extra]))


@dataclass(frozen=True)
class Corrected:
    """A corrected table and the record of every change: row, column, before, after, who, why."""

    data: pd.DataFrame
    record: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return the record of changes."""
        return self.record


def apply_corrections(data: pd.DataFrame, corrections: pd.DataFrame) -> Corrected:
    """Change cells one by one, with a record. Rows are never removed.

    corrections : one row per change: `row` (label in `data`), `column`, `value` (new; blank empties the
    cell), `who`, `why`. Errors: ValueError for unknown rows or columns, a cell changed twice, and
    changes without a name or a reason.
    """
    require_columns(
        corrections, ["row", "column", "value", "who", "why"], "the table of corrections"
    )
    if data.index.duplicated().any():
        raise ValueError("row labels repeat: call data.reset_index(drop=True) first")
    mended, record, done = data.astype(object), [], set()
    for line in corrections.itertuples(index=False):
        if line.row not in data.index:
            raise ValueError(
                f"row {line.row!r} is not in the table: use the label at the left of the table"
            )
        if line.column not in data.columns:
            raise ValueError(f"column {line.column!r} is not in the table")
        if blank(line.who) or blank(line.why):
            raise ValueError(
                f"the change of row {line.row}, column {line.column!r} has no who or no why: write both"
            )
        if (line.row, line.column) in done:
            raise ValueError(
                f"row {line.row}, column {line.column!r} is changed twice: keep the last word only"
            )
        done.add((line.row, line.column))
        before = mended.loc[line.row, line.column]
        mended.loc[line.row, line.column] = None if blank(line.value) else line.value
        record.append((line.row, line.column, before, line.value, line.who, line.why))
    columns = ["row", "column", "before", "after", "who", "why"]
    return Corrected(mended.infer_objects(), pd.DataFrame(record, columns=columns))
