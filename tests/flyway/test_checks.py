"""Self-checks: right is right, each known mistake is named, and nothing gives the answer away."""

import difflib
import re

import numpy as np
import pandas as pd
import pytest

from flyway import checks
from flyway.checks import Check, engine
from flyway.detection.calibration import calibrate

TABLE = pd.DataFrame({"site": ["a", "b", "c"], "count": [3, None, 5]})
RATE = Check(
    "9.9 rate",
    lambda: 0.0892,
    right="It grows.",
    wrong={0.24: "You divided the rise by the years.", lambda: 0.0854: "This is the log rate."},
    within=0.0006,
    unit="share per year",
    read="rate",
    hint="Use growth_rate.",
)
COUNT = Check("9.9 count", lambda: 14, wrong={7: "Half of them."})
BIRD = Check(
    "9.9 bird", lambda: ("Black-faced Spoonbill", "BFS"), wrong={"HC": "This one is grey."}
)
COLUMN = Check("9.9 column", lambda: pd.Series([1.0, 2.5, np.nan], index=[7, 8, 9]))
SHEET = Check("9.9 sheet", lambda: TABLE)


class Result:
    rate = np.float64(0.0893)


def text(entry, answer):
    verdict = engine.judge(entry, answer)
    return f"{verdict.status}: {verdict.text}"


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        (RATE, 0.0892),
        (RATE, 0.0897),
        (RATE, np.float32(0.0892)),
        (RATE, pd.Series([0.0892], index=["x"])),
        (RATE, pd.DataFrame({"a": [0.0892]})),
        (RATE, np.array(0.0892)),
        (RATE, Result()),
        (COUNT, 14),
        (COUNT, 14.0),
        (COUNT, np.int64(14)),
        (BIRD, "black-faced  spoonbill"),
        (BIRD, "bfs"),
        (COLUMN, [1, 2.5, None]),
        (COLUMN, pd.Series([1, 2.5, np.nan])),
        (COLUMN, [1, 2.5, pd.NA]),
        (SHEET, TABLE.assign(more=1)),
        (Check("k", lambda: 5, also=(lambda: 7,)), 7),
        (Check("k", lambda: [True, False]), pd.Series([True, False])),
        (Check("k", lambda: ["b", "a"]), pd.Index(["b", "a"])),
    ],
)
def test_right_answers_of_every_kind(entry, answer):
    verdict = engine.judge(entry, answer)
    assert verdict and verdict.status == "right", verdict


@pytest.mark.parametrize(
    ("entry", "answer", "says"),
    [
        (RATE, ..., "no answer: Replace the ... with your answer, then run this cell again."),
        (RATE, None, "no answer: The answer is None"),
        (RATE, 0.24, "not yet: You divided the rise by the years."),
        (RATE, 0.0854, "not yet: This is the log rate."),
        (RATE, 8.92, "Did you give a percentage?"),
        (RATE, -0.0892, "the sign is not"),
        (RATE, 0.091, "round at the end only"),
        (RATE, 0.5, "too large"),
        (RATE, -3, "too small"),
        (RATE, float("nan"), "A blank is not a zero"),
        (RATE, pd.NA, "A blank is not a zero"),
        (RATE, np.inf, "divided by zero"),
        (RATE, "0.0892", "Take away the quotes"),
        (RATE, True, "this is True (yes or no)"),
        (RATE, np.bool_(False), "this is False (yes or no)"),
        (RATE, TABLE, "One number is asked for (share per year), but this is a table of 3 rows and 2 columns"),
        (RATE, TABLE["count"], "but this is a list of 3 values"),
        (RATE, TABLE["count"] > 2, "A sum counts the yes"),
        (RATE, TABLE["count"].sum, "Write () after its name"),
        (RATE, [0.0892, 1], "a list of 2 values"),
        (RATE, {"a": 1}, "but this is a dict"),
        (COUNT, 7, "Half of them."),
        (COUNT, 15, "too large"),
        (COUNT, 14.4, "too large"),
        (COUNT, 1400, "too large"),
        (BIRD, "HC", "This one is grey."),
        (BIRD, "Black-faced Sponbill", "look at the spelling"),
        (BIRD, "owl", "The answer is not “owl”."),
        (BIRD, 3, "A word is asked for, but this is a number"),
        (COLUMN, [1, 2.5], "Your answer has 2 values; there should be 3."),
        (COLUMN, [1, 2, None], "1 of 3 values differ; the first is in place 2."),
        (COLUMN, [2.5, 1, None], "their order is not"),
        (COLUMN, [1, 2.5, 0], "the first is in place 3"),
        (COLUMN, 3, "A list of values is asked for, but this is a number"),
        (COLUMN, TABLE, "One column is asked for"),
        (SHEET, TABLE["count"], "A table is asked for, but this is a list of 3 values"),
        (SHEET, TABLE.drop(columns="site"), "The column 'site' is missing. Your table has count."),
        (SHEET, TABLE.head(2), "Your table has 2 rows; there should be 3."),
        (SHEET, TABLE.fillna(0), "In the column 'count': 1 of 3 values differ"),
        (Check("p", lambda: 8.92, within=0.06), 0.0892, "Did you give a share?"),
    ],
)  # fmt: skip
def test_other_answers_are_told_what_is_the_matter(entry, answer, says):
    assert says in text(entry, answer)
    assert not engine.judge(entry, answer)


def test_the_verdict_shows_a_sign_and_a_word_beside_the_colour(monkeypatch):
    monkeypatch.setenv("FLYWAY_STATIC", "1")
    right, wrong = engine.judge(RATE, 0.0892), engine.judge(RATE, 0.24)
    assert repr(right) == "✔ Right. It grows."
    assert repr(wrong) == (
        "✘ Not yet. You divided the rise by the years.\n  Hint: Use growth_rate."
    )
    assert 'class="fw-check fw-check-not-yet" role="status"' in wrong._repr_html_()
    assert (
        "style=" not in wrong._repr_html_() and "<strong>Not yet.</strong>" in wrong._repr_html_()
    )
    monkeypatch.delenv("FLYWAY_STATIC")
    assert "style=" in wrong._repr_html_()
    assert "&lt;b&gt;" in engine.judge(BIRD, "<b>")._repr_html_()


def test_an_unknown_key_lists_near_ones():
    with pytest.raises(checks.UnknownCheck, match=r'no check "4\.1 makao". Near: "4.1 macao"'):
        checks.check("4.1 makao", 1)
    with pytest.raises(checks.UnknownCheck, match=r'"0\.1 winter places"'):
        checks.check("0.1", 1)
    with pytest.raises(checks.UnknownCheck, match=r"There are: "):
        checks.check("zzz", 1)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([COUNT, COUNT], r"two checks have the key '9\.9 count'"),
        ([COUNT], r"kept with lesson 9\.8"),
    ],
)
def test_keys_are_used_once_and_belong_to_their_lesson(entries, says):
    with pytest.raises(ValueError, match=says):
        engine.by_key(entries, "9.9" if len(entries) == 2 else "9.8")


def test_something_that_cannot_be_compared_is_the_authors_mistake():
    with pytest.raises(TypeError, match="cannot expect dict"):
        engine.judge(Check("k", lambda: {}), 1)


# --- what the lessons ask ------------------------------------------------------------------------


ASKED = {
    key: entry for number in engine.numbers() for key, entry in engine.of_lesson(number).items()
}


@pytest.mark.parametrize("key", sorted(ASKED))
def test_each_check_of_a_lesson_knows_right_from_its_known_mistakes(key):
    entry = ASKED[key]
    expected = entry.expected()
    assert checks.check(key, expected)
    assert all(checks.check(key, other()) for other in entry.also)
    assert checks.check(key, ...).status == "no answer"
    for value, explanation in entry.wrong.items():
        mistake = value() if callable(value) else value
        verdict = checks.check(key, mistake)
        assert verdict.status == "not yet", f"{mistake} is known as wrong and passes"
        assert verdict.text in entry.wrong.values(), (mistake, verdict.text, explanation)


ASKED = {
    key: entry for number in engine.numbers() for key, entry in engine.of_lesson(number).items()
}


@pytest.mark.parametrize("key", sorted(ASKED))
def test_no_check_gives_the_answer_away(key):
    entry = ASKED[key]
    expected = entry.expected()
    if not isinstance(expected, (int, float, np.number)):
        pytest.skip("only numbers can be looked for in the words")
    said = [entry.hint, *entry.wrong.values()]
    said += [checks.check(key, answer).text for answer in (-1e9, 1e9, "x", None, ...)]
    for number in re.findall(r"\d+(?:\.\d+)?", " ".join(said)):
        assert float(number) != pytest.approx(abs(float(expected)), rel=0.01), (
            f"{number} is in the words"
        )


def test_every_check_that_a_lesson_asks_for_exists(root):
    asked = {
        key
        for page in root.glob("book/modules/**/*.md")
        for key in re.findall(r'check\("([^"]+)"', page.read_text(encoding="utf-8"))
    }
    assert asked, "the lessons ask nothing"
    missing = asked - set(ASKED)
    near = {key: difflib.get_close_matches(key, ASKED) for key in missing}
    assert not missing, f"lessons ask for checks that do not exist: {near}"


def test_a_whole_result_is_read(root):
    from flyway import datasets

    flocks = datasets.load("flock_estimates").dropna(subset="photo")
    fit = calibrate(flocks["counter_b"], flocks["photo"], method="ratio")
    assert checks.check("1.2 ratio b", fit) and checks.check("1.2 ratio b", fit.estimate)
