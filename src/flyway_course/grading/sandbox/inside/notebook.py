"""The shell of a room: what a notebook's own program offers beside Python, so far as it is needed here.

A line such as `!pip install seaborn` is no answer. It stands in the cell because somebody needed it
at home, so that here it may do nothing, but must not end the cell. The same holds for a module that
is not here: without it ends only what uses it.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import copy
import ctypes
import subprocess
import tempfile
from typing import Any

MOST_READ = 1 << 20
TURN_S = 0.1
RUN_CODE = {"time", "timeit", "prun", "run", "debug", "macro", "rerun"}
"""Lines that run code of the notebook: its errors are the notebook's own."""
WITHOUT = """
try:
    pass
except ImportError as _not_here:
    __import__("builtins").print(_not_here)
"""


def shell() -> Any:
    """Return the shell that the cells run in."""
    import matplotlib
    from IPython.core.error import UsageError
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.text import LSString, SList

    made = InteractiveShell.instance()
    made.enable_gui = lambda gui=None: None  # `%matplotlib inline`: there is no window to manage
    matplotlib.use = lambda *unused, **also_unused: None  # nor one that another program opens
    made._tee = lambda channel: contextlib.nullcontext()  # it keeps all that is ever printed
    made.loop_needed = False
    magic = made.run_line_magic

    def run_line_magic(name: str, line: str, _stack_depth: int = 1) -> Any:
        if name == "matplotlib":
            line = "inline"  # pictures appear below the cell: there is no window
        try:
            return magic(name, line, _stack_depth=_stack_depth + 1)
        except Exception as error:  # a line for another program, as `%autosave 60`
            if name in RUN_CODE and not isinstance(error, UsageError):
                raise
            print(error)
            return None

    def system(command: str) -> None:
        said, made.user_ns["_exit_code"] = _run(made.var_expand(command, depth=1))
        print(said, end="")

    def getoutput(command: str, split: bool = True, depth: int = 0) -> Any:
        said, _ = _run(made.var_expand(command, depth=depth + 1))
        return SList(said.splitlines()) if split else LSString(said)

    def should_run_async(cell: str, **unused: Any) -> bool:
        # at home a loop is running under each cell; here from the first on that may ask for it
        made.loop_needed = made.loop_needed or "async" in cell or "await" in cell
        # a cell in a cell, as of %%capture, runs in the same
        return made.loop_needed and not asyncio._get_running_loop()

    made.run_line_magic, made.system, made.getoutput = run_line_magic, system, getoutput
    made.should_run_async = should_run_async
    made.ast_transformers.append(_Imports())
    return made


def let_tasks_run(shell: Any) -> None:
    """Give a turn to what a cell has begun and not waited for, as a notebook does between cells."""
    if not shell.loop_needed:
        return
    from IPython.core.async_helpers import get_asyncio_loop

    loop = get_asyncio_loop()
    if waiting := asyncio.all_tasks(loop):
        loop.run_until_complete(asyncio.wait(waiting, timeout=TURN_S))


class _Imports(ast.NodeTransformer):
    """Lets a cell go on after a module that is not here, and say so."""

    def visit_Module(self, cell: ast.Module) -> ast.Module:
        """Change the imports of the cell itself; those in functions and in `try` stay as they are."""
        cell.body = [line for one in cell.body for line in self._apart(one)]
        return cell

    def _apart(self, one: ast.stmt) -> list[ast.stmt]:
        if not isinstance(one, ast.Import | ast.ImportFrom):
            return [one]
        if isinstance(one, ast.ImportFrom) and one.module == "__future__":
            return [one]
        made = []
        for name in one.names:
            (tried,) = ast.parse(WITHOUT).body
            alone = ast.copy_location(copy.copy(one), one)
            alone.names = [name]
            tried.body = [alone]
            for part in ast.walk(tried):
                ast.copy_location(part, one)
            made.append(tried)
        return made


def keep_databases_without_locks() -> None:
    """Let SQLite use its files without locks: a room refuses them, and nobody else is in it."""
    with contextlib.suppress(ImportError, AttributeError, OSError):  # SQLite may be built in
        import _sqlite3

        library = ctypes.CDLL(_sqlite3.__file__)
        find, register = library.sqlite3_vfs_find, library.sqlite3_vfs_register
        find.argtypes, find.restype = [ctypes.c_char_p], ctypes.c_void_p
        register.argtypes = [ctypes.c_void_p, ctypes.c_int]
        if way := find(b"unix-none"):
            register(way, 1)  # from here on the usual way


def _run(command: str) -> tuple[str, int]:
    """Run a command of the system; return what it said, and its exit code.

    A room has no terminals. The words go into a file, so that neither a flood of them nor a helper
    that stays holds the notebook up.
    """
    try:
        with tempfile.TemporaryFile() as words:
            done = subprocess.run(
                command, shell=True, stdin=subprocess.DEVNULL, stdout=words, stderr=words
            )
            words.seek(0)
            return words.read(MOST_READ).decode("utf-8", "replace"), done.returncode
    except OSError as error:
        return f"{error}\n", 1
