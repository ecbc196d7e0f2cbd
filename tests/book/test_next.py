"""A self-paced learner who follows “Next” meets every lesson, in order."""

import re
from itertools import pairwise

import pytest

from flyway_course import paths
from flyway_course.pdf.order import listed_pages
from flyway_course.sphinx_ext.lesson import front_matter

LESSONS = [
    place.name
    for place in listed_pages(paths.ROOT)
    if front_matter(paths.ROOT / f"{place.name}.md").get("lesson")
]


def test_lessons_stand_in_the_order_of_their_numbers():
    numbers = [front_matter(paths.ROOT / f"{page}.md")["lesson"]["number"] for page in LESSONS]
    assert len(numbers) > 10
    assert numbers == sorted(numbers, key=lambda number: [int(n) for n in number.split(".")])


@pytest.mark.parametrize(("lesson", "following"), [*pairwise(LESSONS)])
def test_the_end_of_a_lesson_leads_to_the_next_one(lesson, following):
    end = (paths.ROOT / f"{lesson}.md").read_text("utf-8").split("**Next:**")[1]
    assert following in re.findall(r"\{doc\}`(?:[^`<]*</|/)([^`>]+)>?`", end)
