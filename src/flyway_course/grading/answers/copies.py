"""Which of several copies of a cell counts: copied cells keep their name, whatever is written into them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from flyway_course.grading.answers.pieces import names_in, says_more
from flyway_course.grading.intake.reading import Cell
from flyway_course.grading.plan import ANSWER, OPEN, TEST, WRITTEN, Step, given_names

DOTS = re.compile(r"^\w+ *= *\.\.\.[ ]*$", re.MULTILINE)
Found = dict[int, list[int]]
"""The numbers of the cells that claim to be a step, by the step's place in the plan."""


def choose(
    found: Found, plan: list[Step], cells: list[Cell], repairs: list[str]
) -> tuple[dict[int, int], Found]:
    """Choose one cell for each step; return the choice, and the other cells by the step before them.

    Of several answers the last one counts that a check could see. The others run where the trainee
    left them, and so does what was written into a copy of an instructor's cell.
    """
    chosen: dict[int, int] = {}
    dropped: set[int] = set()
    for place, numbers in found.items():
        if not numbers:
            continue
        step = plan[place]
        ours = numbers
        answered = [n for n in ours if says_more(cells[n].source, step.released)]
        dropped |= set(ours) - set(answered)  # the exercise's dots would undo the answer
        if step.kind == WRITTEN:
            dropped |= set(ours)
        elif step.kind not in (ANSWER, OPEN) and len(ours) > 1:
            ours = [n for n in ours if n not in answered] or ours[-1:]
            if len(ours) < len(numbers):
                what = "holds something of its own, which stays where it stands"
                repairs.append(f"a copy of the cell {step.id!r} {what}")
            answered = []
        if step.kind == ANSWER and len(ours) > 1:
            chosen[place] = _last_seen_by_a_check(place, ours, answered, found, plan, cells)
        else:
            chosen[place] = (answered or ours)[-1]
        if len(ours) > 1:
            which = "the last one with an answer counts" if answered else "one of them counts"
            if answered and chosen[place] != answered[-1]:
                which = "the last one that its check could see counts"
            if step.kind == WRITTEN and len(answered) > 1:
                texts = dict.fromkeys(cells[n].source for n in answered)
                cells[answered[-1]] = replace(cells[answered[-1]], source="\n\n".join(texts))
                which = "a person reads all of them"
            repairs.append(f"the cell {step.id!r} was there {len(ours)} times; {which}")
    place_at = {number: place for place, number in chosen.items()}
    extra: Found = defaultdict(list)
    current = -1
    for number, cell in enumerate(cells):
        if number in place_at:
            current = place_at[number]
        elif number not in dropped and cell.source.strip():
            extra[current].append(number)
    return chosen, extra


def _last_seen_by_a_check(
    place: int,
    copies: list[int],
    answered: list[int],
    found: Found,
    plan: list[Step],
    cells: list[Cell],
) -> int:
    """Return the last copy that gives what is asked, before its check if there is one."""
    asked = given_names(plan[place].released) or plan[place].names
    giving = [n for n in answered if asked & _given(cells[n])] or answered or copies
    check = _check_of(place, found, plan)
    if seen := [n for n in giving if n < check]:
        return seen[-1]
    before = [n for n in copies if n < check]
    known = {n for numbers in found.values() for n in numbers}
    for number in range(before[-1] + 1, check) if before else ():
        if number not in known and asked & _given(cells[number]):
            return before[
                -1
            ]  # the answer stands in a cell of its own between the dots and the check
    return giving[-1]


def _given(cell: Cell) -> frozenset[str]:
    """Return the names that a cell gives; where the exercise's dots still stand, it gives none."""
    return names_in(DOTS.sub("", cell.source))


def _check_of(place: int, found: Found, plan: list[Step]) -> int:
    """Return the number of the cell that first checks an answer; of its copies it is the last."""
    for later in range(place + 1, len(plan)):
        if plan[later].kind == TEST and found.get(later):
            return found[later][-1]
        if plan[later].kind == TEST and later + 1 < len(plan) and plan[later + 1].kind != TEST:
            break
    return max((n for numbers in found.values() for n in numbers), default=0) + 1
