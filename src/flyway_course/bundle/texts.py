"""What people read first: `READ-ME.txt` and `START-HERE.html`, in plain words."""

from __future__ import annotations

import html
from collections.abc import Sequence

TITLE = "Counting Across Borders"
WAYS = {
    "windows": ("Windows", "install.bat", "open.bat"),
    "macos": ("macOS", "install.command", "open.command"),
    "linux": ("Linux", "install.sh", "open.sh"),
}
NO_INTERNET = "You need no internet for anything on this stick."
READ = 'Open START-HERE.html with a double click and choose "Read the book". Pages, maps and sliders work.'
WHICH = (
    "To run the notebooks, your computer needs Python {pythons}. To see which one it has, open a "
    "terminal (on Windows: Command Prompt) and type  python3 --version  (on Windows:  py --version)."
)
WITHOUT = (
    "No Python? You can still read the whole book and use its sliders and questions. "
    "Share a computer with somebody who has Python; the course is made for two at one keyboard."
)
NO_PACKAGES = (
    "This bundle has no packages for running the notebooks. With Python, JupyterLab and flyway "
    "on your computer, you can copy notebooks/ and exercises/ to your own folder and open them there."
)
COPY_FIRST = "Work on your own copy, never on the stick: the stick is for everybody."
HAND_IN = [
    "Save your notebook (File, then Save Notebook).",
    "Find it: in your home folder, in counting-across-borders, workspace, exercises.",
    "Copy it into the folder hand-in/ of the stick.",
    "Put your name at the end of the copy's name, like this:  x0-first-counts-Saraa.ipynb",
]
OWN = "Your notebooks are in your home folder, in counting-across-borders, in workspace. The course never writes over them."
EXERCISE = "The exercises are in workspace, in the folder exercises."
CHECK = (
    "To see that the stick is whole, type in a terminal in this folder:  python3 start/check.py  "
    "(on Windows:  py start\\check.py)."
)
MAC = (
    "If macOS says that it cannot open the file: open Terminal, type  sh  and a space, drag "
    "the file into the window and press Enter."
)
LINUX = (
    "On Linux, open a terminal in this folder. Type  sh install.sh  once for each computer, and  "
    "sh open.sh  each time."
)


def double_click(systems: Sequence[str], which: int) -> str:
    """The files to start by double click: 1 those that install, 2 those that open.

    Linux is left out: most of its file managers show a script as text.
    """
    return ", ".join(f"{WAYS[s][which]} ({WAYS[s][0]})" for s in systems if s != "linux")


def steps(systems: Sequence[str]) -> list[str]:
    """What a trainee does to run the notebooks."""
    made = []
    if installs := double_click(systems, 1):
        made = [
            f"Once for each computer, double click: {installs}. It takes two to ten minutes.",
            f"Each time, double click: {double_click(systems, 2)}. Book and JupyterLab open in your "
            "browser.",
        ]
    made += [MAC] if "macos" in systems else []
    made += [LINUX] if "linux" in systems else []
    return [*made, OWN, EXERCISE]


def served(pythons: Sequence[str]) -> str:
    """The Pythons as a text, such as "3.11, 3.12 or 3.13"."""
    *first, last = sorted(pythons, key=lambda version: int(version.split(".")[1]))
    return f"{', '.join(first)} or {last}" if first else last


def run_lines(systems: Sequence[str], pythons: Sequence[str]) -> list[str]:
    """The part on running notebooks."""
    if not systems:
        return [NO_PACKAGES, COPY_FIRST]
    return [WHICH.format(pythons=served(pythons)), WITHOUT, *steps(systems)]


def to_print(printed: Sequence[str]) -> list[tuple[str, str]]:
    """What can be printed: the file or folder, and what it is. printed: names of the PDFs."""
    whole = [(name, "the whole book, answers at its end") for name in printed if "/" not in name]
    sheets = (
        [("sheets/", "one sheet for each lesson")] if any("/" in name for name in printed) else []
    )
    return whole + sheets


def read_me(systems: Sequence[str], pythons: Sequence[str], printed: Sequence[str] = ()) -> bytes:
    """`READ-ME.txt`, with the line ends of Windows, which the other systems read too."""
    paper = [f"For printing:  {name}  is {what}." for name, what in to_print(printed)]
    parts = [("Read", [READ, *paper]), ("Run", run_lines(systems, pythons)), ("Hand in", HAND_IN)]
    parts += [("Check", [CHECK])]
    lines = [TITLE, "=" * len(TITLE), "", NO_INTERNET, ""]
    for head, texts in parts:
        lines += [head, "-" * len(head), ""]
        for number, text in enumerate(texts, 1):
            lines += [f"{number}. {text}" if len(texts) > 1 else text, ""]
    return "\r\n".join(lines).encode("utf-8")


PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: start here</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
.read {{ display: inline-flex; align-items: center; min-height: 44px; padding: 0 1.2rem; border: 2px solid; border-radius: .4rem;
font-weight: 600 }}
li {{ margin: .5rem 0; overflow-wrap: anywhere }}
</style></head>
<body><main>
<h1>{title}</h1>
<p>{no_internet}</p>
<p><a class="read" href="book/index.html">Read the book</a></p>
<h2>Run the notebooks</h2>
{run}
<h2>Hand in an exercise</h2>
{hand_in}
<h2>What else is here</h2>
<ul>
<li><a href="READ-ME.txt">READ-ME.txt</a>: this page as plain text</li>
{paper}<li>notebooks/: the lessons as notebooks</li>
<li>exercises/: {exercises}</li>
<li>datasets/: the tables, each with its sources and licence</li>
</ul>
</main></body>
</html>
"""


def start_here(
    systems: Sequence[str],
    pythons: Sequence[str],
    exercises: Sequence[str],
    printed: Sequence[str] = (),
) -> bytes:
    """`START-HERE.html`: a page of its own, with no script and nothing from elsewhere."""
    paper = "".join(
        f'<li><a href="{name}">{name}</a>: for printing, {what}</li>\n'
        for name, what in to_print(printed)
    )
    run = "".join(f"<li>{html.escape(text)}</li>\n" for text in run_lines(systems, pythons))
    hand_in = "".join(f"<li>{html.escape(text)}</li>\n" for text in HAND_IN)
    page = PAGE.format(
        title=TITLE,
        no_internet=NO_INTERNET,
        run=f"<ol>\n{run}</ol>",
        hand_in=f"<ol>\n{hand_in}</ol>",
        paper=paper,
        exercises=", ".join(exercises) or "none in this bundle",
    )
    return page.encode("utf-8")


def how_to_open(systems: Sequence[str]) -> str:
    """What the book's "Open in JupyterLab" says on the stick, where there is no `course.py`."""
    if not systems:
        return (
            "<p>This opens where the course is set up. The file READ-ME.txt says what you need.</p>"
        )
    ways = []
    if opens := double_click(systems, 2):
        ways.append(f"double click {opens}")
    if "linux" in systems:
        ways.append("type <code>sh open.sh</code> in a terminal (Linux)")
    return (
        f"<p>Close this page. In the folder of the course, {' or '.join(ways)}. If the course is not "
        "set up on this computer yet, READ-ME.txt on the stick says how.</p>"
        "<p>The book opens again, at another address. Press this button there.</p>"
    )
