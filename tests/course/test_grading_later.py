"""What is kept of a notebook for functions that are asked at its end is what it was at that point."""

import pytest

from flyway_course.grading.sandbox.inside import later


def notebook(*cells):
    space = {"__name__": "__main__"}
    for cell in cells:
        exec(cell, space)
    return space


def answer(space, kept, call):
    """Call a function as the runner does: with the kept names back in place."""
    space.clear()
    space.update(kept)
    return eval(call, space)


LATER = {
    "a name given again": ("import pandas as pd\nt = pd.DataFrame({'a': [1, 2]})", "t = None"),
    "a table changed in place": ("import pandas as pd\nt = pd.DataFrame({'a': [1, 2]})", "t['a'] = 0"),
    "a list changed in place": ("t = {'a': [1, 2]}", "t['a'].append(9)"),
    "a helper given again": ("t = {'a': [1, 2]}", "def helper(x): return 99"),
    "a helper changed in place": ("t = {'a': [1, 2]}", "helper.__code__ = (lambda x: 9).__code__"),
    "the function itself changed": ("t = {'a': [1, 2]}", "f.__code__ = (lambda: 9).__code__"),
    "its defaults changed": ("t = {'a': [1, 2]}", "f.__defaults__[0].append(7)"),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER)
def test_later_cells_change_nothing(case):
    before, after = LATER[case]
    code = "def helper(x): return sum(x)\ndef f(more=[0]): return helper(t['a']) + sum(more)"
    space = notebook(before, code)
    kept = later.keep(space, ["f"])
    exec(after, space)
    assert answer(space, kept, "f()") == 3


TWICE = {
    "two names": "a = b = []\ndef f(): a.append(1); return len(b)",
    "a name and a part": "a = []\nb = {'all': a}\ndef f(): a.append(1); return len(b['all'])",
    "a name and a default": "a = []\ndef f(b=a): a.append(1); return len(b)",
    "two functions": "a = []\ndef g(*, b=a): return len(b)\ndef f(c=a): c.append(1); return g()",
    "two names of a table": "import pandas as pd\na = b = pd.DataFrame({'n': [1, 2]})\n"
    "def f(): a.loc[0, 'n'] = 0; return int((b['n'] > 0).sum())",
}  # fmt: skip


@pytest.mark.parametrize("case", TWICE)
def test_one_thing_with_two_names_stays_one(case):
    space = notebook(TWICE[case])
    kept = later.keep(space, ["f"])
    assert answer(space, kept, "f()") == 1


CANNOT = {
    "a method of a list": "a = []\nb = a.append\ndef f(): b(1); return a",
    "a method deep in a list": "a = []\nb = [a.append]\ndef f(): b[0](1); return a",
    "a method as a default": "a = []\ndef f(b=a.append): b(1); return a",
    "a view of an array": "import numpy as np\na = np.arange(3)\nb = a[:2]\n"
    "def f(): a[0] = 5; return b[0]",
    "a closure": "def make():\n    n = []\n    return lambda: n\nf = make()",
    "an object of the notebook": "class A: pass\na = A()\ndef f(): return a",
    "a class of the notebook": "class A: n = 1\ndef f(): return A.n",
    "an iterator": "a = iter([1, 2])\ndef f(): return next(a)",
    "names looked up by code": "def f(): return globals()['x']",
    "no plain function": "f = sum",
    "a memory of its own": "def f(): return f.n\nf.n = 1",
    "an object deep in a list": "class A: pass\na = [[A()]]\ndef f(): return a",
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_may_change_needs_a_witness(case):
    space = notebook(CANNOT[case])
    with pytest.raises(later.CannotWaitError):
        later.keep(space, ["f"])


def test_functions_of_libraries_need_no_copy():
    space = notebook(
        "import math\nfrom flyway.counts.index import fit_index\n"
        "root = [math.sqrt, len]\ndef f(x): return root[0](x) if x else fit_index(x)"
    )
    assert later.keep(space, ["f"])["fit_index"] is space["fit_index"]
