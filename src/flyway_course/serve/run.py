"""Start the one local server of the course and keep its settings inside the checkout."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from flyway_course.locks import one_at_a_time
from flyway_course.paths import SITE, WORKSPACE
from flyway_course.serve import workspace

ADDRESS = "127.0.0.1"  # loopback only: no other machine can reach the server
FIRST_PORT = 8860
PORTS_TRIED = 40
JUPYTER_HOME = WORKSPACE / ".jupyter"

# JupyterLab asks nobody outside for news or updates, and offers no shop of extensions.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension:tracker": {"maxNumberOutputs": 200},
}
# Tools of the instructor stay out of the trainee's window; "Validate" stays.
DISABLED = (
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/lsp-extension",  # language servers: none is installed, and it keeps asking
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyter/nbgrader:assignment-list",
    "@jupyter/nbgrader:course-list",
    "@jupyter/nbgrader:create-assignment",
    "@jupyter/nbgrader:formgrader",
    "@jupyter-notebook/lab-extension",  # its button leads to a server part that is not loaded
    "jupyterlab-jupytext",
)
# Only these are loaded, whatever else the machine has.
SERVER_EXTENSIONS = {
    "flyway_course.serve": True,
    "jupyterlab": True,
    "jupyter_server_terminals": True,
    "nbgrader.server_extensions.validate_assignment": True,
}


START_PATIENCE_S = 120


class PortError(RuntimeError):
    """The port cannot be had; the message names it and the mend."""


def is_free(port: int) -> bool:
    """Say whether a port of the loopback address can be taken now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # as Tornado does; on Windows the option means something else
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((ADDRESS, port))
    return True


def choose_port(asked: int | None) -> int:
    """Return the asked port, or the first free one from 8860 on if none was asked.

    Raises `PortError` when the asked port is taken, not allowed or out of range.
    """
    if asked is not None:
        mend = "leave --port out, and a free one is found for you"
        if not 1 <= asked <= 65535:
            raise PortError(f"Port {asked} does not exist (1 to 65535): {mend}.")
        try:
            is_free(asked)
        except PermissionError:
            raise PortError(f"Port {asked} is kept for the system: {mend}.") from None
        except OSError:
            raise PortError(f"Port {asked} is used by another program: {mend}.") from None
        return asked
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        try:
            is_free(port)
        except OSError:
            continue
        return port
    last = FIRST_PORT + PORTS_TRIED - 1
    raise PortError(
        f"All ports from {FIRST_PORT} to {last} are used: close an old course window, or choose a "
        "port yourself, such as --port 9000."
    )


def has_screen() -> bool:
    """Say whether a browser window can open; without one, Linux would start a text browser."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform != "linux" or any(os.environ.get(name) for name in screens)


def keep_settings_inside(home: Path = JUPYTER_HOME) -> None:
    """Point Jupyter, JupyterLab and IPython at folders of the course.

    A trainee's own Jupyter set-up can then neither break the course nor be changed by it.
    """
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_TOKEN", "FLYWAY_STATIC"):
        os.environ.pop(name, None)
    os.environ.update(
        JUPYTER_CONFIG_DIR=str(home),
        JUPYTER_DATA_DIR=str(home / "data"),
        JUPYTER_RUNTIME_DIR=str(home / "runtime"),
        JUPYTERLAB_SETTINGS_DIR=str(home / "lab" / "settings"),
        JUPYTERLAB_WORKSPACES_DIR=str(home / "lab" / "workspaces"),
        IPYTHONDIR=str(home / "ipython"),
    )
    config = home / "labconfig"
    config.mkdir(parents=True, exist_ok=True)
    page = {"disabledExtensions": dict.fromkeys(DISABLED, True)}
    (config / "default_setting_overrides.json").write_text(json.dumps(LAB_SETTINGS, indent=1))
    (config / "page_config.json").write_text(json.dumps(page, indent=1))


def already_open() -> str | None:
    """Return the address of a server of this course that is running, or None."""
    from jupyter_server.serverapp import list_running_servers

    for info in list_running_servers(JUPYTER_HOME / "runtime"):
        with socket.socket() as probe:
            # a server that was killed leaves its note behind: ask the port itself
            if probe.connect_ex((ADDRESS, info["port"])) == 0:
                return f"{info['url']}course/enter?token={info['token']}"
    return None


def open_browser(address: str, say: Callable[[str], None]) -> None:
    """Show an address in the user's browser, without waiting for the browser to end."""
    if has_screen():
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
    else:
        say("This computer has no screen here: open the address in a browser yourself.")


def starting_lock() -> Path:
    """Give the file that courses of one person lock while they look for a port."""
    person = os.getuid() if hasattr(os, "getuid") else "me"  # Windows has a folder for each person
    return Path(tempfile.gettempdir()) / f"counting-across-borders-{person}.lock"


def settings(port: int, token: str, retries: int = 0) -> list[str]:
    """Return the options of the server, in the form Jupyter reads from a command line.

    `retries` is how many other ports it may try if this one was taken in the meantime.
    """
    return [
        f"--ServerApp.ip={ADDRESS}",
        f"--ServerApp.port={port}",
        f"--ServerApp.port_retries={retries}",
        f"--ServerApp.root_dir={WORKSPACE}",
        f"--IdentityProvider.token={token}",
        "--ServerApp.open_browser=False",
        "--ServerApp.answer_yes=True",  # one Ctrl-C ends it, without a question
        "--ServerApp.allow_root=True",  # containers of a JupyterHub run as root
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
        # between server and kernel too: other users of a shared computer see nothing
        "--KernelManager.transport_encryption=auto",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--LabApp.default_url=/book/",
    ]


def serve(
    port: int | None = None,
    browser: bool = True,
    start_in: str = "book",
    say: Callable[[str], None] = print,
) -> None:
    """Serve book and JupyterLab until Ctrl-C.

    `port=None` takes the first free port. `browser=False` only prints the address. `start_in` is
    "book" or "lab"; "lab" first gives the trainee a copy of each lesson that they lack. If the
    course is open already and no port was asked for, that one is shown and nothing is started.
    """
    choose_port(port)  # a port that cannot be had is said before anything is written
    WORKSPACE.mkdir(parents=True, exist_ok=True)
    keep_settings_inside()
    to = "&to=lab" if start_in == "lab" else ""
    if start_in == "lab":
        workspace.all_lessons()
    if port is None and (address := already_open()):
        say(f"The course is already open at {address}{to}")
        if browser and has_screen():
            webbrowser.open(address + to)
        return
    from jupyterlab.labapp import LabApp  # reads the folders above when it is loaded

    token = secrets.token_urlsafe(24)
    LabApp.serverapp_config = {
        **LabApp.serverapp_config,
        "jpserver_extensions": SERVER_EXTENSIONS,
    }
    retries = PORTS_TRIED if port is None else 0  # another program may be quicker than we are
    # Jupyter looks for a free port and takes it later: two courses that start at the same moment
    # would find the same one, so each waits until the other listens.
    turn = ExitStack()
    turn.enter_context(one_at_a_time(starting_lock(), patience_s=START_PATIENCE_S))
    server = LabApp.initialize_server(argv=settings(choose_port(port), token, retries))

    def announce() -> None:
        turn.close()
        address = f"http://{ADDRESS}:{server.port}/course/enter?token={token}{to}"
        say(f"The course is open at {address}")
        if not SITE.is_dir():
            say("The book is not built yet: `python3 course.py build` makes it.")
        say("Keep this window open while you work. Ctrl-C ends the course; your work is kept.")
        if browser:
            open_browser(address, say)

    # the one line that Jupyter logs at Ctrl-C; ours below says more
    server.log.addFilter(lambda record: not record.getMessage().startswith("Shutting down"))
    server.io_loop.add_callback(announce)  # runs when the server listens, not before
    with turn:
        server.start()
    say("The course is closed. Your notebooks are in workspace/.")
