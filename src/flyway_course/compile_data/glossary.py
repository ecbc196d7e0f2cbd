"""Package `field_glossary`: 70 field terms in English and six more language forms."""

from __future__ import annotations

import csv
from pathlib import Path

from flyway_course.compile_data.sources import Source, keys_of, read_rows
from flyway_course.compile_data.writing import (
    Package,
    Row,
    Table,
    column,
    source_keys,
    sources_table,
)

# Code in the tables, language tag, name of the language in English and in itself.
LANGUAGES = {
    "zh_hans": ("zh-Hans", "Chinese, simplified characters", "简体中文"),
    "zh_hant": ("zh-Hant", "Chinese, traditional characters", "繁體中文"),
    "ja": ("ja", "Japanese", "日本語"),
    "ko": ("ko", "Korean", "한국어"),
    "mn": ("mn", "Mongolian", "Монгол"),
    "ru": ("ru", "Russian", "Русский"),
}
CONFIDENCE = ["confirmed", "partly", "needs-check"]

ABOUT = """
The words that counters in six countries need to talk about the same thing.

How it was compiled:

- The definitions in plain English are written for this course.
- Each language form has its own mark: `confirmed` (seen in a source that uses it), `partly` (the
  sources show some of the forms of this row, not which) or `needs-check` (standard usage as we know
  it; a native reader has not looked at it yet). **Most forms need a check, the Mongolian and Russian
  technical words most of all.** Tell us what you would say.
- `term` is the word that the glossary of the book is sorted by; `other_terms` lead to the same entry.
"""


def build(facts: Path, known: dict[str, Source]) -> Package:
    """Package from `glossary.csv` of the fact files and the definitions beside this module."""
    with Path(__file__).with_name("definitions.csv").open(encoding="utf-8", newline="") as handle:
        own = {row["term_en"]: row for row in csv.DictReader(handle)}
    rows = [_row(row, own[row["term_en"]]) for row in read_rows(facts, "glossary.csv")]
    fields = [
        column("term", "string", "English term.", required=True, unique=True),
        column("other_terms", "string", "Other English terms for it, `; ` between them."),
        column("category", "string", "Field of work.", required=True),
        column("definition_en", "string", "What it means, in plain English.", required=True),
    ]
    for code, (tag, name, _) in LANGUAGES.items():
        fields.append(column(code, "string", f"The term in {name} ({tag}).", required=True))
    for code, (_, name, _) in LANGUAGES.items():
        text = f"How sure we are of the form in {name}."
        fields.append(column(f"{code}_confidence", "string", text, required=True, enum=CONFIDENCE))
    fields += [source_keys(), column("note", "string", "What one should know about the forms.")]
    table = Table("terms", "Field terms", fields, rows, key=["term"])
    return Package(
        name="field_glossary",
        title="Field glossary in English and six more language forms",
        description=(
            "70 terms of waterbird monitoring with a definition in plain English and the term in "
            "Chinese (simplified and traditional), Japanese, Korean, Mongolian and Russian."
        ),
        about=ABOUT,
        tables=[table, sources_table([table], known)],
    )


def _row(row: dict[str, str], own: dict[str, str]) -> Row:
    made: Row = {
        "term": own["term"],
        "other_terms": own["other_terms"],
        "category": row["category"],
        "definition_en": own["definition_en"],
        "source": row["source"] if keys_of(row["source"]) else "",
        "note": row["note"],
    }
    for code in LANGUAGES:
        made[code] = row[code]
        made[f"{code}_confidence"] = confidence_of(row["confidence"], code)
    return made


def confidence_of(words: str, code: str) -> str:
    """Mark of one language form, from words such as `confirmed ja, ko; others needs-check`."""
    if words.startswith("partly"):
        return "partly"
    if words == "confirmed":
        return "confirmed"
    listed = words.split(";")[0]
    if listed.startswith("confirmed "):
        seen = listed.removeprefix("confirmed ").split(", ")
        return "confirmed" if code.split("_")[0] in seen else "needs-check"
    return "needs-check"
