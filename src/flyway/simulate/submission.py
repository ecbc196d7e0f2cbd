"""A messy submission with what comes back when one asks: the table, the counters' answers, the key.

`flyway.simulate.messy` makes the count form and plants the errors. Here it becomes text, as a file that
arrives by e-mail, and each planted error and each true oddity gets the answer that the counter would
give on the telephone with the field sheet in hand. A few answers never come.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from flyway.simulate.messy import messy_submission

MEND, KEEP, ASIDE, OPEN = "mend", "keep", "set aside", "no answer yet"
#: The last error of each of these kinds gets no answer.
UNANSWERED = ("one zero too many", "count left blank", "day written first")
_WHY = {
    "one zero too many": "field sheet: one zero fewer",
    "words in a number": "counter: this is the best number",
    "negative count": "field sheet: no minus sign",
    "half birds": "field sheet: whole birds",
    "count left blank": "field sheet: the count was made",
    "row sent twice": "counter: the same sheet was sent twice",
}


class Submission(NamedTuple):
    """What `submission` returns.

    submitted: the table as it arrived, all cells text, a blank is missing.
    answers: `row`, `column`, `value`, `reply` (mend, keep, set aside, no answer yet), `who`, `why`.
    key: `row`, `column`, `kind`, `written`, `right`, `error` (False for a true record that looks wrong).
    """

    submitted: pd.DataFrame
    answers: pd.DataFrame
    key: pd.DataFrame


def submission(*, errors: int = 40, seed: int) -> Submission:
    """Simulate a submission of one winter, the counters' answers, and the key.

    Parameters
    ----------
    errors : slips to plant, see `messy_submission`. seed : any whole number.

    Returns
    -------
    Submission. Mending every cell as the answers say leads back to the true table, except in the
    rows without an answer.

    Raises
    ------
    ValueError for a number of errors that the table cannot hold.
    """
    made = messy_submission(errors=errors, seed=seed)
    key = made.key
    lost = key[key["kind"].isin(UNANSWERED)].groupby("kind")["row"].max().tolist()
    answers = []
    for line in key.itertuples():
        counted_at = made.messy if line.right is None else made.clean
        who = f"counter at {counted_at.loc[line.row, 'site']}"
        why = _WHY.get(line.kind, "field sheet")
        if line.row in lost:
            answers.append((line.row, line.column, None, OPEN, who, "asked, no answer yet"))
        elif not line.error:
            note = made.clean.loc[line.row, "notes"]
            answers.append((line.row, line.column, line.right, KEEP, who, f"true: {note}"))
        elif line.right is None:
            answers.append((line.row, line.column, None, ASIDE, who, why))
        else:
            answers.append((line.row, line.column, line.right, MEND, who, why))
        if line.kind == "lat and lon swapped" and line.row not in lost:
            right = made.clean.loc[line.row, "lon"]
            answers.append((line.row, "lon", right, MEND, who, why))
    columns = ["row", "column", "value", "reply", "who", "why"]
    replies = pd.DataFrame(answers, columns=columns)
    replies["value"] = replies["value"].map(as_written)
    known = key.assign(written=key["written"].map(as_written), right=key["right"].map(as_written))
    return Submission(made.messy.map(as_written), replies, known)


def as_written(value: object) -> str | None:
    """Write a cell as text, as a CSV file holds it: 2.0 as "2", nothing as None.

    value : what stands in the cell.

    Returns the text.
    """
    if value is None or value != value or value == "":
        return None
    return value if isinstance(value, str) else f"{value:.10g}"
