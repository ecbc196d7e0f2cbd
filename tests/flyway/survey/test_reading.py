"""Files and dates as people write them."""

import io
from datetime import date

import pytest

from flyway.survey.reading import read_counts
from flyway.survey.written_dates import advice, only_reading

CSV = "Place,Date,No. of birds\nIzumi,2024-01-15,-\n\n Suncheon ,15/01/2024,\n"
NAMES = {"Place": "site", "Date": "date", "No. of birds": "count"}


def test_cells_are_kept_as_written_and_rows_have_the_lines_of_the_spreadsheet():
    table = read_counts(io.StringIO(CSV), NAMES)
    assert table.columns.tolist() == ["site", "date", "count"]
    assert table.index.tolist() == [2, 4]
    assert table.loc[4].tolist() == [" Suncheon ", "15/01/2024", ""]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_what_spreadsheets_save_is_read(tmp_path, separator, encoding):
    path = tmp_path / "counts.csv"
    text = f'site{separator}count\r\n순천만{separator}"1{separator}200"\r\n'
    path.write_bytes(text.encode(encoding))
    assert read_counts(path).loc[2].tolist() == ["순천만", f"1{separator}200"]


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", None, "the file is empty"),
        ("site,count\nIzumi,5,6\n", None, "row 2 has 3 cells, the heading has 2"),
        ("site,count\nIzumi\n", None, "row 2 has 1 cells"),
        ("site,\nIzumi,5\n", None, "column 2 has no name"),
        ("site,site\nIzumi,5\n", None, "two columns are named 'site'"),
        ("site,place\nIzumi,5\n", {"place": "site"}, "two columns are named 'site'"),
        ("site,count\n", {"Site": "site"}, "names 'Site', which is not in the file"),
    ],
)
def test_what_cannot_be_a_table_is_refused(text, columns, message):
    with pytest.raises(ValueError, match=message):
        read_counts(io.StringIO(text), columns)


def test_another_encoding_is_named(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_bytes("site,count\n순천만,5\n".encode("cp949"))
    with pytest.raises(
        ValueError, match=r"counts\.csv is not stored as utf-8-sig.*'cp949' \(Korean\)"
    ):
        read_counts(path)
    assert read_counts(path, encoding="cp949")["site"].tolist() == ["순천만"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024/1/5", date(2024, 1, 5)),
        ("2024. 1. 15.", date(2024, 1, 15)),
        ("2024年1月15日", date(2024, 1, 15)),
        ("2024년 1월 15일", date(2024, 1, 15)),
        ("15.01.2024", date(2024, 1, 15)),
        ("01/15/2024", date(2024, 1, 15)),
        ("05/05/2024", date(2024, 5, 5)),
        ("15 Jan 2024", date(2024, 1, 15)),
        ("January 15, 2024", date(2024, 1, 15)),
        ("03/04/2024", None),
        ("30/02/2024", None),
        ("15/01/24", None),
        ("mid January", None),
        ("", None),
    ],
)
def test_dates_that_mean_one_day_only(text, day):
    assert only_reading(text) == day


def test_a_known_order_reads_the_doubtful_dates():
    assert only_reading("03/04/2024", "day first") == date(2024, 4, 3)
    assert only_reading("03/04/2024", "month first") == date(2024, 3, 4)
    assert only_reading("15/01/2024", "month first") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("03/04/2024", "day and month cannot be told apart"),
        ("45306", r"day number of a spreadsheet \(2024-01-15\)"),
        ("99", "real day"),
        ("15/01/24", "real day"),
    ],
)
def test_what_to_do_about_the_other_dates(text, says):
    import re

    assert re.search(says, advice(text))
