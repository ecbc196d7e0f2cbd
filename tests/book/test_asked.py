"""The page for delegates quotes the lessons, with the badge of their data."""

import pytest

from flyway_course import paths
from flyway_course.sphinx_ext.asked import read, said_to_a_ministry
from flyway_course.sphinx_ext.lesson import front_matter

HEAD = '---\nlesson:\n  number: "{}"\n  data: [{}]\n---\n# A title\n'
TELL = ':::{tell}\n**To a warden:** "Count."\n\n**To a ministry:** "About 12."\n:::\n'
LESSONS = {
    "4.1": ("book/a", HEAD.format("4.1", "bfs_census") + TELL),
    "4.2": ("book/b", HEAD.format("4.2", "winter_counts, bfs_census") + TELL),
    "4.3": ("book/c", HEAD.format("4.3", "bfs_census") + "Text\n"),
    "4.4": ("book/d", HEAD.format("4.4", "") + TELL),
}


def test_a_sentence_comes_with_the_badge_of_the_data_it_stands_on():
    first, second = read(["4.1 Who counted?", "", "4.2 Where?"], LESSONS)
    assert (first.question, first.page, first.sentence) == ("Who counted?", "book/a", '"About 12."')
    assert (first.truth, second.truth) == ("real", "simulated")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("9.9 Why?", "there is no lesson 9.9"),
        ("Why?", "not the number of a lesson and a question"),
        ("4.3 Why?", r"lesson 4\.3: its tell box has no line"),
        ("4.4 Why?", r"lesson 4\.4 names no data"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, message):
    with pytest.raises(ValueError, match=message):
        read([line], LESSONS)


def test_the_page_asks_something_of_every_lesson():
    page = (paths.BOOK / "ten-minutes.md").read_text("utf-8")
    numbers = []
    for path in sorted(paths.BOOK.glob("modules/*/*.md")):
        lesson = front_matter(path).get("lesson")
        if lesson:
            numbers.append(lesson["number"])
            assert said_to_a_ministry(path.read_text("utf-8")).startswith('"')
    box = page.split(":::{asked}\n")[1].split(":::")[0]
    assert [line.split()[0] for line in box.splitlines()] == numbers
