"""On Binder and on a hub: the pages of the course, and each lesson already in the file list.

`postBuild` runs `python -m flyway_course.serve.hub` in the image; each server then loads this module.
(`jupyter server extension enable` would refuse: it knows only what a package has brought a file for.)

A hub keeps a learner's home folder and nothing else, so the lessons are copied when a server starts
and not when the image is made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flyway_course import serve
from flyway_course.paths import EXERCISES
from flyway_course.serve import workspace

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

# Parts of nbgrader that a learner's server would load for a second and complain about.
FOR_INSTRUCTORS = tuple(
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader")
)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server which module to load."""
    return [{"module": "flyway_course.serve.hub"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Add the pages, and the notebooks that the learner lacks."""
    serve._load_jupyter_server_extension(serverapp)
    place = serverapp.web_app.settings["course_workspace"]
    give_notebooks(place)
    if not serverapp.contents_manager.preferred_dir:  # where JupyterLab's file list begins
        begin = place.resolve().relative_to(Path(serverapp.root_dir).resolve())
        serverapp.contents_manager.preferred_dir = begin.as_posix()


def give_notebooks(place: Path) -> None:
    """Copy each lesson and each assignment that is not in the folder `place` yet."""
    workspace.all_lessons(workspace=place)
    for folder in sorted(EXERCISES.glob("*")):
        if any(folder.glob("*.ipynb")):
            workspace.exercise(folder.name, workspace=place)


def write_settings(prefix: Path) -> None:
    """Let all servers of the Python at `prefix` load this module, with JupyterLab as for `open`.

    JupyterLab asks nobody outside for news, and the instructor's tools stay out of the learner's window.
    What the image has set itself stays.
    """
    from flyway_course.serve.run import DISABLED, LAB_SETTINGS

    config = prefix / "etc" / "jupyter"
    load = {"flyway_course.serve.hub": True, **dict.fromkeys(FOR_INSTRUCTORS, False)}
    # of two files that name an extension, the later in the alphabet is heard
    file = config / "jupyter_server_config.d" / "zz-flyway-course.json"
    _add(file, {"ServerApp": {"jpserver_extensions": load}})
    _add(prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json", LAB_SETTINGS)
    page = {"disabledExtensions": dict.fromkeys(DISABLED, True)}
    _add(config / "labconfig" / "page_config.json", page)


def _add(file: Path, content: dict[str, Any]) -> None:
    """Write settings beside those that a file holds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    held = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    for name, values in content.items():
        held[name] = {**held.get(name, {}), **values}
    file.write_text(json.dumps(held, indent=1), encoding="utf-8")


if __name__ == "__main__":
    write_settings(Path(sys.prefix))
