"""`/course/checks`: which self-checks passed in the notebooks of this server, for the page "My progress".

`flyway.checks` writes the list where `tell_notebooks` says: beside the trainee's own notebooks. The page
may read it and erase it. A browser that is not signed in learns nothing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from tornado import web

VARIABLE = "FLYWAY_SELF_CHECKS"  # as in flyway.checks.remember, which a server need not load
NAME = ".self-checks"
LONGEST = 1000  # lines: many times what the course holds


def tell_notebooks(workspace: Path) -> None:
    """Name the list in this folder to every notebook that the server starts."""
    os.environ[VARIABLE] = str(workspace / NAME)


def passed(workspace: Path) -> list[str]:
    """Keys of the self-checks that passed, each once; none where there is no list or it is no text."""
    try:
        text = (workspace / NAME).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return []
    return list(dict.fromkeys(filter(None, text.splitlines())))[:LONGEST]


class ChecksHandler(APIHandler):
    """Read and erase the list."""

    @allow_unauthenticated
    def get(self) -> None:
        """Send `{"passed": [keys]}`; to a browser that is not signed in, `{"passed": null}`."""
        self.set_header("Cache-Control", "no-store")
        _ = self.xsrf_token  # its cookie lets the page ask for erasing
        known = passed(self.settings["course_workspace"]) if self.current_user else None
        self.finish(json.dumps({"passed": known}))

    @web.authenticated
    def delete(self) -> None:
        """Erase the list."""
        try:
            (self.settings["course_workspace"] / NAME).unlink(missing_ok=True)
        except OSError:
            raise web.HTTPError(500, "The list of passed self-checks cannot be erased.") from None
        self.set_status(204)
        self.finish()
