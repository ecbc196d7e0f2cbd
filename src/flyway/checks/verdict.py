"""How a self-check answers: a sign, a word and one or two plain sentences."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from flyway.plots.figure import is_static

SIGNS = {
    "right": ("✔", "Right."),
    "not yet": ("✘", "Not yet."),
    "no answer": ("…", "No answer yet."),
}
_EDGE = {"right": "#1d7a4b", "not yet": "#b4540a", "no answer": "#6b7480"}


@dataclass(frozen=True)
class Verdict:
    """The answer to an answer. `bool(verdict)` is true when it is right.

    status : right, not yet, or no answer.
    text, hint : why, and what to try.
    """

    status: str
    text: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        return self.status == "right"

    def __repr__(self) -> str:
        sign, word = SIGNS[self.status]
        lines = [" ".join(part for part in (sign, word, self.text) if part)]
        if self.hint:
            lines.append(f"  Hint: {self.hint}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sign, word = SIGNS[self.status]
        # The book's style sheet dresses the classes; a live notebook has none.
        style = (
            ""
            if is_static()
            else f' style="border-left:4px solid {_EDGE[self.status]};padding:.3rem .9rem"'
        )
        kind = self.status.replace(" ", "-")
        hint = f"<p><strong>Hint:</strong> {escape(self.hint)}</p>" if self.hint else ""
        return (
            f'<div class="fw-check fw-check-{kind}" role="status"{style}><p>'
            f'<span aria-hidden="true">{sign}</span> <strong>{word}</strong> {escape(self.text)}</p>'
            f"{hint}</div>"
        )
