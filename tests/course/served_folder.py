"""Let the course's server take everything from a small made-up course, for programs that tests start."""

from pathlib import Path

from flyway_course import paths, startup


def serve_from(folder: Path) -> None:
    """Point the places of the server into `folder`; before what reads them is loaded."""
    paths.SITE = folder / "_build" / "html"
    paths.NOTEBOOKS = paths.SITE / "notebooks"
    paths.WORKSPACE = folder / "workspace"
    paths.EXERCISES = folder / "exercises"
    paths.put_tools_on_path()
    startup.leave_out_slow_import()
