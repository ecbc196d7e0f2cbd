"""Honest work in another form earns its points, tricks do not, and a wrong answer hears what is wrong."""

import re

import pytest

from flyway_course.grading import hidden, plan
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.authoring import notebooks, trial
from flyway_course.paths import EXERCISES, SOLUTIONS

FUNCTIONS = {
    "X0": ("winters_without_count", "share"),
    "X1": ("plan_cost", "share_covered", "first_plan", "window_hours", "far_from_tide"),
    "X4": (
        "roosts_counted",
        "sum_ratio",
        "same_roosts_ratio",
        "last_index",
        "yearly_change",
        "largest_roost",
    ),
    "X5": ("fair_fields", "effect", "efficiency"),
}
SPOIL = """
def _spoiling(function):
    def called(*things):
        copies = [t.copy() if hasattr(t, "copy") else t for t in things]
        for thing in things:
            if isinstance(thing, list):
                thing.clear()
            elif isinstance(thing, pd.DataFrame):
                for name in list(thing):
                    del thing[name]
        return function(*copies)
    return called
"""


def attempt(short, monkeypatch, answers):
    """Try answers, by cell; what stands after a + comes after the reference solution."""
    name = Assignment.find(short).name
    monkeypatch.chdir(EXERCISES / name)
    nb = notebooks.read(SOLUTIONS / name / f"{name}.ipynb")
    given = {notebooks.grade_id(c): c.source for c in nb.cells if notebooks.is_answer(c)}
    full = {
        cell: given[cell] + "\n" + code.removeprefix("+") if code.startswith("+") else code
        for cell, code in answers.items()
    }
    return trial.attempt(nb, full)


def wrapped(short, code, wrapper):
    """Return the answer cells of functions, with code that puts each into a wrapper."""
    cells = {}
    for step in Assignment.find(short).plan:
        mine = [
            name for name in FUNCTIONS[short] if name in step.names and step.kind == plan.ANSWER
        ]
        if mine:
            cells[step.id] = f"+{code}" + "".join(f"{n} = {wrapper}({n})\n" for n in mine)
    assert cells
    return cells


@pytest.mark.parametrize("short", FUNCTIONS)
def test_a_function_that_changes_its_table_is_judged_by_what_it_gives_back(short, monkeypatch):
    assert attempt(short, monkeypatch, wrapped(short, SPOIL, "_spoiling")).said == {}


WATCH = """
import sys
handed_out.update({n: globals()[n] for n in %r if isinstance(globals().get(n), pd.DataFrame)})
def _watching(function):
    def called(*things):
        asked_in = sys._getframe(1).f_code.co_filename
        asked_with.extend((asked_in, t.copy()) for t in things if isinstance(t, pd.DataFrame))
        return function(*things)
    return called
"""


@pytest.mark.parametrize("short", FUNCTIONS)
def test_a_table_of_the_tests_is_made_like_those_that_were_handed_out(short, monkeypatch):
    """Other blanks, or rows that count from 7, stop a loop that is right on every handed-out table."""
    tables, calls = {}, []
    monkeypatch.setattr("builtins.handed_out", tables, raising=False)
    monkeypatch.setattr("builtins.asked_with", calls, raising=False)
    steps = Assignment.find(short).plan
    given = {name for step in steps if step.kind == plan.SETUP for name in step.names}
    cells = wrapped(short, WATCH % sorted(given), "_watching")
    assert attempt(short, monkeypatch, cells).said == {}
    kinds = {column: kind for table in tables.values() for column, kind in table.dtypes.items()}
    assert any(asked_in.endswith("-graded>") for asked_in, _ in calls)
    for asked_in, table in calls:
        assert list(table.index) == list(range(len(table))), asked_in
        assert dict(table.dtypes) == {column: kinds[column] for column in table}, asked_in


OTHER_FORMS = [
    ("X0", "birds-2025", '+census = census.set_index("year")'),
    ("X0", "birds-2025", '+census = census.rename(columns={"total": "birds"})'),
    *[
        ("X0", "chart", f"+import matplotlib.pyplot as plt\nplt.close('all')\n{drawing}")
        for drawing in (
            'ax = januaries.plot.bar(x="year", y="total")',
            'ax = januaries.sort_values("total").plot.scatter(x="year", y="total")',
            'ax = januaries.plot(x="year", y="total")\nax.axvline(2011)',
            'ax = januaries.plot(x="year", y=["rise", "total"])',
            'ax = plt.subplots()[1]\nax.bar(januaries["year"], januaries["total"])\n'
            'ax.axvspan(2010, 2012, color="red")',
            'ax = plt.subplots()[1]\n_when = pd.to_datetime(januaries["year"].astype(str))\n'
            'ax.bar(_when, januaries["total"], width=200)',
            'ax = plt.subplots()[1]\n_when = pd.to_datetime(januaries["year"].astype(str))\n'
            'ax.scatter(_when, januaries["total"])',
            'ax = januaries.plot.area(x="year", y="total")',
            'ax = januaries.plot(x="year", y="total")\n'
            'ax.fill_between(januaries["year"], januaries["total"])\nax.hlines(2000, 2003, 2025)',
            'ax = plt.axes()\nax.stem(januaries["year"], januaries["total"])',
            'ax = plt.axes()\nax.errorbar(januaries["year"], januaries["total"], yerr=50)',
            'ax = januaries.plot.barh(x="year", y="total")',
            'ax = plt.axes()\nax.barh(januaries["year"], januaries["total"])\nax.invert_yaxis()',
            '_when = "Jan " + januaries["year"].astype(str)\n'
            'ax = januaries.assign(year=_when).plot.bar(x="year", y="total")',
        )
    ],
    ("X0", "chart", '+ax = januaries.iloc[::-1].plot(x="year", y="total")'),
    (
        "X0",
        "chart",
        '+ax = januaries.assign(year=januaries["year"].astype(str)).plot(x="year", y="total")',
    ),
    (
        "X0",
        "chart",
        '+ax = januaries.assign(year=pd.to_datetime(januaries["year"].astype(str))).plot(x="year", y="total")',
    ),
    (
        "X0",
        "chart",
        "+import matplotlib.pyplot as plt\nax = plt.subplots()[1]\n"
        'ax.plot(pd.to_datetime(januaries["year"].astype(str)), januaries["total"])',
    ),
    *[
        (
            "X0",
            "chart",
            f'+alt = "All Black-faced Spoonbills of each January, 2003 to 2025: from {told}"',
        )
        for told in (
            "(1,069) to (7,081) counted birds",
            "1\u202f069 to 7\u202f081 counted birds",
            "1\u00a0069 to 7\u00a0081 counted birds",
            "1 069 to 7 081 counted birds",
            "1'069 to 7'081 counted birds",
            "1.069 to 7.081 counted birds",
            "1069; then 7081; with a dip",
            "1069-7081 birds and one dip",
        )
    ],
    *[
        ("X0", "chart", f'+alt = "{told}"')
        for told in (
            "1月のクロツラヘラサギの数を示す折れ線グラフ。２００３年の１０６９羽から２０２５年の７０８１羽に増えた。",
            "黑脸琵鹭每年一月的数量：从2003年的1069只增加到2025年的7081只，其中2011年有所下降。",
            "График: малая колпица каждый январь с 2003 по 2025 год, рост с 1069 до 7081 птиц, спад в 2011.",
            "저어새의 1월 개체수를 나타낸 선 그래프. 2003년 1,069마리에서 2025년 7,081마리로 늘었고, 2011년에는 한 번 줄었다.",
        )
    ],
    (
        "X4",
        "roosts-counted",
        '+def roosts_counted(table):\n    return table.dropna()["winter"].value_counts()',
    ),
    *[
        (short, cell, f"+_all = {name}\n{name} = lambda table: _all(table)[::-1]")
        for short, cell, name in (
            ("X0", "winters-without-count", "winters_without_count"),
            ("X1", "tide-and-border", "far_from_tide"),
        )
    ],
    ("X4", "without-odd-winter", '+trend_class = " " + trend_class.upper() + ".\\n"'),
    ("X4", "without-odd-winter", "+trend_class = trend_class.replace(' ', '_') + '!'"),
    ("X4", "without-largest", "+rest_class = f'“{rest_class}”'"),
    ("X4", "without-odd-winter", "+counts = kept"),
    ("X5", "verdicts", "+verdicts = {n: f' {word.capitalize()} ' for n, word in verdicts.items()}"),
    (
        "X5",
        "verdicts",
        "+verdicts = {n: word.replace(' ', '  ') + '.' for n, word in verdicts.items()}",
    ),
    (
        "X5",
        "fair-fields",
        '+_all = fair_fields\nfair_fields = lambda t: _all(t).sort_values("cranes")',
    ),
    *[
        ("X5", "verdicts", f"+verdicts = {{n: {form} for n, word in verdicts.items()}}")
        for form in ("word.replace(' ', '_')", "f'`{word}`,'", "word + '\\u200b'")
    ],
    ("X5", "effect-anew", '+conclusion = conclusion.capitalize() + "."'),
    ("X5", "effect-anew", "+conclusion = '-'.join(conclusion.split()) + '!'"),
    ("X5", "effect-anew", "+counts = used"),
]


@pytest.mark.parametrize(("short", "cell", "code"), OTHER_FORMS)
def test_a_right_answer_in_another_form_earns_its_points(short, cell, code, monkeypatch):
    outcome = attempt(short, monkeypatch, {cell: code})
    assert not [name for name in outcome.said if name.startswith(cell)], outcome.said


NAN = 'float("nan")'
WORDS = [
    ("X0", "deep-bay-share", "+share_2014 = round(share_2014, 2)", "You rounded"),
    ("X0", "deep-bay-share", "+share_2014 = 1 / share_2014", "turned round"),
    ("X0", "deep-bay-share", f"+share_2014 = {NAN}", "blank (nan)"),
    ("X0", "usual-mean", f"+usual_mean = {NAN}", "blank (nan)"),
    (
        "X0",
        "largest-rise",
        '+januaries[:] = januaries.sort_values("rise").to_numpy()',
        "sort or cut januaries",
    ),
    ("X0", "largest-rise", "+januaries = januaries.dropna()", "sort or cut januaries"),
    ("X0", "birds-2025", '+census = datasets.load("bfs_census", "regions")', "several rows"),
    ("X0", "birds-2025", '+census = datasets.load("flyway_sites")', "no years"),
    ("X0", "birds-2025", "+census = census[census.year < 2025]", "2025 is gone"),
    ("X0", "birds-2025", '+census = census[["year"]]', "nobody counted"),
    (
        "X0",
        "chart",
        '+ax = januaries.sort_values("total").plot.bar(x="year", y="total")',
        "every January from 2003 on, in order",
    ),
    ("X0", "chart", '+ax = januaries.plot.bar(x="year", y="rise")', "shows the rise"),
    ("X0", "chart", '+ax = januaries[["total"]].plot.bar()', "belong on the x axis"),
    ("X0", "chart", "+import matplotlib.pyplot as plt\nax = plt.subplots()[1]", "is empty"),
    ("X0", "chart", "+ax = show(ax, alt=alt)", "something else than the chart"),
    ("X0", "chart", "+ax = ax.lines", "something else than the chart"),
    ("X0", "chart", "+ax = ax.figure", "something else than the chart"),
    ("X0", "chart", '+ax = census.plot(x="year", y="total")', "before 2003 too"),
    ("X1", "best-plan", '+budget = 2000\nbest_plan = ["B1"]', "finds more birds"),
    (
        "X1",
        "window-hours",
        "+_h = window_hours\nwindow_hours = lambda t: round(_h(t), 0)",
        "You rounded",
    ),
    ("X1", "window-hours", f"+window_hours = lambda t: {NAN}", "blank (nan)"),
    ("X1", "tide-and-border", f"+gap_minutes = {NAN}", "blank (nan)"),
    (
        "X1",
        "tide-and-border",
        "+may_count_twice = not may_count_twice",
        "in time, and is counted again",
    ),
    ("X1", "eyes", f"+p_one = {NAN}", "blank (nan)"),
    ("X4", "without-odd-winter", f"+change = {NAN}", "blank (nan)"),
    ("X4", "without-odd-winter", '+trend_class = "It is stable"', "nothing else"),
    ("X4", "without-largest", f"+rest_change = {NAN}", "blank (nan)"),
    (
        "X5",
        "verdicts",
        "+verdicts = {str(n): w for n, w in verdicts.items()}",
        "without quotation marks",
    ),
    ("X5", "verdicts", '+verdicts = {n: "x" for n in verdicts}', "not a word of the list"),
    ("X5", "effect-anew", '+conclusion = "unclear"', "one of the three words"),
    ("X5", "killed", f"+p_found = {NAN}", "blank (nan)"),
    ("X5", "killed", "+_e = efficiency\nefficiency = lambda t: round(_e(t), 2)", "You rounded"),
]


@pytest.mark.parametrize(("short", "cell", "code", "words"), WORDS)
def test_a_wrong_answer_hears_what_is_wrong_with_it(short, cell, code, words, monkeypatch):
    said = attempt(short, monkeypatch, {cell: code}).said
    assert said and any(words in sentence for sentence in said.values()), said


def _with(name, change):
    """Return code that changes what a function gives back."""
    return f"+_before = {name}\n{name} = lambda *things: {change}(_before(*things))"


ROUND = "(lambda three: [round(n) for n in three])"
UNLIKE = [
    ("X0", "largest-rise", "rise_birds = 18.0", "rise in per cent"),
    ("X0", "largest-rise", "rise_birds = 0.18", "as a share"),
    ("X0", "largest-rise", "rise_birds = 900", "You rounded"),
    ("X0", "largest-rise", "rise_birds = 6162", "all birds of that January"),
    ("X0", "largest-rise", 'rise_year = januaries["rise"].idxmax()', "the number of a row"),
    ("X0", "usual-mean", "usual_mean = round(usual_mean, -2)", "You rounded"),
    ("X1", "share-covered", _with("share_covered", "(lambda n: 100 * n)"), "0 to 1"),
    ("X1", "tide-and-border", _with("flight_minutes", "round"), "You rounded"),
    ("X1", "tide-and-border", "gap_minutes = planned[one] - planned[two]", "total_seconds()"),
    ("X1", "tide-and-border", "gap_minutes = str(gap_minutes)", "is a text"),
    ("X1", "tide-and-border", "gap_minutes = gap_minutes / 60", "in hours"),
    ("X1", "eyes", "p_one = independent_observers(pilot)", "Of the result, take only"),
    ("X1", "eyes", "p_one = 100 * p_one", "from 0 to 1"),
    ("X1", "eyes", "observers_needed = str(observers_needed)", "is a text"),
    ("X1", "eyes", "observers_needed = observers_needed - 0.5", "Only whole people"),
    ("X4", "two-ratios", _with("sum_ratio", "round"), "You rounded"),
    ("X4", "last-index", _with("last_index", "(lambda t: [round(n, 1) for n in t])"), "rounded"),
    ("X4", "yearly-change", _with("yearly_change", ROUND), "You rounded"),
    ("X4", "without-odd-winter", "change, low, high = round(change), round(low), low", "rounded"),
    ("X4", "without-odd-winter", "change, low = change / 100, low / 100", "A share is among"),
    ("X4", "without-odd-winter", "low = 1 + low / 100", "A multiplier is among"),
    ("X4", "without-odd-winter", "change = fit_kept.slope()", "Of a fit, take"),
    ("X4", "without-odd-winter", "low = str(low)", "is a text"),
    ("X4", "without-odd-winter", "trend_class = fit_kept", "in .classification"),
    ("X4", "without-largest", "rest_change = round(rest_change)", "You rounded"),
    ("X4", "without-largest", "rest_change = rest_change / 100", "a share"),
    ("X4", "without-largest", "rest_change = rest_fit.slope()", "is not one number"),
    ("X4", "without-largest", "rest_class = rest_fit", "in .classification"),
    ("X5", "effect-anew", "ratio, low = round(ratio, 1), round(low, 1)", "You rounded"),
    ("X5", "effect-anew", "ratio, low, high = 100 * ratio, 100 * low, 100 * high", "Per cent are"),
    ("X5", "effect-anew", "low, high = np.log(low), np.log(high)", "still logarithms"),
    ("X5", "effect-anew", "low, high = high, low", "changed places"),
    ("X5", "effect-anew", _with("effect", "(lambda t: [round(n, 1) for n in t])"), "You rounded"),
    (
        "X5",
        "killed",
        "p_found = carcass_detection(persistence=0.9, efficiency=0.6, interval_days=7, searches=10)",
        "take .estimate",
    ),
    ("X5", "killed", "p_found = round(p_found, 1)", "You rounded"),
    ("X5", "killed", "p_found = str(p_found)", "is a text"),
    ("X5", "killed", "most_killed = estimate_killed(0, p_found)", "is not one number"),
    ("X5", "killed", "most_killed = (0, most_killed)", "more than one number"),
]


@pytest.mark.parametrize(("short", "cell", "code", "words"), UNLIKE)
def test_an_answer_of_another_kind_unit_or_rounding_hears_so(short, cell, code, words, monkeypatch):
    """And nothing of rows left out, of birds that are missing, or of quotation marks that are not there."""
    said = attempt(short, monkeypatch, {cell: f"+{code.removeprefix('+')}"}).said
    assert said and all(words in sentence for sentence in said.values()), said


@pytest.mark.parametrize("short", FUNCTIONS)
def test_a_sentence_names_no_number_that_a_trainee_has_not_read(short):
    """A sentence may be read on a feedback page: a hidden number in it would be hidden no more."""
    name = Assignment.find(short).name
    source, released = (
        notebooks.read(root / name / f"{name}.ipynb") for root in (SOLUTIONS, EXERCISES)
    )
    numbers = re.compile(r"\d+(?:[.,]\d+)*")
    read = {number for cell in released.cells for number in numbers.findall(cell.source)}
    for cell in filter(notebooks.is_test, source.cells):
        for sentence in hidden.messages(cell.source):
            assert set(numbers.findall(sentence)) <= read, sentence


@pytest.mark.parametrize("slip", ["...", "'sounds'", "7", "del"])
@pytest.mark.parametrize("sound", [True, False])
def test_one_slip_costs_no_more_than_its_own_verdict(slip, sound, monkeypatch):
    which = f"next(n for n in verdicts if (verdicts[n] == 'sound') is {sound})"
    call = f"+del verdicts[{which}]" if slip == "del" else f"+verdicts[{which}] = {slip}"
    said = attempt("X5", monkeypatch, {"verdicts": call}).said
    lost = {"verdicts-check"} if sound else {"verdicts-check", "verdicts-faults-graded"}
    assert said.keys() == lost
    words = "You believe" if slip == "'sounds'" else "no verdict that can be read"
    assert sound or words in said["verdicts-faults-graded"]


@pytest.mark.parametrize("slip", ["word[:-1]", "word[1:]", "word.replace('o', '\u043e', 1)"])
def test_a_misspelt_kind_is_read_as_the_kind_that_was_meant(slip, monkeypatch):
    call = f"+verdicts = {{n: {slip} for n, word in verdicts.items()}}"
    said = attempt("X5", monkeypatch, {"verdicts": call}).said
    assert said.keys() == {"verdicts-check"}


def test_verdicts_by_chance_earn_little(monkeypatch):
    call = "+verdicts = {n: 'no control' if n in %s else 'sound' for n in verdicts}"
    for chosen in ((1, 2, 3, 4), range(1, 13), range(1, 10), ()):
        outcome = attempt("X5", monkeypatch, {"verdicts": call % list(chosen)})
        earned = {name: n for name, n in outcome.earned.items() if name.startswith("verdicts")}
        assert sum(earned.values()) == 0, (chosen, earned)
    # every fault is found and one sound statement is accused: kinds and review earn their points
    extra = "+verdicts[[n for n in verdicts if verdicts[n] == 'sound'][0]] = 'no control'"
    outcome = attempt("X5", monkeypatch, {"verdicts": extra})
    assert [name for name in outcome.said if name.startswith("verdicts")] == ["verdicts-check"]
