"""Honest work that is written in another way than the reference earns the same points."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import a_class
import ordinary

from flyway_course.grading import plan
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.records import sheets

X0, REFERENCE = a_class.X0, a_class.REFERENCE
FULL = {s.id: s.points for s in X0.plan if s.kind == plan.TEST}
SHARE, WINTERS, CHART = (
    REFERENCE[name] for name in ("deep-bay-share", "winters-without-count", "chart")
)
SHARES = "\nshare_2014 = share(bay[2014], everywhere[2014])\nshare_2025 = share(bay[2025], everywhere[2025])"


def before(cell, line):
    return {cell: f"{line}\n{REFERENCE[cell]}"}


def after(cell, line):
    return {cell: f"{REFERENCE[cell]}\n{line}"}


WAYS = {
    "a magic line for charts": before("birds-2025", "%matplotlib inline")
    | before("chart", "%matplotlib inline"),
    "the whole of pylab": before("chart", "%pylab inline"),
    "a fraction": {
        "deep-bay-share": (
            "from fractions import Fraction\ndef share(part, whole):\n"
            "    return Fraction(int(part), int(whole))" + SHARES
        )
    },
    "a decimal number": {
        "deep-bay-share": (
            "from decimal import Decimal\ndef share(part, whole):\n"
            "    return float(Decimal(int(part)) / Decimal(int(whole)))" + SHARES
        )
    }
    | after("usual-mean", "from decimal import getcontext\ngetcontext().prec = 1"),
    "a warning that later becomes an error": {
        "deep-bay-share": (
            "import warnings\ndef share(part, whole):\n    warnings.warn('rounded')\n"
            "    return part / whole" + SHARES
        )
    }
    | after("usual-mean", "import warnings\nwarnings.filterwarnings('error')"),
    "a file in a folder that a later cell leaves": {
        "winters-without-count": (
            "open('name.txt', 'w').write('hooded_cranes')\n"
            + WINTERS.replace('"hooded_cranes"', "open('name.txt').read()")
        )
    }
    | after("usual-mean", "import os\nos.mkdir('other')\nos.chdir('other')"),
    "a marker with a number": {"chart": CHART.replace("legend=False", "legend=False, marker=6")},
    "a marker with many corners": {
        "chart": CHART.replace("legend=False", "legend=False, marker=(5, 1)")
    },
    "an answer that works for four seconds": after(
        "deep-bay-share", "import time\nwhile time.process_time() < 4: pass"
    )
    | {
        "winters-without-count": (
            "class Blanks:\n    def __call__(self, table):\n        import time\n        time.sleep(0.3)\n"
            "        empty = table['hooded_cranes'].isna()\n"
            "        return table.loc[empty, 'winter'].tolist()\n"
            "winters_without_count = Blanks()"
        )
    },
    "a table changed in the notebook": after("usual-mean", "izumi['mine'] = 1"),
    "builtins used as names": after("birds-2025", "sum = 0\nlen = 'long'\nabs = round = None"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    ordinary.need_sandbox()
    folder = tmp_path_factory.mktemp("fair")
    for who, own in WAYS.items():
        path = folder / "inbox" / who / f"{X0.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(a_class.notebook(REFERENCE | own)), encoding="utf-8")
    home = Cohort(folder / "class")
    collect(folder / "inbox", "X0", home)
    grade("X0", home)
    return sheets.read(home, X0.name)


def test_the_ways_differ_from_the_reference():
    assert (
        "open('name.txt').read()"
        in WAYS["a file in a folder that a later cell leaves"]["winters-without-count"]
    )
    assert "marker=6" in WAYS["a marker with a number"]["chart"]


@pytest.mark.parametrize("way", WAYS)
def test_it_earns_full_marks(found, way):
    marks = found[way].marks
    assert {t: marks[t].score for t in FULL} == FULL
