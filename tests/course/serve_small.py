"""Serve a small made-up course from a folder: `python serve_small.py FOLDER`."""

import sys
from pathlib import Path

from served_folder import serve_from

serve_from(Path(sys.argv[1]))

from flyway_course.serve.run import serve  # noqa: E402 — reads the places when it is loaded

serve(browser=False, start_in=sys.argv[2], say=lambda text: print(text, flush=True))
