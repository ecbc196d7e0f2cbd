"""Serve a small made-up course from a folder: `python serve_small.py FOLDER`."""

import sys
from pathlib import Path

from flyway_course import paths, startup

folder = Path(sys.argv[1])
paths.SITE = folder / "_build" / "html"
paths.NOTEBOOKS = paths.SITE / "notebooks"
paths.WORKSPACE = folder / "workspace"
paths.EXERCISES = folder / "exercises"
paths.put_tools_on_path()
startup.leave_out_slow_import()

from flyway_course.serve.run import serve  # noqa: E402 — reads the places when it is loaded

serve(browser=False, start_in=sys.argv[2], say=lambda text: print(text, flush=True))
