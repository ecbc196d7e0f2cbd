"""The lint itself: a good lesson passes, and each defect is found, named and placed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jupytext
import pytest
import yaml
from pybtex.database import BibliographyData, Entry

from flyway_course import paths
from flyway_course.lint import (
    Book,
    Problem,
    anatomy,
    errors,
    glossary,
    prose,
    run,
    sources,
    spelling,
    style,
)
from flyway_course.lint import parsing as lessons

FIXTURE = Path(__file__).parent / "lint_fixture" / "good.md"
GOOD = FIXTURE.read_text(encoding="utf-8")
SOURCE = "book/modules/01-count/09-good.md"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A small checkout: settings, one simulated data package, one bibliography entry."""
    root = tmp_path_factory.mktemp("house")
    shutil.copy(paths.ROOT / "pyproject.toml", root)
    for name in ("winter_counts", "bfs_census"):
        truth = "simulated" if name == "winter_counts" else "real"
        package = root / "datasets" / name / "datapackage.json"
        package.parent.mkdir(parents=True)
        package.write_text(json.dumps({"name": name, "truth": truth}), encoding="utf-8")
    (root / Path(SOURCE).parent).mkdir(parents=True)
    return root


def problems(source, house, rule="ruff") -> list[Problem]:
    """All problems of a lesson; ruff runs only where its rules are asked for."""
    entries = BibliographyData({"counters2021": Entry("misc", [("title", "Counts")])})
    book = Book(house, [], {"population": 1}, entries, [])
    lesson = lessons.parse(source, SOURCE)
    if lesson.error or rule in {"ruff", "format", "syntax"}:
        return book.check_lesson(lesson)
    return [p for name, rules in Book.RULES.items() if name != "style" for p in rules(book, lesson)]


def line_of(source, words) -> int:
    return source[: source.index(words)].count("\n") + 1


def test_a_good_lesson_has_no_problem(house):
    assert [str(p) for p in problems(GOOD, house)] == []


SENTENCE = "The birds stand in the water and they look for small fish at low tide. "
WAY_ON = "Next: [how to count across borders](02-next.md)."
LONG = (
    "The birds that stand in the water at low tide look for small fish and shrimps and crabs and "
)
CODE = "counts.head()\n```\n\nEach row"

# name, text to replace, replacement, rule, words of the message, text on the line it names
DEFECTS = [
    ("too short", "## The idea in words\n", "", "words", r"^\d+ words .* \d+ too few", "---"),
    ("too long", WAY_ON, (SENTENCE + "\n\n") * 60 + WAY_ON, "words", r"\d+ too many", "---"),
    (
        "no check for long",
        "So a change has two parts.",
        SENTENCE * 20,
        "check-gap",
        r"\d{3} words from here .* \d+ over the 300 allowed",
        "Two people count each",
    ),
    (
        "long sentences",
        "A count is a number with a shadow.",
        (LONG * 12 + "worms.\n\n") * 6,
        "sentences",
        r"words per sentence on average, 20 allowed",
        LONG,
    ),
    ("simply", "So a change", "So simply a change", "banned-word", "“simply”", "So simply"),
    ("Just", "So a change", "Just a change", "banned-word", "“Just”", "Just a"),
    ("easy in a heading", "## The same in", "## The easy way in", "banned-word", "easy", "## The easy"),
    ("obviously in a fold", "Filter the table", "Obviously, filter", "banned-word", "", "Obviously"),
    ("idiom", "Read three rows", "In a nutshell, read", "banned-word", "an idiom", "In a nut"),
    ("easily in a comment", "counts.head()", "counts.head()  # easily", "banned-word", "", "easily"),
    ("just in a string", '"""Draw the', '"""Just draw the', "banned-word", "", '"""Just'),
    (
        "just on a later line",
        "Read three rows",
        "Read\njust three rows",
        "banned-word",
        "",
        "just three",
    ),
    (
        "long cells",
        CODE,
        "\n".join(f"counts_{i} = counts.head({i})" for i in range(9))
        + "\n```\n\n"
        + "\n".join(
            ["```{code-cell} python", *(f"tail_{i} = counts.tail({i})" for i in range(9)), "```", ""]
        )
        * 4
        + "\nEach row",
        "cell-median",
        "the median visible cell has 9 lines, 5 allowed",
        "from flyway import datasets",
    ),
    (
        "very long cell",
        "counts.head()",
        "\n".join(f"counts_{i} = counts.head({i})" for i in range(29)),
        "cell-length",
        "cell 2 has 30 lines, 5 over the 25 allowed",
        'counts = datasets.load("winter',
    ),
    (
        "long function",
        "    return plot_counts",
        "".join(f"    year = year + {i}\n" for i in range(7)) + "    return plot_counts",
        "function-length",
        "`draw` in cell 3 has 10 lines, 8 allowed; move it into `flyway`",
        "def draw",
    ),
    (
        "five key points",
        "- Divide by the first count.\n",
        "- Divide by the first count.\n" * 3,
        "key-points",
        "5 key points, 4 allowed",
        ":::{keypoints}",
    ),
    (
        "long story",
        "The tide was low",
        "The tide was very low that day. " * 12 + "The tide was low",
        "story-length",
        r"the story has 15\d words, 3\d over the 120 allowed",
        ":::{story}",
    ),
    (
        "one objective",
        '    - {id: doubt, text: "Say how sure a change is.", checked_by: [q-doubt]}\n',
        "",
        "objectives",
        "1 objectives in the front matter, 2 to 4 allowed",
        "  objectives:",
    ),
    ("no level", "level: core", "level: hard", "front-matter", "`lesson: level` is not one of", "---"),
    ("number not quoted", '"1.9"\n', "1.9\n", "front-matter", "`lesson: number`", "---"),
    ("no description", '"description lang=en"', '"other"', "front-matter", "description", "---"),
    ("no walk", "  walk:", "  stroll:", "front-matter", "`lesson: walk` is missing", "---"),
    ("walk too long", "minutes: 20", "minutes: 90", "front-matter", "from 5 to 35", "---"),
    ("walk skips nothing real", '["Where it breaks"]', '["Lunch"]', "front-matter", "'Lunch'", "---"),
    ("no minutes", "{read: 10, do: 25}", "{read: 10}", "front-matter", "minutes: do", "---"),
    ("no data named", "data: [winter_counts]", "data: []", "front-matter", "lesson: data", "---"),
    ("bad yaml", "minutes: {read: 10", "minutes: {read: : 10", "front-matter", "not valid YAML", ""),
    ("front matter left open", "---\n\n# Are", "\n# Are", "front-matter", "not valid YAML", ""),
    ("not a notebook", "format_name: myst", "format_name: light", "front-matter", "jupytext", "---"),
    ("title no question", "than last winter?", "than last winter", "title", "is not a question", "# Are"),
    ("no title", "# Are there", "## Are there", "title", "no title", "---"),
    ("two titles", "## Make your own", "# Make your own", "title", "a second title", "# Make"),
    *[
        (
            f"no {name}",
            f"{{{name}}}",
            "{note}",
            "part-missing",
            rf"no `\{{{name}\}}` on the page",
            "---",
        )
        for name in (*anatomy.ORDER, "exercise", "hint", "solution")
        if name != "quiz"
    ],
    ("no quiz", "{quiz}", "{note}", "part-missing", r"no `\{quiz\}` on the page", "---"),
    ("two stories", ":::{breaks}", ":::{story} Two\nA day.\n:::\n\n:::{breaks}", "part-twice", "", "{story} Two"),
    (
        "data after the last quiz",
        ":::{data}",
        ":::{note}",
        "order",
        r"`\{data\}` stands after `\{quiz\}`",
        ":::{data}",
    ),
    (
        "exercise after the end",
        WAY_ON,
        ":::{exercise}\n:label: ex-late\nOne more.\n:::\n\n" + WAY_ON,
        "order",
        r"`\{exercise\}` stands after `\{tell\}`",
        ":::{exercise}\n:label: ex-late",
    ),
    (
        "code before the prediction",
        ":::{predict}",
        "```{code-cell} python\n1 + 1\n```\n\n:::{predict}",
        "predict-first",
        "code before the first prediction",
        "1 + 1",
    ),
    ("no code", "{code-cell}", "{code-block}", "code-missing", "no visible code cell", "---"),
    ("no widget", "explore", "show", "part-missing", "no widget; call one of `explore`", "---"),
    ("one what if", "What if you leave out the northern roost?", "", "what-if", "1 “what if” prompts, 2 wanted", "def draw"),
    ("exercise without label", ":label: ex-change", ":nonumber:", "exercise", "no `:label:`", "::::{exercise}"),
    ("solution of nothing", "{solution} ex-change", "{solution} ex-other", "exercise", "“ex-other” has no exercise", "```{solution}"),
    ("exercise without solution", "{solution} ex-change", "{solution} ex-other", "exercise", r"`ex-change` has no", ":label: ex-change"),
    ("open hint", ":::{hint}\n:class: dropdown\n", ":::{hint}\n", "exercise", "this hint is open", ":::{hint}"),
    ("open solution", "ex-change\n:class: dropdown\n", "ex-change\n", "exercise", "this solution is open", "```{solution}"),
    ("no self-check", 'check("1.9 change", change)', "print(check, change)", "self-check", "no self-check", "---"),
    ("no stretch task", "As a stretch task, do", "Then do", "stretch", "no stretch task", "---"),
    ("no warden", "**For a warden:**", "**For a neighbour:**", "tell", "no sentence for a warden", ":::{tell}"),
    ("long for the ministry", "We cannot yet say", "We counted. We cannot yet say", "tell", "2 sentences for a ministry, 1 wanted", "**For a ministry"),
    (
        "no uncertainty",
        "fell by about a tenth, and a new team alone could explain it.\n\n**For a ministry:** We cannot yet say that there are fewer cranes, since counts of the same birds may differ by a tenth.",
        "fell.\n\n**For a ministry:** There are fewer cranes.",
        "tell",
        "no uncertainty",
        ":::{tell}",
    ),
    ("nothing cited", "{cite:p}`counters2021`", "", "references", "no source is cited", "---"),
    ("no way on", WAY_ON, "The end.", "next", "no way on", None),
    ("quiz without objective", ":objective: doubt\n", "", "objective-map", "quiz `q-doubt` names no objective", ":::{quiz} q-doubt"),
    ("quiz of another objective", ":objective: doubt\n", ":objective: faith\n", "objective-map", "`faith`, which the front matter lacks", ":::{quiz} q-doubt"),
    ("quiz not listed", "checked_by: [q-change, ex-change]", "checked_by: [ex-change]", "objective-map", "does not list quiz `q-change`", ":::{quiz} q-change"),
    ("quiz without label", ":::{quiz} q-doubt", ":::{quiz}", "objective-map", "this quiz has no label", ":::{quiz}\n"),
    ("objective not checked", "checked_by: [q-doubt]", "checked_by: []", "objective-map", "nothing checks objective `doubt`", "    - {id: doubt"),
    ("objective checked elsewhere", "checked_by: [q-doubt]", "checked_by: [q-doubt, q-gone]", "objective-map", "`q-gone`, which is not on this page", "    - {id: doubt"),
    ("objective checked by no assignment", "checked_by: [q-doubt]", "checked_by: [q-doubt, X7]", "objective-map", "`X7`, which solutions/ lacks", "    - {id: doubt"),
    ("vague objective", "Say how sure a change is.", "Understand doubt.", "objective-map", "begins with “understand”", "    - {id: doubt"),
    ("objective not a mapping", '    - {id: doubt, text: "Say how sure a change is.", checked_by: [q-doubt]}', "    - Say how sure", "objective-map", "not written as", "  objectives:"),
    ("two objectives of one name", "{id: doubt", "{id: change", "objective-map", "two objectives have the id `change`", "    - {id: change"),
    ("label twice", ":::{quiz} q-doubt", ":::{quiz} ex-change", "label", "`ex-change` is already the label", "::::{exercise}"),
    ("quiz without a right answer", "- [x] Minus ten", "- [ ] Minus ten", "quiz", "no right answer", ":::{quiz} q-change"),
    ("quiz without a wrong answer", "- [ ]", "- [x]", "quiz", "no wrong answer", ":::{quiz} q-change"),
    ("quiz answer not marked", "- [ ] Plus ten", "- Plus ten", "quiz", "an answer begins with", "- Plus ten"),
    ("quiz answer not explained", "  Fifty fewer out of five hundred is one tenth.\n", "", "quiz", "no explanation", "- [x] Minus ten"),
    ("numeric quiz answer not explained", "[ ] 10: That is the number of birds. Divide it by the larger count.", "[ ] 10: No.", "quiz", "no explanation", "- [ ] 10: No."),
    ("numeric quiz value not a number", "- [ ] 10: That", "- [ ] ten: That", "quiz", "a wrong value is written", "- [ ] ten"),
    ("numeric quiz tolerance", ":tolerance: 0.01", ":tolerance: small", "quiz", "`:tolerance:` is not a number", ":::{quiz} q-doubt"),
    ("figure without alt", ', alt=lambda year: f"Bars: cranes at four roosts in {year}."', "", "alt", "`explore` in cell 3 has no `alt=`", "explore(draw"),
    ("figure with a poor alt", "counts.head()", 'show(plot_counts(counts), alt="A chart")', "alt", "has 2 words", "show(plot"),
    ("bare plot", "counts.head()", "counts.plot()", "figure", "cell 2 draws; end it with `show", "counts.plot()"),
    ("bare seaborn", "counts.head()", "sns.lineplot(counts)", "figure", "cell 2 draws", "sns.line"),
    ("bare axes", "counts.head()", 'ax.set(title="Cranes")', "figure", "cell 2 draws", "ax.set"),
    ("bare plot of ours", "counts.head()", "plots.line_counts(counts)", "figure", "cell 2 draws", "plots.line"),
    ("bare plot of ours by name", "counts.head()", "plot_counts(counts)", "figure", "cell 2 draws", "plot_counts(counts)\n```"),
    ("bare figure of ours", "counts.head()", "growth.trend_window(counts)", "figure", "cell 2 draws", "growth.trend_window"),
    ("bare plot of a result", "counts.head()", "trend(counts).plot()", "figure", "cell 2 draws", "trend(counts)"),
    ("figure without a sentence", "The cranes leave the northern roost in the second winter, and the southern roost grows.\n", "", "figure-sentence", None, None),
    ("figure with a heading after it", "The cranes leave the northern", "### Then\n\nThe cranes leave the northern", "figure-sentence", "the figure of cell 3 is not followed", None),
    ("picture without words", "Read three rows", "![Map](map.svg)\n\nRead three rows", "alt", "the picture map.svg has 1 words", "![Map]"),
    ("directive picture without words", "Each row is one", "```{figure} map.svg\nA map.\n```\n\nEach row is one", "alt", "has 0 words in `:alt:`", "```{figure}"),
    ("pip", "counts.head()", "%pip install pandas", "shell", "cell 2: `%pip install pandas` runs", "%pip"),
    ("shell", "counts.head()", "!ls", "shell", "`!ls` runs a program", "!ls"),
    ("shell in an assignment", "counts.head()", "files = !ls", "shell", "runs a program", "files ="),
    ("bash cell", 'counts = datasets.load("winter_counts")\n', "%%bash\n", "shell", "runs a program", "%%bash"),
    ("network module", "counts.head()", "import requests", "network", "imports `requests`", "import requests"),
    ("network part of a module", "counts.head()", "from urllib.request import urlopen", "network", "imports `urllib.request`", "from urllib"),
    ("network read", "counts.head()", 'pd.read_csv("https://a.org/b.csv")', "network", "`read_csv` reads from the network", "pd.read"),
    ("network data set", "counts.head()", 'sns.load_dataset("penguins")', "network", "`load_dataset` reads", "sns.load"),
    ("blanket filter", "counts.head()", 'warnings.filterwarnings("ignore")', "warnings", "hides every warning", "warnings."),
    ("blanket simple filter", "counts.head()", 'warnings.simplefilter("ignore")', "warnings", "hides every warning", "warnings."),
    ("legacy random", "counts.head()", "np.random.normal(0, 1)", "random", "draws from a hidden state", "np.random"),
    ("legacy seed", "counts.head()", "np.random.seed(1)", "random", "draws from a hidden state", "np.random"),
    ("no seed", "counts.head()", "rng = np.random.default_rng()", "random", "has no seed", "rng ="),
    ("None as seed", "counts.head()", "rng = default_rng(seed=None)", "random", "has no seed", "rng ="),
    ("random module", "counts.head()", "import random", "random", "imports `random`", "import random"),
    ("random function", "counts.head()", "from random import choice", "random", "imports from `random`", "from random"),
    ("unseeded sample", "counts.head()", "counts.sample(3)", "random", "no `random_state`", "counts.sample"),
    ("absolute path", "counts.head()", 'open("/data/counts.csv")', "absolute-path", "a path of one machine", "open("),
    ("home path", "counts.head()", 'pd.read_csv("~/counts.csv")', "absolute-path", "", "pd.read"),
    ("Windows path", "counts.head()", 'pd.read_csv("C:\\\\counts.csv")', "absolute-path", "", "pd.read"),
    ("star import", "counts.head()", "from flyway.plots import *", "star-import", "everything from `flyway.plots`", "from flyway.plots import *"),
    ("simulated data without badge", ":::{data} winter_counts", ":::{data} bfs_census", "data-badge", "`winter_counts` is simulated", "counts = datasets"),
    ("simulation unsaid", "counts.head()", "from flyway.simulate import counts", "data-badge", "cell 2 makes birds up", "from flyway.simulate"),
    ("data not on the card", 'load("winter_counts")', 'load("bfs_census")', "data", "`bfs_census` is loaded but", "counts = datasets"),
    ("data that is not there", "data: [winter_counts]", "data: [winter_counts, gone]", "data", "no data package `gone`", "  data: ["),
    ("data promised only", "data: [winter_counts]", "data: [winter_counts, bfs_census]", "data", "neither loads nor describes", "  data: ["),
    ("story count without source", " {cite:p}`counters2021`.\n", ". {cite:p}\n", "source", "a count without its source", "On a cold morning"),
    ("citation of nothing", "counters2021", "nobody1900", "citation", "`nobody1900` is not in", "On a cold morning"),
    ("term of nothing", "{term}`population`", "{term}`birds <flock>`", "glossary", "`flock` has no entry", "So a change has"),
    ("code that is not Python", "counts.head()", "counts.head(", "syntax", "cell 2, line 2 is not valid Python", "counts.head("),
    ("name that nobody defined", "counts.head()", "count.head()", "ruff", "cell 2, line 2: F821", "count.head()"),
    ("import that nobody uses", "plot_counts\n", "plot_counts, show\n", "ruff", "cell 1, line 3: F401", "from flyway.plots"),
    ("code that is not formatted", "first, second = 500, 450", "first,second = 500,450", "format", "cell 4 is not formatted", "first,second"),
]  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS, ids=[d[0] for d in DEFECTS])
def test_each_defect_is_found(defect, house):
    name, old, new, rule, message, place = defect
    assert old in GOOD, f"the fixture lesson no longer holds {old!r}"
    source = GOOD.replace(old, new)
    if name == "data after the last quiz":
        source = source.replace(":::{tell}", ":::{data} winter_counts\nRows.\n:::\n\n:::{tell}")
    if name == "too short":
        begin, end = source.index("A count is a number"), source.index("```{code-cell} python\ndef")
        source = source[:begin] + source[end:]
    if name == "figure without a sentence":
        source = re.sub(r"What if you move.*?\n\n(?=:::\{quiz)", "", source, flags=re.DOTALL)
    found = [p for p in problems(source, house, rule) if p.rule == rule]
    assert any(re.search(message or "", p.message) for p in found), [str(p) for p in found]
    if place:
        line = line_of(source, place)
        assert line in [p.line for p in found], (line, [str(p) for p in found])


def test_what_is_allowed_is_not_called_a_defect(house):
    allowed = [
        ("Read three rows", "It is easier to read three rows and adjust"),
        ("counts.head()", "counts.sample(3, random_state=1)"),
        ("counts.head()", "np.random.default_rng(1).normal()"),
        ("counts.head()", "counts.head()  # `!pip` and /data/me in a comment do no harm"),
        ("counts.head()", 'warnings.filterwarnings("ignore", category=FutureWarning)'),
        ("On a cold morning", "On 12 January 2021, 10 minutes after dawn,"),
    ]
    rules = {"banned-word", "random", "shell", "absolute-path", "warnings", "source"}
    for old, new in allowed:
        found = [str(p) for p in problems(GOOD.replace(old, new), house, "") if p.rule in rules]
        assert found == [], new


def test_a_count_in_a_real_data_box_asks_for_its_source_and_does_not_fail(house):
    simulated = GOOD.replace("Two people count", "In 2021 they counted 412 cranes. Two count")
    real = simulated.replace("winter_counts", "bfs_census")
    assert problems(simulated, house) == []
    found = problems(real, house)
    assert [(p.rule, p.warning) for p in found] == [("source", True)]
    assert errors(found) == []


def test_the_lint_sees_the_cells_that_jupyter_sees():
    for text in [GOOD, *(p.read_text(encoding="utf-8") for p in lessons.find(paths.BOOK))]:
        notebook = jupytext.reads(text, fmt="md:myst")
        cells = [c.source for c in notebook.cells if c.cell_type == "code"]
        assert [c.source.rstrip() for c in lessons.parse(text, SOURCE).cells] == cells


def test_each_cell_knows_its_line():
    lines = GOOD.splitlines()
    for cell in lessons.parse(GOOD, SOURCE).cells:
        first = cell.source.splitlines()[0]
        assert lines[cell.line - 1] == first


def test_the_lint_parses_as_the_book_does():
    config = yaml.safe_load((paths.ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert set(config["parse"]["myst_enable_extensions"]) == lessons.EXTENSIONS


GATED = """---
lesson: {}
---

# Title?

```{solution-start} ex-a
:class: dropdown
```

Some words here.

```{code-cell} python
x = 1
```

```{solution-end}
```

After.
"""


def test_a_gated_exercise_holds_what_stands_between_its_gates():
    page = lessons.parse(GATED, SOURCE)
    (box,) = page.directives("solution")
    assert box.arg == "ex-a"
    assert [b.kind for b in box.children] == ["paragraph", "cell"]
    assert [p.part for p in prose.pieces(page)] == ["heading", "heading", "folded", "body"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two.", 2),
        ("In 2024 they found 375. In 2025 they found 328.", 2),
        ("See Yu et al. 2025 for this. It is long.", 2),
        ("Two sites, e.g. Deep Bay, lost birds.", 1),
        ("They counted 1.5 birds per hour.", 1),
        ("“Is it real?” She waits.", 2),
        ("A label", 0),
        ("Five words without an end mark", 1),
        ("One\nsentence over\ntwo lines.", 1),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, count):
    assert len(prose.sentences(text)) == count, prose.sentences(text)


def test_words_are_counted_as_documented():
    text = "Black-faced Spoonbills: 1,300 birds, 10 % more."
    assert prose.words(text) == ["Black-faced", "Spoonbills", "1,300", "birds", "10", "more"]
    page = lessons.parse("One {term}`two words <flock>` `code here` $x$ {cite:p}`a2020`.", SOURCE)
    assert [p.words for p in prose.pieces(page)] == [["One", "two", "words", "code", "code"]]


def test_fix_formats_the_code_and_nothing_else(house):
    untidy = GOOD.replace("first, second = 500, 450", "first,second=500,450")
    untidy = untidy.replace(
        '"""Draw the counts of one winter."""', "'''Draw the counts of one winter.'''"
    )
    assert untidy.count("'''") == 2
    page = lessons.parse(untidy, SOURCE)
    assert style.formatted(page, house) == GOOD
    assert style.formatted(lessons.parse(GOOD, SOURCE), house) == GOOD


def test_fix_keeps_the_indent_of_a_nested_cell(house):
    text = "- item\n\n  ```{code-cell} python\n  x=1\n\n  y = 2\n  ```\n"
    page = lessons.parse(text, SOURCE)
    assert style.formatted(page, house) == text.replace("x=1", "x = 1")


def test_fix_leaves_broken_code_alone(house):
    broken = GOOD.replace("counts.head()", "counts.head(")
    assert style.formatted(lessons.parse(broken, SOURCE), house) == broken


@pytest.fixture
def in_house(house, monkeypatch):
    """`run` on the small checkout, without spelling."""
    monkeypatch.setattr(paths, "ROOT", house)
    monkeypatch.setattr(spelling, "missing", lambda root: "")
    monkeypatch.setattr(spelling, "check", lambda files, root: [])
    return house / SOURCE


def test_run_prints_each_problem_and_says_no(in_house, capsys):
    in_house.write_text(GOOD.replace("So a change", "So simply a change"), encoding="utf-8")
    assert run() == 1
    printed = capsys.readouterr().out.splitlines()
    line = line_of(GOOD, "So a change")
    assert f"{SOURCE}:{line}: banned-word: “simply”: leave it out" in printed
    assert printed[-1].startswith("1 lesson: ")


def test_run_mends_code_when_asked(in_house, capsys):
    untidy = GOOD.replace("first, second = 500, 450", "first,second=500,450")
    in_house.write_text(untidy, encoding="utf-8")
    run(fix=True)
    assert f"{SOURCE}: formatted" in capsys.readouterr().out
    assert in_house.read_text(encoding="utf-8") == GOOD


def test_run_says_what_it_could_not_check(house, monkeypatch, capsys):
    (house / SOURCE).write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(paths, "ROOT", house)
    assert run() == 1
    assert "not checked: cspell is not installed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "old", "new", "rule", "message"),
    [
        ("01-count/09-copy.md", "", "", "lesson-number", "lesson 1.9 is already book/modules/01-count/09-good.md"),
        ("02-trust/01-copy.md", '"1.9"', '"2.2"', "lesson-number", "lesson 2.2 stands where lesson 2.1 belongs"),
        ("01-count/08-copy.md", '"1.9"', '"1.8"', "lesson-before", "there is no lesson 1.2"),
        ("01-count/08-copy.md", '"1.2"', '"1.9"', "lesson-before", "lesson 1.9 comes after lesson 1.8"),
    ],
)  # fmt: skip
def test_lessons_that_do_not_agree(house, path, old, new, rule, message):
    first = lessons.parse(GOOD.replace('["1.2"]', "[]"), SOURCE)
    text = GOOD.replace(old, new) if old else GOOD
    if path.startswith("01-count/08"):
        text = text.replace('number: "1.9"', 'number: "1.8"')
    second = lessons.parse(text, f"book/modules/{path}")
    found = list(Book(house, [first, second], None, BibliographyData(), []).together())
    assert (rule, second.path) in [(p.rule, p.path) for p in found if message in p.message], found


def test_lessons_that_agree(house):
    first = lessons.parse(GOOD.replace('["1.2"]', "[]"), SOURCE)
    text = GOOD.replace('"1.9"', '"1.10"').replace('"1.2"', '"1.9"')
    second = lessons.parse(text, "book/modules/01-count/10-copy.md")
    assert list(Book(house, [first, second], None, BibliographyData(), []).together()) == []


def test_a_broken_bibliography_is_named(tmp_path):
    (tmp_path / "_config.yml").write_text(
        "bibtex_bibfiles: [book/a.bib, book/b.bib]", encoding="utf-8"
    )
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.bib").write_text("@misc{a2020, title = {A}", encoding="utf-8")
    faults = Book.load(tmp_path).faults
    assert [p.path for p in faults] == ["book/a.bib", "book/b.bib"]
    assert "no such file" in faults[1].message


def test_the_bibliography_is_read(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text("@misc{a2020, title = {A}}", encoding="utf-8")
    assert list(sources.read_bibliography(path).entries) == ["a2020"]


def test_glossary_terms_are_read_with_their_lines(tmp_path):
    page = tmp_path / "glossary.md"
    entries = "flock\n: Birds together.\n\nPeak count\n: The largest.\n"
    page.write_text(f"# Glossary\n\n```{{glossary}}\n{entries}```\n", encoding="utf-8")
    assert glossary.terms(page) == {"flock": 4, "peak count": 7}


HEAD = "term,other_terms,zh_hans,zh_hant,ja,ko,mn,ru\n"


def test_a_missing_language_is_named(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text(HEAD + "flock,group; party,群,群,群れ,무리,,стая\n", encoding="utf-8")
    found = [
        str(p) for p in glossary.languages(table, tmp_path, {"flock": 1, "party": 2, "roost": 7})
    ]
    assert found == [
        "terms.csv:2: glossary-language: `flock` has no form in column `mn`; add it",
        "book/glossary.md:7: glossary-language: `roost` is not in terms.csv, so it has no other "
        "language; add its row",
    ]


def test_a_missing_language_column_is_named(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text(HEAD.replace(",ko", ""), encoding="utf-8")
    (found,) = glossary.languages(table, tmp_path, {})
    assert "no column ko" in found.message


def test_a_glossary_in_the_older_form_is_read_too(tmp_path):
    page = tmp_path / "glossary.md"
    page.write_text(
        "# G\n\n```{glossary}\nflock\nparty\n  Birds together.\n```\n", encoding="utf-8"
    )
    assert glossary.terms(page) == {"flock": 4, "party": 5}
