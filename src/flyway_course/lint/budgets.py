"""The budgets of a lesson: words, checks, sentences, cells, functions, key points, story.

The limits are those that the median of good courses keeps (blueprint, section 4). Each function
takes a parsed lesson and returns its problems; `check` runs them all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from statistics import mean, median

from . import code
from .lesson import Lesson
from .problem import Problem
from .prose import CHECKS, RECAPS, Piece, body, of, pieces, running, sentences, words

WORDS = (700, 1300)
WORDS_BETWEEN_CHECKS = 300
WORDS_PER_SENTENCE = 20
LONG_SENTENCE = 35
MEDIAN_CELL = 5
LONGEST_CELL = 25
LONGEST_FUNCTION = 8
KEY_POINTS = 4
STORY_WORDS = 120
OBJECTIVES = (2, 4)

BANNED = {
    "simply": "leave it out",
    "just": "leave it out, or write “only” or “a moment ago”",
    "obviously": "leave it out: the reader may not see it yet",
    "easy": "say what makes it short or quick",
    "easily": "say what makes it short or quick",
    "trivial": "leave it out",
    "trivially": "leave it out",
}
# Idioms that a reader with English as a second language cannot work out from the words.
IDIOMS = """
a bird's-eye view | a grain of salt | a pinch of salt | a piece of cake | a rule of thumb
rule of thumb | apples and oranges | as the crow flies | at the end of the day | back to square one
ballpark | bear in mind | bells and whistles | birds of a feather | boils down to | by and large
call it a day | cut corners | cutting edge | cutting-edge | deep dive | dive in | dive into
ducks in a row | early bird | elephant in the room | from scratch | game changer | game-changer
get your hands dirty | hand in hand | heads up | heads-up | hit the ground running | in a nutshell
in the same boat | jump in | keep an eye on | kill two birds | long shot | low-hanging fruit
needle in a haystack | needless to say | off the top of | on the fly | on the same page
out of the box | play around | red flag | ring a bell | silver bullet | state of the art
state-of-the-art | the big picture | tip of the iceberg | trial and error | under the hood
up in the air | wild goose chase | wrap your head around
"""
_IDIOMS = [idiom.strip() for line in IDIOMS.strip().splitlines() for idiom in line.split("|")]
_BANNED = re.compile(
    r"\b(?:" + "|".join(re.escape(w) for w in [*BANNED, *_IDIOMS]) + r")\b", re.IGNORECASE
)


def check(lesson: Lesson) -> list[Problem]:
    """Return every budget that the lesson breaks."""
    return [problem for rule in RULES for problem in rule(lesson)]


def word_budget(lesson: Lesson) -> Iterator[Problem]:
    """700 to 1,300 words of body text (`prose` says what counts)."""
    count = sum(len(piece.words) for piece in body(lesson))
    least, most = WORDS
    if count < least:
        mend = f"{least - count} too few: say more, or join it with its neighbour"
    elif count > most:
        mend = f"{count - most} too many: cut, or split the lesson"
    else:
        return
    yield Problem(
        lesson.path, 1, "words", f"{count} words of prose, {least}–{most} allowed; {mend}"
    )


def checks_often(lesson: Lesson) -> Iterator[Problem]:
    """A quiz, prediction, exercise or self-check at least every 300 words.

    Words inside a check are part of it. "Decide and tell" and key points repeat what was checked
    and are not counted.
    """
    events: list[tuple[int, int]] = []  # line, words (0: a check)
    for piece in body(lesson):
        if piece.words and not RECAPS & set(piece.inside):
            events.append((piece.line, 0 if CHECKS & set(piece.inside) else len(piece.words)))
    events += [(b.line, 0) for b in lesson.directives(*CHECKS)]
    events += [
        (cell.line, 0) for cell in lesson.cells if not cell.folded and code.calls(cell, "check")
    ]
    run = start = 0
    for line, count in [*sorted(events), (lesson.source.count("\n") + 1, 0)]:
        if count:
            start = start if run else line
            run += count
            continue
        if run > WORDS_BETWEEN_CHECKS:
            over = run - WORDS_BETWEEN_CHECKS
            yield Problem(
                lesson.path,
                start,
                "check-gap",
                f"{run} words from here to line {line} without a check, {over} over the "
                f"{WORDS_BETWEEN_CHECKS} allowed; put a quiz, prediction or self-check between",
            )
        run = 0


def sentence_length(lesson: Lesson) -> Iterator[Problem]:
    """Sentences of 20 words or fewer on average; a warning for each one above 35."""
    found = [(len(words(s)), s, p.line) for p in running(lesson) for s in sentences(p.text)]
    if not found:
        return
    average = mean(count for count, _, _ in found)
    if average > WORDS_PER_SENTENCE:
        count, longest, line = max(found, key=lambda each: each[0])
        yield Problem(
            lesson.path,
            line,
            "sentences",
            f"{average:.1f} words per sentence on average, {WORDS_PER_SENTENCE} allowed; "
            f"begin with the longest ({count} words): “{_begin(longest)}”",
        )
    for count, sentence, line in found:
        if count > LONG_SENTENCE:
            message = f"a sentence of {count} words; cut it in two: “{_begin(sentence)}”"
            yield Problem(lesson.path, line, "long-sentence", message, warning=True)


def _begin(sentence: str) -> str:
    first = sentence.split()[:8]
    return " ".join(first) + " …"


def banned_words(lesson: Lesson) -> Iterator[Problem]:
    """No "simply", "just", "obviously", "easy" and no idioms: in text, comments and strings."""
    found = pieces(lesson) + [
        Piece(text, line, "code") for cell in lesson.cells for text, line in code.texts(cell)
    ]
    for piece in found:
        for match in _BANNED.finditer(piece.text.replace("’", "'")):
            line = piece.line + piece.text[: match.start()].count("\n")
            word = match.group().lower()
            mend = BANNED.get(word, "an idiom: say it with the words' own meaning")
            yield Problem(lesson.path, line, "banned-word", f"“{match.group()}”: {mend}")


def cell_length(lesson: Lesson) -> Iterator[Problem]:
    """Visible cells of at most 5 lines (median); no cell over 25. Blank lines do not count."""
    visible = [len(c.code_lines) for c in lesson.cells if c.visible and c.code_lines]
    if visible and median(visible) > MEDIAN_CELL:
        middle = median(visible)
        message = (
            f"the median visible cell has {middle:g} lines, {MEDIAN_CELL} allowed; split cells"
        )
        yield Problem(lesson.path, lesson.cells[0].line, "cell-median", message)
    for cell in lesson.cells:
        over = len(cell.code_lines) - LONGEST_CELL
        if over > 0:
            message = (
                f"cell {cell.number} has {len(cell.code_lines)} lines, {over} over the "
                f"{LONGEST_CELL} allowed; split it or move it into `flyway`"
            )
            yield Problem(lesson.path, cell.line, "cell-length", message)


def function_length(lesson: Lesson) -> Iterator[Problem]:
    """No function or class longer than 8 lines: it belongs in `flyway`."""
    for cell in lesson.cells:
        for node in ast.walk(code.tree(cell)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    message = (
                        f"`{node.name}` in cell {cell.number} has {lines} lines, "
                        f"{LONGEST_FUNCTION} allowed; move it into `flyway`, where it is tested"
                    )
                    line = cell.line + node.lineno - 1
                    yield Problem(lesson.path, line, "function-length", message)


def key_points(lesson: Lesson) -> Iterator[Problem]:
    """At most four key points."""
    for box in lesson.directives("keypoints"):
        count = sum(len(b.children) for b in box.children if b.kind == "list")
        if count > KEY_POINTS:
            message = f"{count} key points, {KEY_POINTS} allowed; keep the {KEY_POINTS} to remember"
            yield Problem(lesson.path, box.line, "key-points", message)


def story_length(lesson: Lesson) -> Iterator[Problem]:
    """A field story of at most 120 words, its title not counted."""
    for story in lesson.directives("story"):
        count = sum(len(piece.words) for piece in of(story))
        if count > STORY_WORDS:
            over = count - STORY_WORDS
            message = f"the story has {count} words, {over} over the {STORY_WORDS} allowed; cut it"
            yield Problem(lesson.path, story.line, "story-length", message)


def objective_count(lesson: Lesson) -> Iterator[Problem]:
    """Two to four objectives."""
    objectives = lesson.card.get("objectives")
    count = len(objectives) if isinstance(objectives, list) else 0
    least, most = OBJECTIVES
    if not least <= count <= most:
        message = f"{count} objectives in the front matter, {least} to {most} allowed"
        yield Problem(lesson.path, lesson.line_of("objectives:"), "objectives", message)


RULES: tuple[Callable[[Lesson], Iterator[Problem]], ...] = (
    word_budget,
    checks_often,
    sentence_length,
    banned_words,
    cell_length,
    function_length,
    key_points,
    story_length,
    objective_count,
)
