"""Warm kernels behave as fresh ones do, and leave nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from flyway_course import kernels
from flyway_course.kernels import WarmKernel, warm_kernels

needs_warm = pytest.mark.skipif(
    not kernels.available(), reason="warm kernels need Linux with pidfd; fresh ones are used here"
)
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    with warm_kernels(LIBRARIES) as are_warm:
        assert are_warm
        yield


def run(folder: Path, *cells: str, **options) -> list[str]:
    """The text of each cell's outputs."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(textwrap.dedent(cell).strip()) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    options = {"coalesce_streams": True, **options}  # the pieces of a text come as they will
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, **options)
    client.execute()
    shown = [json.dumps(cell.outputs, sort_keys=True) for cell in notebook.cells]
    return [re.sub(r"ipykernel_\d+", "ipykernel_PID", output) for output in shown]


def value(output: str) -> str:
    """The text that one cell printed."""
    return "".join(entry["text"] for entry in json.loads(output) if "text" in entry)


SAME = [
    # where the notebook is, and what it can import
    "import os, sys; print(os.getcwd(), sys.path, sys.executable, sys.flags, sys.argv[0])",
    "print(__name__, sys.modules['__main__'].__dict__ is globals(), 'flyway_course' in sys.modules)",
    # the environment, apart from who the parent is
    "print(sorted((k, v) for k, v in os.environ.items() if k != 'JPY_PARENT_PID'))",
    # the process: its own session, its signals, its threads, its standard streams
    """
    import signal, threading
    print(os.getsid(0) == os.getpgid(0) == os.getpid(), os.umask(0o22))
    print([str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)])
    print(sorted(thread.name for thread in threading.enumerate()))
    print(sys.stdin.read(), sys.stdout.encoding)
    """,
    # text, tables, pictures, errors, warnings, other programs' output
    "import pandas as pd; pd.DataFrame({'birds': [1, 2]})",
    "import matplotlib.pyplot as plt; plt.plot([1, 3, 2]);",
    "import matplotlib; print(matplotlib.get_backend(), dict(matplotlib.rcParams))",
    "import warnings; warnings.warn('late in the season', UserWarning)",
    "import warnings; warnings.warn('old', DeprecationWarning)",
    "import subprocess; print(subprocess.run(['echo', 'hello'], capture_output=True).stdout)",
    "!echo hello",
    "import logging; logging.getLogger('birds').error('no count'); print(logging.root.handlers)",
    "import random; random.seed(3); print(random.random())",
    "import numpy as np; print(np.random.default_rng(3).random()); np.random.seed(3); print(np.random.rand())",
    "pd.DataFrame([range(30)])",
    "print(pd.describe_option(_print_desc=False), np.get_printoptions())",
    "print(sorted(map(str, warnings.filters)))",
    "import scipy.stats, statsmodels.api as sm; print(sm.OLS([1, 2, 4], [[1], [2], [3]]).fit().params)",
    "print(get_ipython().config.keys(), get_ipython().history_manager.hist_file)",
    "raise ValueError('birds')",
]


@needs_warm
def test_outputs_are_those_of_a_fresh_kernel(warm, tmp_path, monkeypatch):
    forked = run(tmp_path, *SAME, allow_errors=True)
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", "local-provisioner")
    fresh = run(tmp_path, *SAME, allow_errors=True)
    for cell, one, other in zip(SAME, forked, fresh, strict=True):
        assert one == other, cell


@needs_warm
def test_kernels_are_forked_and_not_started(warm, tmp_path):
    parent = kernels._parent.process.pid
    assert value(run(tmp_path, "import os; print(os.getppid())")[0]) == f"{parent}\n"


@needs_warm
def test_no_socket_or_file_of_the_parent_is_open_in_a_kernel(warm, tmp_path):
    def sockets(process: int | str) -> set[str]:
        links = [str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir()]
        return {link for link in links if link.startswith("socket:")}

    show = """
        import os
        for n in os.listdir('/proc/self/fd'):
            if os.path.lexists(f'/proc/self/fd/{n}'):
                print(os.readlink(f'/proc/self/fd/{n}'))
        """
    parents = sockets(kernels._parent.process.pid)
    assert parents
    assert not parents & set(value(run(tmp_path, show)[0]).splitlines())


@needs_warm
def test_two_kernels_draw_different_random_numbers(warm, tmp_path):
    cell = (
        "import random, uuid, numpy as np; print(random.random(), uuid.uuid4(), np.random.rand())"
    )
    one, other = (value(run(tmp_path, cell)[0]).split() for _ in range(2))
    assert not set(one) & set(other)


@needs_warm
def test_kernels_run_side_by_side(warm, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        seen = list(
            pool.map(
                lambda n: run(tmp_path, f"a = {n}", "import os; print(a, os.getpid())"), (1, 2)
            )
        )
    answers = [value(outputs[1]).split() for outputs in seen]
    assert [answer[0] for answer in answers] == ["1", "2"]
    assert answers[0][1] != answers[1][1]


@needs_warm
def test_errors_timeouts_and_dead_kernels_are_reported(warm, tmp_path):
    with pytest.raises(CellExecutionError, match="division by zero"):
        run(tmp_path, "1 / 0")
    with pytest.raises(CellTimeoutError):
        run(tmp_path, "while True: pass", timeout=1)
    with pytest.raises(DeadKernelError):
        run(tmp_path, "import os; os._exit(3)")


@contextlib.contextmanager
def managed(**options) -> Iterator[tuple[KernelManager, object]]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def gone(pid: int) -> bool:
    """Whether a process ends within some seconds, with no zombie left."""
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


@needs_warm
def test_interrupt_restart_and_shutdown(warm, tmp_path):
    with managed(cwd=str(tmp_path)) as (manager, client):
        process = manager.provisioner.process
        assert isinstance(process, WarmKernel)
        client.execute("import time\nprint('on', flush=True)\ntime.sleep(60)")
        while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"

        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert manager.provisioner.process.pid != process.pid
        assert gone(process.pid)
        assert process.returncode == -signal.SIGKILL
        reply = client.execute_interactive("x = 1", timeout=30)
        assert reply["content"]["status"] == "ok"

        last = manager.provisioner.process
        manager.shutdown_kernel()
        assert gone(last.pid)
        assert last.returncode == 0


@needs_warm
def test_exit_status_is_that_of_the_process(warm, tmp_path):
    with managed(cwd=str(tmp_path)) as (manager, client):
        process = manager.provisioner.process
        assert process.poll() is None
        client.execute("import os; os._exit(7)")
        assert process.wait(30) == 7
        # in a thread of its own: a browser test before this one may have left a loop running here
        with ThreadPoolExecutor(1) as aside:
            assert aside.submit(asyncio.run, manager.provisioner.poll()).result() == 7
    assert gone(process.pid)


@needs_warm
def test_another_environment_reaches_the_kernel(warm, tmp_path):
    env = {**os.environ, "FLYWAY_STATIC": "1", "COUNTER": "Ama"}
    with managed(cwd=str(tmp_path), env=env) as (manager, client):
        assert isinstance(manager.provisioner.process, WarmKernel)
        reply = client.execute_interactive(
            "import os; assert os.environ['COUNTER'] == 'Ama' and os.environ['FLYWAY_STATIC'] == '1'",
            timeout=30,
        )
        assert reply["content"]["status"] == "ok"


@needs_warm
@pytest.mark.parametrize(
    "options",
    [
        {"env": {**os.environ, "PYTHONHASHSEED": "5"}},
        {"env": {**os.environ, "TZ": "Asia/Seoul"}},
        {"stdout": subprocess.PIPE},
    ],
)
def test_what_a_fork_cannot_take_in_gets_a_fresh_kernel(warm, tmp_path, options):
    with managed(cwd=str(tmp_path), **options) as (manager, _):
        assert isinstance(manager.provisioner.process, subprocess.Popen)


@needs_warm
def test_output_goes_where_the_asker_wants_it(warm, tmp_path):
    with (tmp_path / "err.txt").open("w") as file, managed(stderr=file) as (manager, client):
        assert isinstance(manager.provisioner.process, WarmKernel)
        client.execute_interactive("import sys; print('late', file=sys.__stderr__)", timeout=30)
        manager.shutdown_kernel()
    assert "late" in (tmp_path / "err.txt").read_text()
