"""Book and JupyterLab on one local address, as an extension of Jupyter Server.

- `/book/…`: the built pages, compressed, from `_build/html` only.
- `/course/enter?token=…`: signs the browser in, then shows the book.
- `/course/lesson/<name>`: opens the trainee's own copy of a lesson in JupyterLab.
- `/course/exercise/<name>`: the same for an assignment.
- `/course/restart/<name>`: asks, keeps the old copy under a new name, makes a fresh one.
- `/course/checks`: which self-checks passed, for the page "My progress".

`course.py open` starts it. Binder and a hub load `flyway_course.serve.hub`, which adds the lessons.
All addresses begin at the server's own, such as `/user/somebody/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server which module to load."""
    return [{"module": "flyway_course.serve"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Add the pages of the course to a running server."""
    from flyway_course.serve import workspace
    from flyway_course.serve.checks import tell_notebooks
    from flyway_course.serve.handlers import routes

    web_app = serverapp.web_app
    web_app.settings["course_workspace"] = workspace.home(Path(serverapp.root_dir))
    tell_notebooks(web_app.settings["course_workspace"])
    web_app.add_handlers(".*$", routes(web_app.settings["base_url"]))
