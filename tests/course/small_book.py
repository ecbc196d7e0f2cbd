"""A small book with its own helper package and data, for the tests of the build."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

CONFIG = """\
title: A small book
author: the tests
only_build_toc_files: true
exclude_patterns: [_build, solutions, src]
execute: {execute_notebooks: cache, timeout: 60, run_in_temp: true}
launch_buttons: {thebe: false}
repository: {url: ""}
html: {use_issues_button: false, use_repository_button: false}
sphinx:
  config:
    html_static_path: [book/_static]
    html_context: {default_mode: auto}
    mathjax_path: kit.js
"""

HEAD = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""


def lesson(title: str, *cells: str, text: str = "Some words.") -> str:
    """The source of a lesson with these code cells."""
    code = "\n\n".join(f"```{{code-cell}} python\n{dedent(cell).strip()}\n```" for cell in cells)
    return f"{HEAD}\n# {title}\n\n{text}\n\n{code}\n"


def write(root: Path, name: str, text: str) -> Path:
    """Write one file of the book."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def data_package(root: Path, name: str, rows: str) -> None:
    """A data package with one table."""
    write(root, f"datasets/{name}/datapackage.json", json.dumps({"name": name}))
    write(root, f"datasets/{name}/{name}.csv", rows)


def small_book(root: Path) -> Path:
    """Three pages: an index, a lesson on cranes, a lesson on spoonbills that uses a helper."""
    write(root, "_config.yml", CONFIG)
    write(
        root,
        "_toc.yml",
        "format: jb-book\nroot: book/index\nchapters:\n- file: book/cranes\n- file: book/spoonbills\n",
    )
    write(root, "requirements.lock", "numpy==2\n")
    write(root, "book/index.md", "# Birds\n\nSee [](spoonbills.md).\n")
    write(root, "book/_static/kit.js", "// nothing yet\n")
    write(root, "src/flyway/__init__.py", "")
    write(
        root,
        "src/flyway/datasets.py",
        """\
        from pathlib import Path

        KNOWN = ["cranes", "spoonbills"]


        def load(name):
            home = Path(__file__).parents[2] / "datasets"
            return (home / name / f"{name}.csv").read_text().split()[1:]
        """.replace("        ", "", 1).replace("\n        ", "\n"),
    )
    write(root, "src/flyway/growth.py", "def rate(a, b):\n    return b / a - 1\n")
    data_package(root, "cranes", "count\n3\n")
    data_package(root, "spoonbills", "count\n100\n108\n")
    write(
        root,
        "book/cranes.md",
        lesson("Cranes", "from flyway.datasets import load", "print('cranes', load('cranes'))"),
    )
    write(
        root,
        "book/spoonbills.md",
        lesson(
            "Spoonbills",
            """
            from flyway import datasets
            from flyway.growth import rate
            """,
            """
            first, last = map(int, datasets.load("spoonbills"))
            print("growth", round(rate(first, last), 3))
            """,
        ),
    )
    return root
