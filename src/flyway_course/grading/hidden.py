"""Hidden tests: where they begin and end, and which of their words a trainee may read.

A hidden test is between `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS`. Trainees never see its
code. They may see the sentence that its author wrote for them: the message of the `assert` that
failed. A sentence is shown only if it stands word for word in the test, so that nothing computed
from a hidden value can reach a feedback page.
"""

from __future__ import annotations

import ast
import re

BEGIN = "BEGIN HIDDEN TESTS"
END = "END HIDDEN TESTS"
IN_WORDS = {
    "AttributeError": "it asks a value for something that the value does not have",
    "FileNotFoundError": "it opens a file that is not there",
    "ImportError": "it imports something that is not there",
    "IndexError": "it asks for a row or an item that is not there",
    "KeyError": "it asks for a column or a key that is not there",
    "ModuleNotFoundError": "it imports something that is not there",
    "NameError": "it uses a name that does not exist",
    "RecursionError": "a function calls itself without an end",
    "TypeError": "it uses a value in a way that this kind of value does not allow",
    "UnboundLocalError": "a function uses a name before it gives it a value",
    "ValueError": "it uses a value that is not possible at that place",
    "ZeroDivisionError": "it divides by zero",
}
"""What the kinds of errors mean that beginners meet; others are not named."""


def visible_part(source: str) -> str:
    """Return a test without its hidden lines, as trainees get it."""
    kept, hidden = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            hidden = True
        elif END in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept).rstrip()


def hidden_lines(source: str) -> list[str]:
    """Return the lines of a test that trainees must never see, without their indentation."""
    found, hidden = [], False
    for line in source.split("\n"):
        if END in line:
            hidden = False
        elif hidden and line.strip():
            found.append(line.strip())
        elif BEGIN in line:
            hidden = True
    return found


def first_line(source: str) -> int:
    """Return the number, from 1, of the line where the hidden part begins; 0 where there is none."""
    return next((n for n, line in enumerate(source.split("\n"), 1) if BEGIN in line), 0)


def messages(source: str) -> list[str]:
    """Return the sentences of a test's `assert` statements, in order; plain text only."""
    asserts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    asserts.sort(key=lambda node: node.lineno)
    return [
        node.msg.value
        for node in asserts
        if isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str)
    ]


def label(source: str) -> str:
    """Return what a test says it checks: its first comment line, without "check:"."""
    first = visible_part(source).lstrip().split("\n", 1)[0]
    words = first.lstrip("# ").strip() if first.startswith("#") else "the answer"
    words = re.sub(r"^(check|when graded): *", "", words)
    return words[:1].upper() + words[1:]


def explain(source: str, error_name: str, error_text: str) -> str:
    """Say in plain words why a test did not pass, without a word of its hidden part.

    Parameters
    ----------
    source
        The whole test, as its author wrote it.
    error_name, error_text
        What the run ended with, such as `AssertionError` and its message.
    """
    if error_name == "AssertionError" and error_text in messages(source):
        return error_text
    missing = re.fullmatch(r"name '(\w+)' is not defined", error_text)
    words = re.findall(r"\w+", visible_part(source))
    if error_name == "NameError" and missing and missing[1] in words:
        return (
            f"The name {missing[1]} does not exist. Did the cell with your answer stop with an "
            "error, or did you give the answer another name?"
        )
    if error_name == "CellTimeoutError":
        return "The check took too long and was stopped. Does a loop in your answer never end?"
    why = IN_WORDS.get(error_name)
    said = (
        f"Your answer stopped with an error when it was checked{f': {why}' if why else ''}. Run all "
        "cells of the notebook from the top, and look for the first cell that stops."
    )
    # it asks what no cell of the notebook asks; a missing name is missing whatever is asked
    if hidden_lines(source) and error_name != "NameError":
        said += (
            " If none stops, your answer meets other data when it is graded: can it take a blank, a zero "
            "and a table with few rows?"
        )
    return said
