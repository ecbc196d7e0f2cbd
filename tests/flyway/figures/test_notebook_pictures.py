"""The pictures of lesson 0.2."""

import pytest

from flyway import datasets
from flyway.figures import notebook


@pytest.fixture(scope="module")
def recent():
    return datasets.load("bfs_census")[["year", "total"]].tail(6)


@pytest.fixture(scope="module")
def taiwan():
    regions = datasets.load("bfs_census", "regions")
    places = regions.pivot(index="year", columns="region", values="count")
    return places["Taiwan area"].tail(8).astype(int)


def test_pictures(check_pictures, recent, taiwan):
    check_pictures(
        notebook,
        {
            "line_of_code": (recent, 'recent["total"].max()', notebook.RUN),
            "hidden_count": (taiwan, 2021, notebook.ZERO),
        },
    )


@pytest.mark.parametrize("line", notebook.LINES)
def test_a_line_gives_what_python_gives(recent, line):
    """The picture of a line and Python itself agree (a mean is shown to two places)."""
    import pandas as pd

    python, shown = eval(line, {"recent": recent}), notebook.LINES[line][0](recent)
    if isinstance(python, (pd.Series, pd.DataFrame)):
        assert shown.equals(python)
    else:
        assert shown == pytest.approx(python, abs=0.005)


@pytest.mark.parametrize("line", notebook.LINES)
def test_before_it_runs_a_line_gives_nothing_away(recent, line):
    assert "It gives" not in notebook.line_of_code_alt(recent, line, notebook.NOT_YET)
    assert "It gives" in notebook.line_of_code_alt(recent, line, notebook.RUN)


def test_the_zero_is_always_worse_and_the_sum_tells_neither(taiwan):
    """As the lesson says, for each of the eight Januaries."""
    for year in taiwan.index:
        left_blank = notebook._filled(taiwan, year, notebook.BLANK)
        zero = notebook._filled(taiwan, year, notebook.ZERO)
        truth = taiwan.mean()
        assert abs(zero.mean() - truth) > abs(left_blank.mean() - truth)
        assert left_blank.sum() == zero.sum() < taiwan.sum()


def test_an_error_of_pandas_ends_with_the_line_that_the_lesson_reads(recent):
    with pytest.raises(KeyError) as caught:
        recent["Total"]
    assert f"{caught.typename}: {caught.value}" == "KeyError: 'Total'"
