"""A picture is used again only while nothing that it is made from has changed."""

from __future__ import annotations

import functools
import importlib.util
import json
import random
import sys
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from flyway.plots.figure import Shown
from flyway.plots.png import save_png
from flyway.widgets import explore, reuse

HELPER = """
import dataclasses
import matplotlib.pyplot as plt

def bars(table=None, n=1, **more):
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.bar(range(3), [n, 2, 3])
    return ax

def words(table=None, n=1, **more):
    return f"{n} birds."

def outer():
    def inner(n=1):
        return bars(n=n)
    return inner

@dataclasses.dataclass(frozen=True)
class Flock:
    n: int
"""


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """A module of helpers, and a folder for pictures as the build makes it."""
    monkeypatch.setenv("FLYWAY_STATIC", "1")
    monkeypatch.setenv("FLYWAY_PICTURES", str(tmp_path))
    file = tmp_path / "helper_for_pictures.py"
    file.write_text(HELPER, "utf-8")
    spec = importlib.util.spec_from_file_location("helper_for_pictures", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    digests(tmp_path, helper_for_pictures="one")
    return module


def digests(folder, **given):
    """Write the digests as the build does."""
    files = {name: sys.modules[name].__file__ for name in (*given, reuse.DRAWING)}
    table = {name: [file, given.get(name, "drawing")] for name, file in files.items()}
    (folder / reuse.DIGESTS).write_text(json.dumps(table), "utf-8")
    reuse._digests.cache_clear()


class Drawer:
    """Draws, and counts how often."""

    def __init__(self, picture=b"png"):
        self.count, self.picture = 0, picture

    def __call__(self):
        self.count += 1
        return Shown(self.picture, "A crane – 鶴.")


def times(*made_from, draw=None):
    """How often two calls draw, when the picture is made from this."""
    draw = draw or Drawer()
    for _ in range(2):
        shown = reuse.drawn(draw, *made_from)
        assert (shown.png, shown.alt) == (b"png", "A crane – 鶴.")
    return draw.count


TABLE = pd.DataFrame(
    {
        "year": [2024, 2025],
        "count": [1.5, np.nan],
        "bird": ["crane", None],
        "place": pd.Categorical(["Izumi", "Cheorwon"]),
        "day": pd.to_datetime(["2024-01-15", None]),
        "whole": pd.array([3, None], dtype="Int64"),
        "mixed": pd.Series([1, "1"], dtype=object),
    }
)


@dataclass(frozen=True)
class Elsewhere:
    n: int


def test_an_unchanged_picture_is_drawn_once(helper):
    assert times(helper.bars, helper.words, {"n": 1}) == 1
    assert times(functools.partial(helper.bars, TABLE), {"n": 1}) == 1
    assert times(functools.partial(helper.bars, TABLE.copy()), {"n": 1}) == 0
    assert times(helper.Flock(3)) == 1


def test_only_the_build_uses_kept_pictures(helper, monkeypatch):
    assert times(helper.bars) == 1
    with monkeypatch.context() as patch:
        patch.delenv("FLYWAY_PICTURES")
        assert times(helper.bars) == 2
    monkeypatch.setenv("FLYWAY_STATIC", "0")
    assert times(helper.bars) == 2


def changed_row():
    table = TABLE.copy()
    table.loc[1, "year"] = 2026
    return table


@pytest.mark.parametrize(
    "other",
    [
        changed_row(),
        TABLE.iloc[::-1],
        TABLE.rename(columns={"bird": "birds"}),
        TABLE.astype({"year": "int32"}),
        TABLE.assign(place=TABLE["place"].cat.add_categories("Izu")),
        TABLE.assign(place=TABLE["place"].cat.as_ordered()),
        TABLE.assign(mixed=["1", 1]),
        TABLE.assign(bird=["crane", "None"]),
        TABLE.assign(day=TABLE["day"].dt.tz_localize("Asia/Seoul")),
        TABLE.set_index("year"),
        TABLE["year"],
        TABLE["year"].to_numpy(),
        None,
    ],
)
def test_another_table_is_drawn_again(helper, other):
    assert times(functools.partial(helper.bars, TABLE)) == 1
    assert times(functools.partial(helper.bars, other)) == 1


def test_a_note_on_a_table_counts(helper):
    noted = TABLE.copy()
    noted.attrs["unit"] = "birds"
    assert times(helper.bars, TABLE) == times(helper.bars, noted) == 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"n": 1}, {"n": 2}),
        ({"n": 1}, {"n": 1.0}),
        ({"n": 1}, {"n": True}),
        ({"n": 1}, {"n": "1"}),
        ({"n": 1, "m": 2}, {"m": 2, "n": 1}),
        (["ab", "c"], ["a", "bc"]),
        ([["a"], "b"], [["a", "b"]]),
        (("a",), ["a"]),
        (np.array([1, 2]), np.array([[1, 2]])),
        (np.array([1, 2]), np.array([1, 2], dtype="uint64")),
        (pd.MultiIndex.from_tuples([(1, 2)]), pd.MultiIndex.from_tuples([(1, 3)])),
    ],
)
def test_another_argument_is_drawn_again(helper, one, two):
    assert times(helper.bars, one) == times(helper.bars, two) == 1


def test_another_function_code_style_or_version_is_drawn_again(helper, tmp_path, monkeypatch):
    assert times(helper.bars) == 1
    assert times(helper.words) == 1
    digests(tmp_path, helper_for_pictures="two")
    assert times(helper.bars) == 1
    with mpl.rc_context({"font.size": 31}):
        assert times(helper.bars) == 1
    with pd.option_context("display.precision", 2):
        assert times(helper.bars) == 1
    with np.printoptions(precision=3):
        assert times(helper.bars) == 1
    assert times(helper.bars) == 0
    monkeypatch.setattr(mpl, "__version__", "99")
    assert times(helper.bars) == 1


class Odd(pd.DataFrame):
    """A table of an unknown kind."""


@pytest.mark.parametrize(
    "unknown", [object(), iter([1]), Odd({"a": [1]}), Elsewhere(1), lambda: 1, {1, 2}, np.sum]
)
def test_what_cannot_be_told_for_certain_is_drawn_every_time(helper, unknown):
    assert times(helper.bars, unknown) == 2
    assert times(helper.bars, [{"deep": unknown}]) == 2


def test_functions_without_a_name_of_their_own_are_drawn_every_time(helper, monkeypatch):
    assert times(helper.outer()) == 2
    assert times(changed_row) == 2  # its module has no digest
    replaced = helper.bars
    monkeypatch.setattr(helper, "bars", helper.words)
    assert times(replaced) == 2


def test_a_module_from_another_place_is_not_the_one_of_the_digest(helper, tmp_path):
    digests(tmp_path, helper_for_pictures="one")
    table = json.loads((tmp_path / reuse.DIGESTS).read_text())
    table["helper_for_pictures"][0] = __file__
    (tmp_path / reuse.DIGESTS).write_text(json.dumps(table))
    reuse._digests.cache_clear()
    assert times(helper.bars) == 2


def test_a_drawing_that_does_more_than_draw_is_never_kept(helper, capsys):
    table = TABLE.copy()

    class Prints(Drawer):
        def __call__(self):
            print("a word")
            return super().__call__()

    class ChangesItsTable(Drawer):
        def __call__(self):
            table.loc[0, "year"] += 1
            return super().__call__()

    class Draws(Drawer):
        def __call__(self):
            random.random()
            return super().__call__()

    class DrawsNumpy(Drawer):
        def __call__(self):
            np.random.rand()  # noqa: NPY002 (the shared generator is what is tested)
            return super().__call__()

    assert times(helper.bars, 1, draw=Prints()) == 2
    assert capsys.readouterr().out == "a word\n" * 2
    assert times(helper.bars, table, draw=ChangesItsTable()) == 2
    assert times(helper.bars, 2, draw=Draws()) == 2
    assert times(helper.bars, 3, draw=DrawsNumpy()) == 2


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:20], lambda b: b[:-1] + b"x"])
def test_half_a_picture_is_drawn_again(helper, tmp_path, spoil):
    assert times(helper.bars) == 1
    kept = next(path for path in tmp_path.iterdir() if len(path.name) == 64)
    kept.write_bytes(spoil(kept.read_bytes()))
    assert times(helper.bars) == 1
    assert times(helper.bars) == 0


def test_explore_gives_the_same_page_and_draws_nothing(helper, monkeypatch):
    def page():
        shown = explore(
            functools.partial(helper.bars, TABLE), alt=helper.words, n=[1, 2], caption="Birds."
        )
        return shown.html

    drawings, open_before = [], plt.get_fignums()

    def counted(fig):
        drawings.append(fig)
        return save_png(fig)

    monkeypatch.setattr(sys.modules["flyway.widgets.explore"], "save_png", counted)
    first = page()
    assert len(drawings) == 2
    assert page() == first
    assert len(drawings) == 2
    monkeypatch.delenv("FLYWAY_PICTURES")
    assert page() == first
    assert len(drawings) == 4
    assert plt.get_fignums() == open_before
