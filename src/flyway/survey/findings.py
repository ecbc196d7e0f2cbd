"""What a check finds: one line of the audit log, with row, column, rule and mend."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

ERROR, CHECK, NOTE = "error", "check", "note"
COLUMNS = ["row", "column", "value", "rule", "severity", "message", "mend", "suggestion"]


@dataclass
class Findings:
    """Collects findings in the order in which they are met."""

    lines: list[tuple] = field(default_factory=list)

    def add(
        self,
        row: object,
        column: str,
        value: object,
        rule: str,
        severity: str,
        message: str,
        mend: str,
        suggestion: object = None,
    ) -> None:
        """Write one finding; `row` is the label at the left of the table, blank for a whole column.

        suggestion : the value to write instead, where it can be one only; otherwise a person decides.
        """
        self.lines.append((row, column, value, rule, severity, message, mend, suggestion))

    def table(self) -> pd.DataFrame:
        """Return all findings, errors first, then by row."""
        frame = pd.DataFrame(self.lines, columns=COLUMNS).astype(
            {"row": object, "value": object, "suggestion": object}
        )
        rank = frame["severity"].map({ERROR: 0, CHECK: 1, NOTE: 2})
        order = rank.to_frame("rank").assign(at=range(len(frame))).sort_values(["rank", "at"])
        return frame.loc[order.index].reset_index(drop=True)


def blank(value: object) -> bool:
    """Return whether a cell holds nothing: None, NaN, NaT or only spaces."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is pd.NA or value is pd.NaT or value != value
