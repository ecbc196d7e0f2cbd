"""What was done to the table? Hold an audit log against a key, and say it in one sentence.

A key exists only where errors were planted (`flyway.simulate.messy`). It shows what a set of rules is
worth: which errors it marks, which it lets through, and which true records it marks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from flyway.inputs import require_columns
from flyway.survey.corrections import ROW, Corrected
from flyway.survey.findings import ERROR, NOTE
from flyway.survey.validation import Validation


@dataclass(frozen=True)
class Score:
    """What a log is worth against a key.

    caught, missed : the lines of the key with an error in a row that is marked, or not marked.
    false_alarms : labels of marked rows that hold no error, in order.
    """

    caught: pd.DataFrame
    missed: pd.DataFrame
    false_alarms: tuple

    def summary(self) -> pd.DataFrame:
        """Return three numbers: errors caught, errors missed, true records marked."""
        return pd.DataFrame(
            {
                "rows": [len(self.caught), len(self.missed), len(self.false_alarms)],
            },
            index=["errors caught", "errors missed", "true records marked"],
        )


def marked_rows(log: pd.DataFrame) -> list:
    """Return the labels of the rows that a log marks as error or check; a note is no mark.

    log : the `log` of a `Validation`.

    Errors: ValueError for missing columns.
    """
    require_columns(log, ["row", "severity"], "the log")
    rows = log.loc[(log["severity"] != NOTE) & log["row"].notna(), "row"]
    return sorted(rows.unique())


def against_key(log: pd.DataFrame, key: pd.DataFrame) -> Score:
    """Compare the rows that a log marks with a key of planted errors.

    Parameters
    ----------
    log : the `log` of a `Validation`.
    key : one line per planted error or true oddity: `row`, `error` (True or False).

    Errors: ValueError for missing columns. An error counts as caught when its row is marked by any
    rule: a marked row is looked at as a whole.
    """
    require_columns(key, ["row", "error"], "the key")
    marked = set(marked_rows(log))
    wrong = key[key["error"].astype(bool)]
    found = wrong["row"].isin(marked)
    alarms = sorted(marked - set(wrong["row"]))
    return Score(
        wrong[found].reset_index(drop=True), wrong[~found].reset_index(drop=True), tuple(alarms)
    )


def open_rows(again: Validation, mended: Corrected) -> list:
    """Return the rows that are still marked after mending, and that nobody has settled.

    A check is settled when somebody decided on that very cell, by confirming or by changing it: the
    record has a line for it, with who and why. The mark stays, and the reason stands beside it. An
    error stays open, whatever was decided.

    again : result of `validate` on the mended table. mended : result of `apply_corrections`.

    Errors: ValueError for a log without its columns.
    """
    record = mended.record
    settled = set(zip(record["row"], record["column"], strict=True))
    log = again.log
    waiting = [
        severity == ERROR or (row, column) not in settled
        for row, column, severity in zip(log["row"], log["column"], log["severity"], strict=True)
    ]
    return marked_rows(log[waiting])


def _kept(record: pd.DataFrame) -> pd.Series:
    """Say for each line of a record whether it confirms a cell as it was."""
    same = record["before"].astype(str) == record["after"].astype(str)
    return same & (record["column"] != ROW)


def statement(found: Validation, mended: Corrected, again: Validation) -> str:
    """Say in one sentence what was done: rows given, marked, changed, kept, set aside, still open.

    found : result of `validate` on the table as sent. mended : result of `apply_corrections`.
    again : result of `validate` on the mended table.

    Returns the sentence, for a report. Errors: ValueError for a log without its columns.
    """
    record = mended.record
    whole, kept = record["column"] == ROW, _kept(record)
    changed = int((~whole & ~kept).sum())
    parts = [
        f"{len(found.data)} rows were submitted",
        f"{len(marked_rows(found.log))} were marked",
        f"{changed} cells were changed",
        f"{int(whole.sum())} rows were set aside",
        f"{int(kept.sum())} odd records were confirmed and kept",
        f"{len(open_rows(again, mended))} rows are still open",
    ]
    return (
        "; ".join(parts) + ". Each change has a name and a reason; the file as sent is unchanged."
    )
