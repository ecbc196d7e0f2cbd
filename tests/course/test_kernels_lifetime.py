"""When warm kernels are there at all, and that nothing is left of them afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from test_kernels import gone, managed, needs_warm, run, value

from flyway_course import kernels
from flyway_course.kernels import warm_kernels


@needs_warm
def test_a_parent_that_is_gone_means_a_fresh_kernel(tmp_path):
    with warm_kernels(["no_such_module"]):
        kernels._parent.process.kill()
        kernels._parent.process.wait()
        with managed(cwd=str(tmp_path)) as (manager, _):
            assert isinstance(manager.provisioner.process, subprocess.Popen)


@needs_warm
def test_the_block_ends_all_kernels_and_the_factory_is_as_before(tmp_path):
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name, set(factory.provisioners)
    with warm_kernels([]):
        outer = kernels._parent
        with warm_kernels([]):
            assert kernels._parent is outer
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(tmp_path))
        pids = [manager.provisioner.process.pid, outer.process.pid]
    assert all(map(gone, pids))
    assert manager.provisioner.process.poll() == -signal.SIGKILL
    manager.cleanup_resources()
    assert (factory.default_provisioner_name, set(factory.provisioners)) == before


TRAITS = """
import gc
import nbformat
from nbclient import NotebookClient
from traitlets import TraitType
from flyway_course.build.lesson import settle_traits

def unsettled():
    traits = [thing for thing in gc.get_objects() if isinstance(thing, TraitType)]
    return {(t.this_class, t.name) for t in traits if isinstance(getattr(t, "klass", None), str)}

settle_traits()
before = unsettled()
NotebookClient(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])).execute()
print(before - unsettled())
"""


def test_a_run_looks_up_no_class_that_threads_could_race_for():
    done = subprocess.run([sys.executable, "-c", TRAITS], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "set()"), done.stderr


ASKER = """
import sys, time
from jupyter_client import KernelManager
from flyway_course import kernels
with kernels.warm_kernels([]):
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    print(kernels._parent.process.pid, manager.provisioner.process.pid, flush=True)
    time.sleep(600)
"""


@needs_warm
def test_nothing_is_left_when_the_asker_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", ASKER], stdout=subprocess.PIPE, text=True
    ) as asker:
        pids = [int(word) for word in asker.stdout.readline().split()]
        assert len(pids) == 2
        asker.kill()
    assert all(map(gone, pids))


def test_fresh_kernels_on_request(monkeypatch, tmp_path):
    monkeypatch.setenv("FLYWAY_KERNELS", "fresh")
    with warm_kernels() as are_warm:
        assert not are_warm
        assert value(run(tmp_path, "print(1)")[0]) == "1\n"


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_use_fresh_kernels(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    with warm_kernels() as are_warm:
        assert not are_warm
