"""Which numbers may stand in a brief? Each with unit, interval, source and a word for confidence.

A brief is read by people who cannot check it. So no number enters one without the interval that
says how sure we are and the source that says where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers, require_columns

COLUMNS = ("key", "claim", "estimate", "lower", "upper", "unit", "source", "confidence")

CONFIDENCE = {
    "well established": "much evidence, and it agrees",
    "established but incomplete": "the evidence agrees, but there is little of it",
    "unresolved": "much evidence, and it disagrees",
    "inconclusive": "little evidence, or none that can be relied on",
}
"""The four confidence terms of IPBES (2018) Guide on the production of assessments."""

# a number in running text; the letter before it rules out names such as KR03 and CO2
NUMBER = re.compile(
    r"(?<![\w.])[+\-−]?\d[\d,.\u00a0\u202f]*(?<![,.])(?:\s*(?:%|per cent|percent))?"
)
YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")


@dataclass(frozen=True)
class Finding:
    """One number of the brief, ready to be read aloud.

    key : short name, to be used as {key} in the text.
    claim : the sentence.
    lower, upper, unit : the interval, and the unit of all three numbers.
    source : key of the reference.
    confidence : a word, one of `CONFIDENCE`.
    """

    key: str
    claim: str
    estimate: float
    lower: float
    upper: float
    unit: str
    source: str
    confidence: str

    @property
    def number(self) -> str:
        """The estimate with its unit, rounded to what the interval supports."""
        return _with_unit(self._rounded(self.estimate), self.unit)

    @property
    def interval(self) -> str:
        """The interval with its unit."""
        return _with_unit(f"{self._rounded(self.lower)} to {self._rounded(self.upper)}", self.unit)

    @property
    def doubt(self) -> str:
        """The interval; "counted" where both ends are the same, as for an exact count."""
        return "counted" if self.lower == self.upper else self.interval

    @property
    def sentence(self) -> str:
        """The claim with number and interval in the place of {number}, or after it."""
        told = f"{self.number} ({self.interval})"
        if "{number}" in self.claim:
            text = self.claim.replace("{number}", told)
        else:
            text = f"{self.claim.rstrip(' .:')}: {told}"
        return text if text.endswith((".", "!", "?")) else text + "."

    def _rounded(self, value: float) -> str:
        width = self.upper - self.lower
        if width > 0:  # two figures of the interval's width
            places = int(np.clip(1 - np.floor(np.log10(width)), -12, 8))
        else:  # an exact count is printed as counted
            places = 0 if self.estimate == round(self.estimate) else 4
        text = f"{round(value, places):,.{max(places, 0)}f}"
        return "0" if not float(text.replace(",", "")) else text.replace("-", "−")


def read_findings(findings: pd.DataFrame) -> list[Finding]:
    """Return the findings in order, or say which number may not be printed and why.

    findings : one row per number: key (a short name), claim (a sentence, with {number} where the
    number goes), estimate, lower, upper, unit, source, confidence (one of `CONFIDENCE`).

    Errors: ValueError for a number without interval, unit, source or confidence word; an estimate
    outside its interval; a doubled key; digits typed into the claim.
    """
    require_columns(findings, COLUMNS, "the table of findings")
    if findings.empty:
        raise ValueError("there are no findings: a brief needs at least one number")
    words = {c: _texts(findings, c) for c in ("key", "claim", "unit", "source", "confidence")}
    values = {
        c: numbers(findings[c], c, where=lambda i: f"finding {words['key'][i]!r}")
        for c in ("estimate",)
    }
    for end in ("lower", "upper"):
        ends = numbers(findings[end], end, missing="keep")
        if np.isnan(ends).any():
            i = int(np.flatnonzero(np.isnan(ends))[0])
            raise ValueError(
                f"finding {words['key'][i]!r} (row {findings.index[i]}) has no {end} end of its "
                f"interval: a number without uncertainty is not printed. For an exact count give "
                f"the count itself as both ends"
            )
        values[end] = ends
    found, seen = [], set()
    for i, row in enumerate(findings.index):
        key, claim = words["key"][i], words["claim"][i]
        place = f"finding {key!r} (row {row})"
        if not key.isidentifier():
            raise ValueError(
                f"key of row {row} is {key!r}: use a short name of letters, such as 'growth'"
            )
        if key in seen or key == "number":
            raise ValueError(f"key {key!r} in row {row} is taken: choose another")
        seen.add(key)
        estimate, lower, upper = (float(values[c][i]) for c in ("estimate", "lower", "upper"))
        if not lower <= estimate <= upper:
            raise ValueError(
                f"{place}: {estimate:g} is not within its interval {lower:g} to {upper:g}: correct it"
            )
        if words["confidence"][i] not in CONFIDENCE:
            raise ValueError(
                f"{place}: confidence is {words['confidence'][i]!r}: choose one of "
                f"{', '.join(map(repr, CONFIDENCE))}"
            )
        typed = typed_numbers(claim.replace("{number}", ""))
        if typed:
            raise ValueError(
                f"{place}: the claim holds the number {typed[0]!r}: write {{number}} where the "
                f"estimate goes, and give other numbers a row of their own"
            )
        found.append(
            Finding(key, claim, estimate, lower, upper, words["unit"][i], words["source"][i],
                    words["confidence"][i])
        )  # fmt: skip
    return found


def typed_numbers(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return the numbers typed into a text, other than years and those in `names`."""
    for name in names:
        text = text.replace(name, "")
    found = [m.group(0).strip() for m in NUMBER.finditer(text)]
    return [n for n in found if not YEAR.fullmatch(n)]


def _texts(table: pd.DataFrame, column: str) -> list[str]:
    found = []
    for row, value in table[column].items():
        if not isinstance(value, str) or (column != "unit" and not value.strip()):
            raise ValueError(
                f"{column} is missing in row {row}: "
                + {
                    "source": "a number without a source is not printed",
                    "confidence": f"choose one of {', '.join(map(repr, CONFIDENCE))}",
                    "unit": "name it, such as 'birds' or '% per year' ('' for a bare ratio)",
                    "claim": "say in words what the number is",
                    "key": "give the number a short name",
                }[column]
            )
        found.append(" ".join(value.split()))
    return found


def _with_unit(text: str, unit: str) -> str:
    return f"{text}\u00a0{unit}" if unit else text
