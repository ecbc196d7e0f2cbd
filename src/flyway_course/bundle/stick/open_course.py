"""Open book and JupyterLab on the trainee's computer, on the trainee's own notebooks.

Runs in the environment that `install.py` made. The server and the rules for the notebooks are
those of the course itself: a notebook is copied once and never written over.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Copy what the trainee lacks, then serve until Ctrl-C."""
    sys.path.insert(0, str(COURSE / "start"))
    from flyway_course import paths

    # The modules below ask `paths` when they are loaded.
    paths.ROOT, paths.SITE = COURSE, COURSE / "book"
    paths.NOTEBOOKS, paths.EXERCISES = paths.SITE / "notebooks", COURSE / "exercises"
    paths.WORKSPACE = COURSE.parent / "workspace"
    from flyway_course.startup import leave_out_slow_import

    paths.put_tools_on_path()
    leave_out_slow_import()
    from flyway_course.serve import run, workspace

    copies(workspace, paths.EXERCISES)
    if "--copy-only" in arguments:
        return 0
    run.SERVER_EXTENSIONS.pop("nbgrader.server_extensions.validate_assignment", None)
    os.chdir(paths.WORKSPACE)
    try:
        run.serve(browser="--no-browser" not in arguments, say=partial(print, flush=True))
    except run.PortError as error:
        print(error, flush=True)
        return 1
    return 0


def copies(workspace: object, exercises: Path) -> None:
    """Give the trainee each lesson and each exercise that they do not have yet."""
    workspace.all_lessons()
    for folder in sorted(exercises.glob("*")):
        if any(folder.glob("*.ipynb")):
            workspace.exercise(folder.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
