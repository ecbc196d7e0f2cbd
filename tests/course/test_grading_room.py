"""What works in a notebook works in a room of the sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import ordinary

from flyway_course.grading.sandbox import session
from flyway_course.grading.sandbox.box import Box


@pytest.fixture(scope="module")
def box():
    made = Box(ordinary.need_sandbox())
    yield made
    made.close()


@pytest.fixture
def run(box):
    """Run cells in a room; return for each what it showed, and its error or None."""

    def once(*sources):
        cells = [{"source": source} for source in sources]
        said = session.take(lambda: box, box, cells, [], {}, session.Bounds())
        assert said.end == "done"
        return [(said.shown[n]["outputs"], said.shown[n]["error"]) for n in range(len(cells))]

    return once


def words(outputs):
    return "".join(one.get("text", "") for one in outputs)


def test_sets_have_the_same_order_in_every_run(run):
    order = "print(list({'crane', 'stork', 'ibis', 'spoonbill', 'swan', 'goose'}))"
    told = subprocess.run(
        [sys.executable, "-c", order], env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True
    ).stdout
    ((outputs, _),) = run(order)
    assert words(outputs) == told != ""


def test_a_room_has_another_name_than_the_computer(run):
    ((outputs, _),) = run("import os, socket\nprint({os.uname().nodename, socket.gethostname()})")
    assert words(outputs) == "{'room'}\n"


@pytest.mark.parametrize("backend", ["TkAgg", "Agg", "nbagg"])
def test_a_line_that_asks_for_windows_costs_no_chart(run, backend):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    ((outputs, error),) = run(f"import matplotlib\nmatplotlib.use('{backend}')\n{draw}")
    assert error is None and "png" in outputs[0]


@pytest.mark.parametrize(
    "line",
    [
        "import japanize_no_matplotlib",
        "import numpy as np, no_such_module as none, math",
        "from no_such.colab import files",
        "from IPython.core.display import no_such_name",
        "%load_ext no_such.data_table",
        "%conda install seaborn",
    ],
)
@pytest.mark.parametrize("before", ["", "from __future__ import annotations\n", "print = 0\n"])
def test_a_module_that_is_not_here_ends_no_cell(run, line, before):
    ((outputs, error),) = run(f"{before}{line}\nbirds = 7")
    assert error is None and words(outputs)
    ((_, error),) = run(f"{before}{line}\nbirds = none.count() if 'none' in '{line}' else no_name")
    assert error[0] == "NameError"


def test_a_notebook_that_asks_for_a_module_in_its_own_way_gets_its_answer(run):
    tried = "try:\n    import no_such_module\nexcept ImportError:\n    print('without')"
    inside = "def load():\n    import no_such_module\nload()"
    (outputs, error), (_, inner) = run(tried, inside)
    assert (words(outputs), error, inner[0]) == ("without\n", None, "ModuleNotFoundError")


def test_a_task_that_nobody_waits_for_runs_between_cells(run):
    begin = (
        "import asyncio\nasync def count():\n    await asyncio.sleep(0.001)\n    global birds\n"
        "    birds = 7\ntask = asyncio.create_task(count())"
    )
    again = "await asyncio.gather(count(), count())\nprint(birds, task.done())"
    (_, begun), (outputs, error) = run(begin, again)
    assert (begun, error, words(outputs)) == (None, None, "7 True\n")
    ((_, error),) = run(
        "import asyncio\nasync def fails():\n    1 / 0\nasyncio.create_task(fails())"
    )
    assert error is None


def test_a_table_can_be_kept_in_a_database(run):
    keep = (
        "import pandas as pd, sqlite3\nbase = sqlite3.connect('census.db')\n"
        "pd.DataFrame({'birds': [3, 4]}).to_sql('census', base)\nbase.close()"
    )
    ask = "print(pd.read_sql('select sum(birds) s from census', sqlite3.connect('census.db')).s[0])"
    (_, kept), (outputs, asked) = run(keep, ask)
    assert (kept, asked, words(outputs)) == (None, None, "7\n")


def test_no_two_sides_throw_the_same_dice(box):
    throw = "import numpy as np, random\nraise ValueError([np.random.random(), random.random()])"
    judged = [{"kind": "setup", "id": "s", "names": [], "source": throw}]
    thrown = []
    for desk in (False, True):
        if desk:
            bounds = session.Bounds().asked(box)
            box.set_up_desk({"cells": [], "files": {}, "bounds": bounds, "seed": None})
            assert box.desk is not None
        for _ in range(2):
            cells = [{"source": throw}]
            said = session.take(lambda: box, box, cells, judged, {}, session.Bounds())
            thrown += [said.shown[0]["error"][1], said.setup_errors["s"][1]]
    assert len({n for both in thrown for n in both.strip("[]").split(", ")}) == 16


LINES = {
    "!echo a crane": "a crane",
    "!no-such-program": "not found",
    "!exit 3\nprint(_exit_code)": "3",
    "bird = 'stork'\n!echo a {bird}": "a stork",
    "def f():\n    bird = 'ibis'\n    !echo a {bird}\nf()": "a ibis",
    "!{sys.executable} -m pip install flyway-no-such-package": "No matching distribution",
    "%pip install flyway-no-such-package": "No matching distribution",
    "seen = !echo one; echo two\nprint(seen[1], seen.n)": "two one\ntwo",
    "!sleep 30 &": "",
    "!yes": "y\n",
    "%ls": "",
    "%cd /tmp": "/tmp",
    "%autosave 60": "not found",
    "%store -r": "",
    "%load_ext autoreload\n%autoreload 2": "",
    "%config InlineBackend.figure_format = 'retina'": "",
    "%matplotlib notebook": "",
    "%matplotlib widget": "",
    "%%bash\necho a crane": "a crane",
    "%%time\nprint(1)": "1",
    "breakpoint()": "",
    "import getpass\nprint(bool(getpass.getuser()))": "True",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_no_answer_costs_none(run, line):
    _, (outputs, error) = run("import sys", line)
    assert error is None
    assert LINES[line] in words(outputs)


CHART = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.plot([3, 4])\n"
CHART += "assert [list(l.get_ydata()) for l in plt.gca().lines] == [[3, 4]]"


@pytest.mark.parametrize("first", ["", "%matplotlib inline", "%matplotlib notebook"])
def test_a_chart_that_was_shown_is_ended(run, first):
    _, (outputs, error), (nothing, _) = run(first, CHART, "1")
    assert error is None
    assert [bool(one.get("png")) for one in outputs] == [True, True]
    assert "png" not in nothing[0]


HONEST = {
    "a program": "import subprocess, sys\n"
    "told = subprocess.run([sys.executable, '-c', 'import pandas; print(7)'], capture_output=True)\n"
    "assert told.stdout == b'7\\n', told.stderr",
    "threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool: assert sum(pool.map(abs, range(9))) == 36",
    "processes": "import multiprocessing as mp\none, two = mp.Pipe()\n"
    "child = mp.get_context('fork').Process(target=lambda: two.send('crane'))\n"
    "child.start()\nassert one.recv() == 'crane'\nchild.join()\nassert child.exitcode == 0",
    "waiting together": "import asyncio\nasync def both():\n"
    "    program = await asyncio.create_subprocess_exec('cat', stdin=-1, stdout=-1)\n"
    "    told, _ = await program.communicate(b'crane')\n"
    "    return told, await asyncio.to_thread(abs, -3)\n"
    "assert await both() == (b'crane', 3)",
    "files": "import os, shutil, tempfile\nfrom pathlib import Path\n"
    "Path('a.txt').write_text('crane' * 9000)\nshutil.copytree('.', 'copies/one')\n"
    "assert not os.get_blocking(os.pipe2(os.O_NONBLOCK)[0])\n"
    "with tempfile.NamedTemporaryFile('w+') as file: file.write('x'); file.seek(0)",
    "commands": "import subprocess\n"
    "for line in ('seq 9999 | sort -n | tail -1 | grep 9999', 'cp /etc/ld.so.cache b && cat b | wc -c',\n"
    "             'tar cf c.tar b && gzip c.tar && ls -l', 'nproc && df . && free; uptime; true'):\n"
    "    subprocess.run(line, shell=True, check=True)",
    "the machine": "import os, platform, time\n"
    "assert os.cpu_count() >= 1 and os.sysconf('SC_PAGE_SIZE') and platform.uname() and time.time()\n"
    "os.sysconf('SC_PHYS_PAGES'); os.sysconf('SC_NPROCESSORS_ONLN')",
    "tables": "import pandas as pd\nt = pd.DataFrame({'n': [3, 1]})\nt.to_csv('t.csv')\n"
    "assert pd.read_csv('t.csv')['n'].sort_values().tolist() == [1, 3]\nt.to_pickle('t.pkl')",
    "fits": "import numpy as np, scipy.optimize, statsmodels.api as sm\nx = np.arange(20.0)\n"
    "assert abs(sm.OLS(2 * x, x).fit().params[0] - 2) < 1e-9\nnp.linalg.svd(np.eye(300))\n"
    "assert scipy.optimize.minimize(lambda v: (v[0] - 1) ** 2, [0.0]).success",
    "a chart in a file": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"
    "plt.savefig('a.png')\nplt.savefig('a.pdf')\nplt.savefig('a.svg')",
}  # fmt: skip


@pytest.mark.parametrize("case", HONEST)
def test_honest_work_meets_no_wall(run, case):
    ((outputs, error),) = run(HONEST[case])
    assert error is None, words(outputs)
