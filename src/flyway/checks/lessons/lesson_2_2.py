"""Self-checks of lesson 2.2: Can we trust this table?"""

from __future__ import annotations

from functools import cache

import pandas as pd

from flyway import datasets
from flyway.checks.entry import Check

WINTER = {"earliest": "2024-11-01", "latest": "2025-03-31"}


@cache
def _mended() -> object:
    """Mend the submission as the lesson does."""
    from flyway.survey.corrections import apply_corrections

    submitted = datasets.load("messy_submission")
    answers = datasets.load("messy_submission", "answers")
    return apply_corrections(
        submitted,
        answers[answers["reply"].isin(["mend", "keep"])],
        aside=answers[answers["reply"] == "set aside"],
    )


def _count_lines(changed: bool = True) -> int:
    """Count the lines of the record about counts: those that changed a count, or all."""
    record: pd.DataFrame = _mended().record
    lines = record[record["column"] == "count"]
    differ = lines["before"].astype(str) != lines["after"].astype(str)
    return int(differ.sum()) if changed else len(lines)


def _again(errors_only: bool = False) -> int:
    """Count the rows that are marked when the mended table is checked again."""
    from flyway.survey.audit import marked_rows
    from flyway.survey.validation import validate

    again = validate(_mended().data, **WINTER)
    return again.errors["row"].nunique() if errors_only else len(marked_rows(again.log))


def _open() -> int:
    from flyway.survey.audit import open_rows
    from flyway.survey.validation import validate

    mended = _mended()
    return len(open_rows(validate(mended.data, **WINTER), mended))


CHECKS = (
    Check(
        "2.2 counts changed",
        expected=_count_lines,
        right="Each of them carries the old value, the new value, who and why.",
        wrong={
            lambda: _count_lines(changed=False): "These are all lines of the record about a count. "
            "In some of them the counter confirmed the count: before and after are the same.",
            lambda: len(
                _mended().record
            ): "This is the whole record. Keep the lines whose column is count.",
            lambda: _count_lines(changed=False) - _count_lines(): "These are the counts that were "
            "confirmed, not changed.",
        },
        hint='changed = lines[lines["before"] != lines["after"]], then len(changed).',
    ),
    Check(
        "2.2 open",
        expected=_open,
        right="These rows stay in the table, marked. Leave them out of a total and say so.",
        wrong={
            _again: "These are all rows that are still marked. Some of them hold true records that a "
            "counter has confirmed: they are settled.",
            lambda: _again(
                errors_only=True
            ): "These are the rows with an error. A count that nobody "
            "has confirmed yet is open too.",
            0: "Nothing open would mean that every question was answered. Look at the replies.",
        },
        hint="open_rows(again, mended) lists them; len(...) counts them.",
    ),
)
