"""The page of evidence says what the tests of the published cases compare, and nothing else."""

import json

import pytest

from flyway_course import evidence

KEY = ["method", "source", "quantity", "values"]


def test_the_page_shows_the_committed_table():
    assert evidence.PAGE.read_text(encoding="utf-8") == evidence.page(evidence.read())


def test_the_committed_table_is_what_the_tests_compare():
    made = evidence.collect()
    if made is None:
        pytest.skip("the published reference cases are not on this machine")
    kept = evidence.read()
    assert made[KEY].astype(str).values.tolist() == kept[KEY].values.tolist(), (
        "run `python -m flyway_course.evidence` to make the page again"
    )
    for now, before in zip(made["ours"], kept["ours"], strict=True):
        try:
            assert float(now) == pytest.approx(float(before), rel=1e-3, abs=1e-9)
        except ValueError:  # words and lists are compared as they are
            assert now == before


def test_a_vector_shows_its_first_value_and_its_largest_difference():
    row = evidence._row(
        {"method": "m", "source": "s", "quantity": "q", "published": [1.0, 2.0], "ours": [1.0, 2.5]}
    )
    assert row[3:] == [2, "1", "1", "0.5"]


def test_a_difference_in_the_last_digit_is_none():
    comparison = {"method": "m", "source": "s", "quantity": "q", "published": 0.1 + 0.2}
    assert evidence._row({**comparison, "ours": 0.3})[-1] == "0"
    assert json.dumps(evidence._row({**comparison, "ours": "0.3"}))
