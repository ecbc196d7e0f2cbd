"""The page *Use it on your own counts*: its template is the form, its table names rules that exist."""

import re
from pathlib import Path

import pytest

from flyway.survey import cell_rules, table_rules
from flyway.survey.form import empty_form
from flyway_course.paths import BOOK

PAGE = BOOK / "reference" / "use-your-own-counts.md"


def test_the_template_is_the_count_form():
    assert (BOOK / "reference" / "count-form.csv").read_text("utf-8") == empty_form().to_csv(
        index=False
    )


def test_the_messages_it_explains_exist():
    rows = re.findall(r"^\| (`.+?) \|", PAGE.read_text("utf-8"), flags=re.M)
    named = {rule for row in rows for rule in re.findall(r"`([^`]+)`", row)}
    assert len(named) > 10
    code = "".join(Path(module.__file__).read_text("utf-8") for module in (cell_rules, table_rules))
    missing = {rule for rule in named if f'"{rule}"' not in code}
    assert not missing, f"no rule of validation is called {missing}"


@pytest.mark.parametrize("word", ["season_peaks", "bootstrap_index", "read_counts", "fit_index"])
def test_the_functions_it_names_are_described(word):
    pages = "".join(path.read_text("utf-8") for path in (BOOK / "reference").glob("*.md"))
    assert word in PAGE.read_text("utf-8")
    assert f"-{word.replace('_', '-')})=" in pages
