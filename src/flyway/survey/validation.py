"""What is wrong in the table? Find it, say where and how to mend it, drop nothing.

`validate` reads the count form and returns an audit log: row, column, value, rule, severity, message,
mend, and a suggestion where only one value can be meant. Severity "error" must be mended before analysis, "check" needs a human eye, "note" explains
how a cell is read. The table itself comes back untouched; `flyway.survey.corrections` changes cells
one by one and sets rows aside, each with who and why.

The rules are plain pandas over the field list of `flyway.survey.form`, so that they run in the
browser, where pandera is not at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from flyway.inputs import require_columns
from flyway.survey import table_rules
from flyway.survey.cell_rules import read_column
from flyway.survey.findings import CHECK, ERROR, NOTE, Findings, blank
from flyway.survey.form import BY_NAME, FIELDS
from flyway.survey.written_dates import DAY_FIRST, MONTH_FIRST, ORDERS

SHOWN = 3  # findings of one rule that are told in full
NEEDED = ("site", "date", "species", "count")


@dataclass(frozen=True)
class Validation:
    """The audit log of a table (`log`), and the table as it was given (`data`) and as it was read (`values`)."""

    log: pd.DataFrame
    data: pd.DataFrame
    values: pd.DataFrame

    def __str__(self) -> str:
        """Tell the findings in sentences: each rule once, with its first rows and their mends."""
        count = self.log["severity"].value_counts()
        told = [
            f"{len(self.data)} rows: {count.get(ERROR, 0)} errors to mend, {count.get(CHECK, 0)} values to "
            f"look at, {count.get(NOTE, 0)} notes"
        ]
        for (severity, rule), lines in self.log.groupby(["severity", "rule"], sort=False):
            told.append(f"\n{severity}: {rule} ({len(lines)})")
            for line in lines.head(SHOWN).itertuples():
                place = "the table" if blank(line.row) else f"row {line.row}, {line.column}"
                told.append(f"  {place}: {line.message}\n    -> {line.mend}")
            if len(lines) > SHOWN:
                told.append(f"  and {len(lines) - SHOWN} more")
        return "\n".join(told)

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

    def suggestions(self, who: str, rules: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the corrections that can be meant in one way only, for `apply_corrections`.

        who : the person who accepts them. rules : take these rules only, such as `["not a date"]`;
        default all. A cell with several findings gets the correction that settles most.
        """
        lines = self.log[self.log["suggestion"].notna()]
        if rules is not None:
            lines = lines[
                lines["rule"].isin(self._known([rules] if isinstance(rules, str) else rules))
            ]
        # A space is mended by every other correction of the same cell.
        lines = lines.assign(last=lines["rule"] != "spaces").sort_values("last", kind="stable")
        lines = lines.drop_duplicates(["row", "column"], keep="last").sort_index()
        return pd.DataFrame(
            {
                "row": lines["row"],
                "column": lines["column"],
                "value": lines["suggestion"],
                "who": who,
                "why": lines["rule"] + ": " + lines["mend"],
            }
        ).reset_index(drop=True)

    def decide(
        self,
        rule: str,
        value: object | Callable[[object], object],
        who: str,
        why: str,
        cell: object = None,
    ) -> pd.DataFrame:
        """Return one decision for all cells that a rule found, as corrections for `apply_corrections`.

        value : what to write in each of these cells (blank empties them), or a function from what
            stands there to what is meant. cell : take only the cells that hold this, such as "-".
        """
        self._known([rule])
        lines = self.log[(self.log["rule"] == rule) & self.log["row"].notna()]
        if cell is not None:
            lines = lines[lines["value"].map(lambda held: held == cell).astype(bool)]
            if lines.empty:
                raise ValueError(f"no cell that {rule!r} found holds {cell!r}")
        new = lines["value"].map(value) if callable(value) else value
        return pd.DataFrame(
            {"row": lines["row"], "column": lines["column"], "value": new, "who": who, "why": why}
        ).reset_index(drop=True)

    def rows_with(self, rules: str | Iterable[str], who: str, why: str) -> pd.DataFrame:
        """Return the rows that these rules found, to be set aside with `apply_corrections(…, aside=…)`."""
        wanted = self._known([rules] if isinstance(rules, str) else rules)
        rows = self.log.loc[self.log["rule"].isin(wanted), "row"].drop_duplicates()
        return pd.DataFrame({"row": rows, "who": who, "why": why}).reset_index(drop=True)

    def _known(self, rules: Iterable[str]) -> list[str]:
        """Return the rules, each of which must have found something."""
        found = sorted(set(self.log["rule"]))
        for rule in (rules := list(rules)):
            if rule not in found:
                names = ", ".join(map(repr, found)) or "none"
                raise ValueError(
                    f"no finding has the rule {rule!r}; the rules of this log: {names}"
                )
        return rules

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
    date_order: str | None = None,
    outlier_fold: float = table_rules.OUTLIER_FOLD,
    outlier_spreads: float = table_rules.OUTLIER_SPREADS,
) -> Validation:
    """Check a table of counts against the count form.

    Parameters
    ----------
    data : columns named as in `form_fields()`; site, date, species and count are needed.
    known_sites, known_species : lists of right names; without them, spellings are compared.
    region : (south, north, west, east) in degrees that coordinates must lie in.
    history : earlier counts (site, species, count) for the search of outliers.
    earliest, latest : dates that visits must lie between; latest defaults to today.
    date_order : "day first" or "month first" if the whole table writes 03/04/2024 in one way. Such dates
        then get a suggestion; without it, they are asked about.
    outlier_fold, outlier_spreads : a count is "unlike its history" when it is more than `outlier_fold`
        times the usual count of its site and species (or less than one part in as many), and more than
        `outlier_spreads` standard deviations from it. Smaller numbers catch more errors and mark more
        true records.

    Errors: ValueError for what is no table of counts at all (columns missing or doubled, row
    labels doubled), and for thresholds that mean nothing. Everything else becomes a line of the log; no row is dropped.
    """
    _require_form(data)
    if date_order not in ORDERS:
        raise ValueError(f"date_order is {date_order!r}: choose {DAY_FIRST!r} or {MONTH_FIRST!r}")
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
    if not outlier_fold >= 1 or not outlier_spreads >= 0:
        raise ValueError(
            f"outlier_fold is {outlier_fold!r} and outlier_spreads is {outlier_spreads!r}: give a fold "
            "of 1 or more and spreads of 0 or more"
        )
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
        values[spec.name] = read_column(column, spec, out, date_order)
    today = pd.Timestamp.now().normalize() if latest is None else pd.Timestamp(latest)
    table_rules.check_dates(values, out, pd.Timestamp(earliest), today)
    table_rules.check_ages(values, out)
    table_rules.check_effort(values, out)
    table_rules.check_names(values, "site", known_sites, out)
    table_rules.check_names(values, "species", known_species, out)
    table_rules.check_places(values, out, region)
    table_rules.check_renamed(values, out)
    table_rules.check_sums(values, out)
    table_rules.check_doubles(values, out)
    table_rules.check_outliers(values, history, out, outlier_spreads, outlier_fold)
    unread = values["count"].isna() & data["count"].map(lambda v: not blank(v))
    table_rules.check_blanks(values[~unread], out)
    extra = [c for c in data.columns if c not in BY_NAME]
    absent = [f.name for f in FIELDS if f.name not in data]
    return Validation(out.table(), data.copy(), values.drop(columns=absent).join(data[extra]))


def _require_form(data: pd.DataFrame) -> None:
    """Raise ValueError if this is no count form, and show how to rename its columns."""
    if isinstance(data, pd.DataFrame) and (lacking := [c for c in NEEDED if c not in data]):
        raise ValueError(
            f"the table of counts has no column {', '.join(map(repr, lacking))}; its columns are "
            f"{', '.join(map(repr, data.columns))}: read the file with read_counts(file, "
            f"columns={{'your name': {lacking[0]!r}}})"
        )
    require_columns(data, NEEDED, "the table of counts")
