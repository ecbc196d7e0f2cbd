"""What the tests compute once for the whole class is what each of them would compute."""

import os
import socket
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from flyway_course.grading import plan
from flyway_course.grading.answers.rebuild import Piece, Rebuilt
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.pool import Pool
from flyway_course.grading.sandbox.inside import kept as room
from flyway_course.grading.sandbox.inside.kept import Kept
from flyway_course.grading.sandbox.session import Bounds

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import ordinary

X4 = Assignment.find("X4")
COUNTS = pd.DataFrame({"site": ["A", "B"], "count": [3, None]})


RAN = []


@pytest.fixture
def learn(monkeypatch):
    """Give a store that has seen one call of a function of flyway, and the function through it."""
    monkeypatch.setattr(room, "WORTH_S", 0.0)

    def once(function, given):
        monkeypatch.setattr(function, "__module__", "flyway.counts.test")
        store = Kept()
        call = store.around(function)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(given)
        store.learning = False
        RAN.clear()
        return store, call

    return once


def _double(table):
    RAN.append(1)
    return table.assign(double=table["count"] * 2)


def _random(n):
    RAN.append(1)
    return os.urandom(n)


def _warns(n):
    RAN.append(1)
    warnings.warn("few counts", stacklevel=1)
    return n


def _changes(numbers):
    RAN.append(1)
    numbers.append(1)
    return 5


def _gives_a_function(n):
    RAN.append(1)
    return lambda: n


def test_a_result_is_kept_and_given_as_a_copy(learn):
    store, call = learn(_double, COUNTS)
    right = COUNTS.assign(double=COUNTS["count"] * 2)
    first = call(COUNTS.copy())
    pd.testing.assert_frame_equal(first, right)
    first["double"] = -1
    pd.testing.assert_frame_equal(call(COUNTS), right)
    assert len(store.results) == 1
    assert not RAN
    assert call(COUNTS.assign(count=[3, 4]))["double"].tolist() == [6, 8]
    assert RAN == [1]
    assert len(store.results) == 1  # what comes after the instructor's own run is not taken in


@pytest.mark.parametrize(
    ("function", "given"), [(_random, 4), (_warns, 3), (_changes, []), (_gives_a_function, 2)]
)
def test_what_a_second_call_would_not_give_again_is_not_kept(learn, function, given):
    store, call = learn(function, given)
    assert not store.results
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call(given)
    assert RAN == [1]


def test_quick_answers_are_not_kept(learn, monkeypatch):
    learn(_double, COUNTS)
    monkeypatch.setattr(room, "WORTH_S", 60.0)
    store = Kept()
    store.around(_double)(COUNTS)
    assert not store.results


def test_what_is_no_function_of_flyway_stays_as_it_is():
    store = Kept()
    for value in (len, _double, COUNTS, pd.DataFrame, 5):
        assert store.around(value) is value


def answers_of(wrong):
    """X4 as handed in, with some answers of its own."""
    pieces = [
        Piece(s, wrong.get(s.id, s.source), "code" if s.is_code else "markdown", True)
        for s in X4.plan
    ]
    return Rebuilt(pieces, [])


@pytest.fixture(scope="module")
def pool():
    files = X4.files()
    with Pool(X4, ordinary.need_sandbox(), files, "a seed of our own", Bounds()) as made:
        yield made


WRONG = {
    "reference": {},
    "the first winter": {
        "last-index": "def last_index(table):\n"
        "    line = fit_index(table, year='winter').index().iloc[0]\n"
        "    return [line['estimate'], line['lower'], line['upper']]"
    },
    "an error": {"yearly-change": "def yearly_change(table):\n    return 1 / 0"},
    "a table changed in place": {
        "last-index": "def last_index(table):\n"
        "    table['count'] = 1\n"
        "    line = fit_index(table, year='winter').index().iloc[-1]\n"
        "    return [line['estimate'], line['lower'], line['upper']]"
    },
}


def test_with_the_desk_the_marks_are_the_same(pool):
    def graded():
        found = {}
        for name, wrong in WRONG.items():
            done = pool.grade(answers_of(wrong))
            found[name] = (done.scores, done.end, done.said, done.seen)
        return found

    before = graded()
    tests = {s.id: s.points for s in X4.plan if s.kind == plan.TEST}
    assert before["reference"][0] == tests
    for name in ("the first winter", "an error"):
        assert sum(before[name][0].values()) < sum(tests.values())
    pool.set_up_desk()
    assert pool.box.desk is not None
    assert graded() == before
    # where it is gone, the warm process does its work
    desk = pool.box.desk
    desk.shutdown(socket.SHUT_RDWR)
    with pool.box.news:
        assert pool.box.news.wait_for(lambda: pool.box.desk is None, 10)
    assert graded() == before


def test_where_the_desk_cannot_be_set_up_the_marks_are_the_same(pool):
    pool.box.desk = None
    pool.box.set_up_desk({"cells": []})  # neither files nor bounds: it ends at once
    assert pool.box.desk is None
    tests = {s.id: s.points for s in X4.plan if s.kind == plan.TEST}
    assert pool.grade(answers_of({})).scores == tests


def test_a_tests_side_of_the_desk_can_be_stopped(pool):
    pool.set_up_desk()
    task, theirs = socket.socketpair()
    result, written = os.pipe()
    with task, theirs:
        number = pool.box.fork("tests", [theirs.fileno(), written])
        os.close(written)
        assert number in pool.box.of_desk
        assert not pool.box.ended(number, 0.2)  # it waits for its task
        pool.box.stop(number)
        assert pool.box.ended(number, 10)
    os.close(result)
