"""How answers cross to the tests: whole where they are data, and never as code."""

import dataclasses
import datetime as dt
import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway_course.grading.sandbox.inside import wire
from flyway_course.grading.sandbox.inside.values import (
    CodecError,
    Decoder,
    Encoder,
    NotDataError,
    Opaque,
)


def there_and_back(value):
    data = json.loads(json.dumps(Encoder().encode(value), allow_nan=False))
    return Decoder().decode(data)


@pytest.mark.parametrize(
    "value",
    [
        None, True, ..., 0, -7, 2**60, -(2**200), 0.1, 1e-300, "", "Зоригт 김 \U0001f9a9", b"\x00\xff", 1 + 2j,
        [], [1, [2, (3, {4: "x"})]], (1,), {1, 2}, frozenset([3]), {"a": [1], (1, 2): None, None: ...},
        range(3, 9, 2), dt.date(2025, 1, 17), dt.datetime(2025, 1, 17, 6, 30), dt.time(6, 30),
        dt.timedelta(days=-1, seconds=3), pd.Timestamp("2025-01-17"), pd.Timedelta("3h"), pd.Period("2025-01"),
        pd.Timestamp("2025-01-17 06:30", tz="Asia/Seoul"), np.float64(0.1), np.int8(-3), np.bool_(True),
        np.datetime64("2025-01-17"), np.str_("crane"), Fraction(30, 41), Decimal("0.30"), Decimal("-1E+9"), Decimal("1E-1000"),
    ],
)  # fmt: skip
def test_plain_values_come_back_as_they_are(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), pd.NA, pd.NaT])
def test_missing_values_keep_their_kind(value):
    back = there_and_back(value)
    assert type(back) is type(value)
    assert str(back) == str(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Fraction(np.int64(30), np.int64(41)), Fraction),
        (np.longdouble(0.5), np.float64),
        (np.clongdouble(0.5 + 2j), np.complex128),
    ],
)
def test_numbers_made_of_a_tables_own_come_back(value, kind):
    back = there_and_back(value)
    assert back == value
    assert type(back) is kind
    array = there_and_back(pd.Series([value, value]).to_numpy())
    assert array.tolist() == [value, value]


TABLE = pd.DataFrame(
    {
        "site": ["KR03", None, "JP01"],
        "year": pd.array([2024, None, 2025], dtype="Int64"),
        "count": [328.0, math.nan, 375.0],
        "seen": pd.array([True, None, False], dtype="boolean"),
        "when": pd.to_datetime(["2025-01-17", None, "2025-01-19"]),
        "there": pd.to_datetime(["2025-01-17", None, "2025-01-19"]).tz_localize("Asia/Seoul"),
        "class": pd.Categorical(["a", "b", "a"], categories=["b", "a"], ordered=True),
        "mixed": [1, "x", None],
        "ok": [True, False, True],
        "gap": pd.to_timedelta(["1D", None, "3h"]),
    }
)


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.set_index(["site", "year"]),
        TABLE.iloc[:0],
        TABLE[["count"]].T,
        TABLE.groupby("class", observed=False)[["count"]].agg(["sum", "mean"]),
        pd.DataFrame(index=[3, 1]),
        pd.DataFrame(np.eye(3), columns=["a", "a", "b"]),
        pd.DataFrame({"n": [1, 2]}, index=pd.period_range("2025-01", periods=2, freq="M")),
        pd.DataFrame({"n": [1, 2]}, index=pd.date_range("2025-01-17", periods=2, name="day")),
    ],
)
def test_tables_come_back_whole(table):
    pd.testing.assert_frame_equal(there_and_back(table), table, check_freq=False)


@pytest.mark.parametrize("name", list(TABLE))
def test_columns_come_back_whole(name):
    pd.testing.assert_series_equal(there_and_back(TABLE[name]), TABLE[name])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([], "<f4"),
        np.array([1, "x", None], object),
        np.array(5.0),
    ],
)
def test_arrays_come_back_whole(array):
    back = there_and_back(array)
    np.testing.assert_array_equal(back, array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)


def test_a_subclass_loses_its_methods():
    class Lies(float):
        def __eq__(self, other):
            return True

        __hash__ = None

    class Frame(pd.DataFrame):
        pass

    back = there_and_back([Lies(1.0), Frame({"a": [1]})])
    assert type(back[0]) is float and back[0] != 2.0
    assert type(back[1]) is pd.DataFrame


@pytest.mark.parametrize(
    "value", [object(), lambda: 1, open, type("X", (), {})(), pd.DataFrame({"a": [1]}).groupby("a")]
)
def test_what_is_not_data_is_equal_to_nothing(value):
    back = there_and_back(value)
    assert isinstance(back, Opaque)
    assert back != 1 and back is not ... and not hasattr(back, "lines")


@pytest.mark.parametrize("made", [lambda: map(int, "12"), lambda: (n for n in (1, 2))])
def test_an_iterator_is_asked_for_and_not_left_behind(made):
    assert list(there_and_back(made())) == [1, 2]
    for value in (made(), [made()]):
        with pytest.raises(NotDataError):
            Encoder(only_data=True).encode(value)


def test_a_chart_is_drawn_again_from_its_data(monkeypatch):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # whatever style another test has set: both sides of a sandbox share one
    monkeypatch.setitem(mpl.rcParams, "axes.titlelocation", "center")
    ax = Figure().subplots()
    ax.plot([2003, 2025], [1069, 7081], label="all", color="#112233")
    ax.bar(["a", "b"], [3, 4])
    ax.scatter([1, 2], [3, 4])
    ax.set(xlabel="year", ylabel="birds", title="Spoonbills")
    ax.legend()
    back = there_and_back(ax)
    assert list(back.lines[0].get_ydata()) == [1069, 7081]
    assert [p.get_height() for p in back.patches] == [3, 4]
    assert back.collections[0].get_offsets().tolist() == [[1, 3], [2, 4]]
    assert (back.get_xlabel(), back.get_ylabel(), back.get_title()) == (
        "year",
        "birds",
        "Spoonbills",
    )
    assert back.get_xlim() == ax.get_xlim()
    assert len(back.get_legend().get_texts()) == len(ax.get_legend().get_texts())


def test_a_chart_with_hidden_labels_and_a_word_at_a_date_comes_back():
    from matplotlib.figure import Figure

    days = pd.to_datetime(["2003-01-10", "2025-01-17"])
    above, below = Figure().subplots(2, 1, sharex=True)
    for ax in (above, below):
        ax.plot(days, [1069, 7081])
    above.tick_params(labelleft=False)
    above.annotate("dip", xy=(days[0], 1500), xytext=(days[1], 1600), arrowprops={})
    above.text(days[0], 1700, "rise")
    back = there_and_back(above)
    assert list(back.lines[0].get_ydata()) == [1069, 7081]
    assert list(back.get_yticks()) == list(above.get_yticks())
    assert {t.get_text() for t in back.get_yticklabels()} == {""}
    places = [t.get_unitless_position() for t in above.texts]
    assert [(t.get_position(), t.get_text()) for t in back.texts] == [
        (places[0], "dip"),
        (places[1], "rise"),
    ]


@pytest.mark.parametrize("side", ["left", "center", "right"])
@pytest.mark.parametrize("style", ["left", "center"])
def test_a_title_stays_on_its_side(side, style, monkeypatch):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    monkeypatch.setitem(mpl.rcParams, "axes.titlelocation", style)
    ax = Figure().add_subplot()
    ax.set_title("Spoonbills", loc=side)
    back = there_and_back(ax)
    told = {place: back.get_title(place) for place in ("left", "center", "right")}
    assert told == dict.fromkeys(told, "") | {side: "Spoonbills"}


def test_a_result_of_flyway_keeps_its_class():
    from flyway.people import design

    kinds = [
        k for k in vars(design).values() if isinstance(k, type) and dataclasses.is_dataclass(k)
    ]
    kind = next(k for k in kinds if k.__module__ == design.__name__)
    made = object.__new__(kind)
    for field in dataclasses.fields(kind):
        object.__setattr__(made, field.name, 1.5)
    back = there_and_back(made)
    assert type(back) is kind
    assert all(getattr(back, f.name) == 1.5 for f in dataclasses.fields(kind))


def test_a_cyclic_or_deep_value_is_not_data():
    loop = []
    loop.append(loop)
    for value in (loop, 10**20_000, list(range(500_000))):
        with pytest.raises(NotDataError):
            Encoder().encode(value)


TAGS = [
    *"LTSZDbxcrVIMKF?if",
    "na",
    "ts",
    "tdelta",
    "p",
    "n",
    "a",
    "o",
    "s",
    "df",
    "ix",
    "ea",
    "R",
    "fig",
    "ax",
    "dt",
    "td",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["<f8", "|O", "<i8", "AAAA", "flyway.os", "plain", "range", "masked", "Int64", "levels", "ns", "M"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(TAGS) | st.text(max_size=3), inner, max_size=2),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TAGS), JSON)
def test_whatever_a_stranger_sends_is_a_value_or_a_codec_error(tag, body):
    try:
        Decoder().decode({tag: body})
    except CodecError:
        return


@pytest.mark.parametrize(
    "data", [b"", b"[" * 300_000, b"NaN", b'{"a": Infinity}', b"\xff\xfe", b"9" * 100_000, b"{} {}"]
)  # fmt: skip
def test_unreadable_messages_are_named(data):
    with pytest.raises(wire.WireError):
        wire.parse(data)


@pytest.mark.parametrize(
    "data",
    [
        {"a": ["|O", [1], "AAAAAAAAAAA="]}, {"a": ["<f8", [10**12], ""]}, {"a": ["<f8", [-1], ""]}, {"n": ["<i8", "AA=="]},
        {"R": ["os", "system", []]}, {"R": ["flyway.datasets", "load", []]}, {"R": ["flyway..os", "x", []]},
        {"F": [0, "f", None, None]}, {"D": [[{"L": []}, 1]]}, {"i": "9" * 30_000}, {"df": [1, 2, 3]}, {"x": "os"}, {"zz": 1},
        {"a": 1, "b": 2}, [1], {"p": [1, "M; import os"]}, {"ts": [1, "ns", "/etc/passwd"]}, {"ax": {}}, {"S": [{"L": []}]},
    ],
)  # fmt: skip
def test_forged_values_are_refused(data):
    with pytest.raises(CodecError):
        Decoder().decode(data)


def test_modules_and_types_are_the_tests_own():
    assert isinstance(Decoder().decode({"M": "os"}), Opaque)
    for name in ("eval", "open", "type", "BaseException", "os.system", "__import__"):
        assert isinstance(Decoder().decode({"K": name}), Opaque)
    assert Decoder().decode({"M": "numpy"}) is np
    assert Decoder().decode({"K": "int"}) is int
