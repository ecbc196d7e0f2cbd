"""The timetable of a day follows from the lessons."""

import pytest

from flyway_course.sphinx_ext.day_walk import stops, timetable

LESSONS = {
    "0.1": (
        "book/a",
        {"number": "0.1", "walk": {"minutes": 25, "do": "Slider.", "skip": ["Make"]}},
    ),
    "0.2": ("book/b", {"number": "0.2", "walk": {"minutes": 40, "do": "Cells."}}),
    "0.3": ("book/c", {"number": "0.3"}),
}


def test_times_add_up():
    rows, end = timetable("09:30", stops(["0.1", "", "15 Tea.", "0.2"], LESSONS))
    assert end == "10:50"
    assert [row for row in rows if row] == [
        "- **09:30** 0.1 {doc}`/book/a` (25 min)",
        "  Slider.",
        "  *Leave for later:* Make.",
        "- **09:55** Tea. (15 min)",
        "- **10:10** 0.2 {doc}`/book/b` (40 min)",
        "  Cells.",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("7.7", "there is no lesson 7.7"),
        ("0.3", r"lesson 0\.3 has no walk"),
        ("tea", "neither a lesson's number nor minutes"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, message):
    with pytest.raises(ValueError, match=message):
        stops([line], LESSONS)
