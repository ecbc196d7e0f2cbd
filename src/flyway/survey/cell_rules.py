"""Rules for single cells of the count form: is this a number, a date, a clock time, within limits?"""

from __future__ import annotations

import re
from functools import partial
from numbers import Number

import numpy as np
import pandas as pd

from flyway.inputs import dates_of
from flyway.survey.findings import CHECK, ERROR, Findings, blank
from flyway.survey.form import Field
from flyway.survey.written_dates import advice, only_reading

CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")
NOTHING = {"-", "--", "n/a", "na", "nil", "none", "no", "x", "/", "?"}


def read_column(
    column: pd.Series, spec: Field, out: Findings, date_order: str | None = None
) -> pd.Series:
    """Check each cell of a column; return its values as numbers, dates, minutes or text (blank if wrong)."""
    readers = {"whole": _number, "number": _number, "time": _time, "text": _text}
    readers["date"] = partial(_date, date_order)
    reader = readers[spec.kind]
    values = []
    for row, value in column.items():
        if blank(value):
            if spec.required:
                out.add(row, spec.name, value, "required", ERROR, f"{spec.name} is blank",
                        f"write the {spec.name} in every row")  # fmt: skip
            values.append(None)
        else:
            values.append(reader(row, value, spec, out))
    kind = {"date": "datetime64[s]", "text": object}.get(spec.kind, float)
    return pd.Series(values, index=column.index, dtype=object).astype(kind)


def _number(row: object, value: object, spec: Field, out: Findings) -> float | None:
    def wrong(rule: str, message: str, mend: str, suggestion: object = None) -> None:
        out.add(row, spec.name, value, rule, ERROR, f"{spec.name} {message}", mend, suggestion)

    number = value
    if isinstance(value, str):
        text = value.strip()
        try:
            number = float(text)
        except ValueError:
            if text.lower() in NOTHING:
                wrong("not a number", f"is {value!r}: nobody can tell 'none seen' from 'not counted'",
                      "write 0 if it was looked for and not seen, leave the cell blank if not counted")  # fmt: skip
            elif re.fullmatch(r"\d{1,3}(,\d{3})+", text):
                wrong(
                    "not a number",
                    f"is {value!r}",
                    f"write {text.replace(',', '')}, without a comma",
                    text.replace(",", ""),
                )
            elif re.search(r"\d", text):
                wrong(
                    "not a number",
                    f"is {value!r}",
                    "write one number, and put the doubt into the notes",
                )
            else:
                wrong("not a number", f"is {value!r}", "write a number, or leave the cell blank")
            return None
    if not isinstance(number, Number) or isinstance(number, complex):
        wrong("not a number", f"is {value!r}", "write a number, or leave the cell blank")
        return None
    number = float(number)
    if np.isinf(number):
        wrong("not a number", "is infinite", "write the number counted")
    elif spec.minimum is not None and number < spec.minimum:
        text = "is negative" if number < 0 and spec.minimum == 0 else f"is below {spec.minimum:g}"
        mend = f"{spec.name} is {spec.minimum:g} or more"
        if spec.name == "lat" and number >= -180:
            mend = "latitude lies between -90 and 90: were lat and lon swapped?"
        wrong("out of range", f"{text} ({number:g})", mend)
    elif spec.maximum is not None and number > spec.maximum:
        mend = f"{spec.name} is {spec.maximum:g} or less ({spec.unit})"
        if spec.name == "lat" and number <= 180:
            mend = "latitude lies between -90 and 90: were lat and lon swapped?"
        wrong("out of range", f"is above {spec.maximum:g} ({number:g})", mend)
    elif spec.kind == "whole" and number != round(number):
        wrong("not whole", f"is {number:g}, not a whole number", "write whole birds, as counted")
    else:
        return number
    return None


def _date(
    order: str | None, row: object, value: object, spec: Field, out: Findings
) -> pd.Timestamp | None:
    try:
        return dates_of([value], spec.name).iloc[0].normalize()
    except ValueError:
        day = only_reading(str(value), order)
        mend = f"write {day}" if day else advice(str(value))
        out.add(row, spec.name, value, "not a date", ERROR, f"{spec.name} is {value!r}", mend,
                None if day is None else str(day))  # fmt: skip
        return None


def _time(row: object, value: object, spec: Field, out: Findings) -> float | None:
    """Minutes since midnight."""
    text = value.strftime("%H:%M") if hasattr(value, "strftime") else str(value).strip()
    if not CLOCK.match(text):
        out.add(row, spec.name, value, "not a time", ERROR, f"{spec.name} is {value!r}",
                "write a clock time from 00:00 to 23:59, such as 07:30")  # fmt: skip
        return None
    hour, minute = text.split(":")[:2]
    return 60.0 * int(hour) + int(minute)


def _text(row: object, value: object, spec: Field, out: Findings) -> str:
    text = str(value).strip()
    if text != str(value):
        out.add(row, spec.name, value, "spaces", CHECK, f"{spec.name} has spaces around it",
                f"write {text!r}: a space makes it another {spec.name}", text)  # fmt: skip
    if spec.choices and text not in spec.choices:
        out.add(row, spec.name, value, "unknown word", ERROR, f"{spec.name} is {value!r}",
                f"choose one of {', '.join(spec.choices)}")  # fmt: skip
    return text
