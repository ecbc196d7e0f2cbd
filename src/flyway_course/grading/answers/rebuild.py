"""Build the notebook to grade: the instructor's cells, with the trainee's answers put in.

Nothing of a submission is trusted but the text of its answers. Tests, locked cells and their order
come from the instructor. An answer is found by nbgrader's name of its cell, else by the notebook's
own name of it, else by its place and its likeness. Cells that trainees added stay where they put
them, and run; so does what they added to a locked cell. An answer in words counts wherever it
stands: see `words`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from flyway_course.grading.answers.copies import DOTS, choose
from flyway_course.grading.answers.pieces import Piece, Rebuilt, added, bare, names_in, says_more
from flyway_course.grading.answers.words import find_words
from flyway_course.grading.intake.reading import Cell, Handed
from flyway_course.grading.plan import ANSWER, OPEN, TEST, TEXT, WRITTEN, Step, given_names

ENOUGH_ALIKE = 0.55
OTHER_NOTEBOOK = (
    "it is another notebook: none of its cells belongs to this assignment. Hand in the notebook "
    "with your answers"
)


class RebuildError(Exception):
    """The submission has nothing to grade; the message tells the trainee what to do."""


def rebuild(handed: Handed, plan: list[Step]) -> Rebuilt:
    """Put the answers of a submission into the instructor's notebook.

    Raises
    ------
    RebuildError
        No cell of it belongs to the assignment.
    """
    repairs, cells = [*handed.repairs], [*handed.cells]
    found = _match(cells, plan, repairs)
    ours = [plan[place].kind for place, numbers in found.items() if numbers]
    if not {ANSWER, WRITTEN, TEST} & set(ours) and ours.count(TEXT) < 3:
        raise RebuildError(OTHER_NOTEBOOK)
    chosen, extra = choose(found, plan, cells, repairs)
    copy_of = {n: plan[place] for place, numbers in found.items() for n in numbers}

    def beside(place: int) -> list[Piece]:
        return [p for n in extra.get(place, ()) for p in _own(cells[n], copy_of.get(n))]

    pieces = beside(-1)
    for place, step in enumerate(plan):
        cell = cells[chosen[place]] if place in chosen else None
        if step.kind == ANSWER and cell is None and _stands_elsewhere(step, cells):
            repairs.append(f"the answer {step.id!r} stood in another cell")
            pieces.append(
                Piece(step, "", "code", answered=True)
            )  # the exercise's dots would undo it
        elif step.kind in (ANSWER, WRITTEN, OPEN):
            pieces.append(_answer(step, cell, repairs))
        else:
            pieces += _locked(step, cell, repairs)
        pieces += beside(place)
    _note_order({p: n for p, n in chosen.items() if len(found[p]) == 1}, repairs)
    pieces = find_words(pieces, cells, plan, repairs)
    return Rebuilt(pieces, list(dict.fromkeys(repairs)), handed.python)


def _own(cell: Cell, step: Step | None) -> list[Piece]:
    """Return what is the trainee's own of a cell that was not chosen for the step it is a copy of."""
    whole = [added(cell.kind, cell.source)]
    if step is not None and step.kind == ANSWER:  # its dots would undo the answer that counts
        return [added(cell.kind, DOTS.sub("", cell.source))]
    if step is None or step.kind == OPEN:
        return whole
    return [piece for piece in _locked(step, cell, []) if piece.step is None] or whole


def _stands_elsewhere(step: Step, cells: list[Cell]) -> bool:
    """Say whether some cell gives a name that the answer is to give."""
    asked = given_names(step.released)
    return any(asked & names_in(cell.source) for cell in cells if cell.kind == "code")


def _answer(step: Step, cell: Cell | None, repairs: list[str]) -> Piece:
    kind = "code" if step.is_code else "markdown"
    if cell is None:
        if step.kind != OPEN:
            repairs.append(
                f"the answer cell {step.id!r} was not there, so it counts as not answered"
            )
        return Piece(step, step.released, kind)
    if cell.kind != kind:
        words = {"code": "code", "markdown": "text"}
        repairs.append(
            f"the cell {step.id!r} had become {words[cell.kind]}; it is {words[kind]} again"
        )
    return Piece(step, cell.source, kind, answered=says_more(cell.source, step.released))


def _locked(step: Step, cell: Cell | None, repairs: list[str]) -> list[Piece]:
    """Return the instructor's cell, and beside it what the trainee wrote into it."""
    kind = "code" if step.is_code else "markdown"
    original = Piece(step, step.released, kind)
    if cell is None or bare(cell.source) == bare(step.released):
        if cell is None and step.kind == TEST:
            repairs.append(f"the check {step.id!r} was missing and was put back")
        return [original]
    if step.kind == TEXT:
        known = {line.strip() for line in step.released.splitlines()}
        words = "\n".join(x for x in cell.source.splitlines() if x.strip() not in known).strip()
        if not words:
            return [original]
        repairs.append("words stood in the text of a task; they are kept below it")
        return [original, Piece(None, words, "markdown")]
    before, whole, after = bare(cell.source).partition(bare(step.released))
    if not whole or not (before.strip() or after.strip()):
        repairs.append(f"the locked cell {step.id!r} was changed; the original counts")
        return [original]
    repairs.append(f"what was added to the locked cell {step.id!r} runs in a cell of its own")
    if step.kind == TEST:  # an answer must be there before it is checked
        before, after = f"{before}\n{after}", ""
    beside = [Piece(None, text.strip("\n"), kind) for text in (before, after)]
    return [p for p in (beside[0], original, beside[1]) if p.source]


def _match(cells: list[Cell], plan: list[Step], repairs: list[str]) -> dict[int, list[int]]:
    """Return for each step the cells that claim to be it, in the order of the submission."""
    found: dict[int, list[int]] = defaultdict(list)
    place_of = {step.id: place for place, step in enumerate(plan)}
    unknown, by_id = [], 0
    for number, cell in enumerate(cells):
        if cell.mark in place_of:
            found[place_of[cell.mark]].append(number)
        elif cell.id in place_of and not cell.mark:
            found[place_of[cell.id]].append(number)
            by_id += plan[place_of[cell.id]].kind != TEXT
        else:
            unknown.append(number)
    if by_id:
        repairs.append("the grading marks of cells were lost; the names of the cells were used")
    missing = [p for p, step in enumerate(plan) if not found.get(p)]
    needed = [p for p in missing if plan[p].kind in (ANSWER, WRITTEN, OPEN)]
    if needed and unknown:
        _match_by_likeness(cells, plan, found, missing, unknown, repairs)
    return found


def _match_by_likeness(
    cells: list[Cell],
    plan: list[Step],
    found: dict[int, list[int]],
    missing: list[int],
    unknown: list[int],
    repairs: list[str],
) -> None:
    """Give cells without a name to the steps that lack one: same text, then place and likeness."""
    free = list(unknown)
    text = {number: bare(cells[number].source) for number in unknown}
    for place in missing:
        wanted = bare(plan[place].released)
        same = [n for n in free if text[n] == wanted]
        if same and plan[place].kind not in (ANSWER, WRITTEN):
            found[place].append(same[0])
            free.remove(same[0])
    anchors = sorted((place, numbers[0]) for place, numbers in found.items() if numbers)
    if not anchors and len(unknown) < 2:
        return
    for place in missing:
        step = plan[place]
        if found.get(place) or step.kind not in (ANSWER, WRITTEN, OPEN):
            continue
        before = max((n for p, n in anchors if p < place), default=-1)
        after = min((n for p, n in anchors if p > place and n > before), default=len(cells))
        scored = [
            (_likeness(cells[n], step) + (0.25 if before < n < after else 0), -n) for n in free
        ]
        best = max(scored, default=(0, 0))
        if best[0] >= ENOUGH_ALIKE:
            number = -best[1]
            found[place].append(number)
            free.remove(number)
            repairs.append(f"the answer {step.id!r} had lost its name and was found by its place")
            anchors = sorted([*anchors, (place, number)])


def _likeness(cell: Cell, step: Step) -> float:
    """Return how much a cell looks like an answer to a step, from 0 to 1."""
    if (cell.kind == "code") != step.is_code:
        return 0.0
    if not step.is_code:  # letters and not words: some languages write no spaces
        return 0.5 if sum(letter.isalpha() for letter in cell.source) >= 8 else 0.2
    asked = set(re.findall(r"^(?:def )?(\w+)(?: *=|\()", step.released, re.MULTILINE))
    given = set(re.findall(r"^(?:def )?(\w+)(?: *=|\()", cell.source[:9000], re.MULTILINE))
    named = len(asked & given) / len(asked) if asked else 0.0
    one, other = (Counter(re.findall(r"\w+", t[:4000])) for t in (cell.source, step.released))
    shared = sum((one & other).values())
    return max(named, 2 * shared / max(1, one.total() + other.total()))


def _note_order(chosen: dict[int, int], repairs: list[str]) -> None:
    order = [number for _, number in sorted(chosen.items())]
    if order != sorted(order):
        repairs.append("cells had changed places; they are in the instructor's order again")
