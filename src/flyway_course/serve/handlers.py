"""The addresses under `/course/`: sign in, open a lesson or an exercise, start a lesson again."""

from __future__ import annotations

import html
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from flyway_course.paths import SITE
from flyway_course.serve import workspace
from flyway_course.serve.book import BookHandler, mark_live
from flyway_course.serve.checks import ChecksHandler

HEAD = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem }}
button, .to {{ font: inherit; display: inline-block; min-height: 44px; padding: .5rem 1rem }}
</style></head>
"""
CONFIRM = (
    HEAD.replace("{title}", "Start this lesson again")
    + """<body><main>
<h1>Start this lesson again?</h1>
<p>You get a fresh copy of <strong>{name}</strong>. Your old copy is kept beside it, under a name
with today's date.</p>
<form method="post">{xsrf}<button>Start again</button>
<a class="to" href="{back}">Keep my copy</a></form>
</main></body></html>
"""
)
NOT_THERE = (
    HEAD.replace("{title}", "Not in the course")
    + """<body><main><h1>This is not in the course</h1>
<p>{text}</p><p><a class="to" href="{back}">Back to the book</a></p></main></body></html>
"""
)


class CourseHandler(JupyterHandler):
    """What the pages below share."""

    @property
    def workspace(self) -> Path:
        """Folder of the trainee's notebooks."""
        return self.settings["course_workspace"]

    def lab_address(self, path: Path) -> str:
        """Return the address at which JupyterLab opens a file below its root folder."""
        root = Path(self.serverapp.root_dir).resolve()
        place = path.resolve().relative_to(root).as_posix()
        return url_path_join(self.base_url, "lab/tree", url_escape(place))

    def not_there(self, error: workspace.NotThereError) -> None:
        """Answer 404 with the sentence of the error and the way back."""
        self.set_status(404)
        back = url_path_join(self.base_url, "book/")
        self.finish(NOT_THERE.format(text=html.escape(str(error)), back=back))


class EnterHandler(CourseHandler):
    """Sign in with the token of the printed address, then show the book without it."""

    @web.authenticated
    def get(self) -> None:
        """Set the cookies and go on; `?to=lab` goes to JupyterLab."""
        mark_live(self)
        to_lab = self.get_query_argument("to", "") == "lab"
        self.redirect(url_path_join(self.base_url, "lab" if to_lab else "book/"))


class LessonHandler(CourseHandler):
    """Open the trainee's copy of a lesson."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Copy the lesson if the trainee has none yet, then open it in JupyterLab."""
        try:
            copy = workspace.lesson(name, workspace=self.workspace)
        except workspace.NotThereError as error:
            self.not_there(error)
            return
        self.redirect(self.lab_address(copy))


class ExerciseHandler(CourseHandler):
    """Open the trainee's copy of an assignment."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Copy the files that the trainee lacks, then open the notebook in JupyterLab."""
        try:
            copy = workspace.exercise(name, workspace=self.workspace)
        except workspace.NotThereError as error:
            self.not_there(error)
            return
        self.redirect(self.lab_address(copy))


class RestartHandler(CourseHandler):
    """Start a lesson again; asked first, and the old copy is kept."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Ask. The form carries the token against cross-site requests."""
        try:
            workspace.checked(name)
        except workspace.NotThereError as error:
            self.not_there(error)
            return
        back = url_path_join(self.base_url, "course/lesson", name)
        self.finish(CONFIRM.format(name=name, xsrf=self.xsrf_form_html(), back=back))

    @web.authenticated
    async def post(self, name: str) -> None:
        """Keep the old copy, make a fresh one, end the old copy's kernel, open JupyterLab."""
        try:
            fresh, _ = workspace.restart(name, workspace=self.workspace)
        except workspace.NotThereError as error:
            self.not_there(error)
            return
        root = Path(self.serverapp.root_dir).resolve()
        place = fresh.resolve().relative_to(root).as_posix()
        for session in await self.session_manager.list_sessions():
            if session["path"] == place:  # a fresh lesson must not see the old one's variables
                await self.session_manager.delete_session(session["id"])
        self.redirect(self.lab_address(fresh))


def routes(base_url: str) -> list[tuple]:
    """Return the addresses of the course for `Application.add_handlers`."""

    def at(pattern: str) -> str:
        return url_path_join(base_url, pattern)

    return [
        (at(r"/book"), web.RedirectHandler, {"url": at("/book/")}),
        (at(r"/book/(.*)"), BookHandler, {"path": str(SITE)}),
        (at(r"/course/enter"), EnterHandler),
        (at(r"/course/checks"), ChecksHandler),
        (at(r"/course/lesson/([^/]+)"), LessonHandler),
        (at(r"/course/exercise/([^/]+)"), ExerciseHandler),
        (at(r"/course/restart/([^/]+)"), RestartHandler),
    ]
