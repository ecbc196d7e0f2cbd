"""Serve the built book: compressed, cached where the name carries a hash, nothing else."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".ipynb", ".csv", ".map", ".inv"}
# no name in the book has these; on some systems they lead elsewhere
ODD = re.compile(r"[\\:\x00-\x1f]")
# names that change with their content: the browser may keep these for good
HASHED = re.compile(r"(^|/)(fig|map)-[0-9a-f]{8,}[^/]*$")


@lru_cache(maxsize=256)
def _compressed(path: Path, modified_ns: int, size: int) -> bytes:
    """Compress a file once for as long as it stays the same."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class BookHandler(JupyterHandler, web.StaticFileHandler):
    """Files of `_build/html`, open to read without signing in, as the book is public.

    Host checks (against DNS rebinding) and security headers are Jupyter Server's own.
    """

    def initialize(self, path: str) -> None:
        """Take the folder of the built pages."""
        super().initialize(path=path, default_filename="index.html")
        self.site = Path(path)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Answer with the headers only."""
        await self.get(path, include_body=False)

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """Send a page or file, compressed when it is text and the browser takes that."""
        if not self.site.is_dir():
            raise web.HTTPError(404, "The book is not built yet: run `python3 course.py build`.")
        file = self._file(path)
        self.absolute_path = str(file)
        stat = file.stat()
        packed = None
        if file.suffix in TEXT:
            self.add_header("Vary", "Accept-Encoding")
            if stat.st_size >= 1024 and "gzip" in self.request.headers.get("Accept-Encoding", ""):
                packed = _compressed(file, stat.st_mtime_ns, stat.st_size)
        # changes with every build, unlike Tornado's own tag, which is kept until the server ends
        self._tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}{"-gz" if packed else ""}"'
        if file.suffix == ".html" and not self.get_cookie("course_server"):
            mark_live(self)
        if packed is None:
            await super().get(file.relative_to(self.site.resolve()).as_posix(), include_body)
            return
        self.path, self.modified = path, self.get_modified_time()
        self.set_headers()
        if self.should_return_304():
            self.set_status(304)
            return
        self.set_header("Content-Encoding", "gzip")
        self.set_header("Content-Length", str(len(packed)))
        if include_body:
            self.write(packed)

    def _file(self, path: str) -> Path:
        """Find the file of an address; refuse whatever is not a plain file of the built book."""
        site = self.site.resolve()
        parts = [part for part in path.split("/") if part]
        if any(part.startswith(".") or ODD.search(part) for part in parts):
            raise web.HTTPError(404)
        file = site.joinpath(*parts)
        if file.is_dir():
            if not path.endswith("/") and path:
                self.redirect(self.request.path + "/", permanent=True)
                raise web.Finish
            file = file / "index.html"
        if file.resolve() != file or not file.is_file():  # a link, or no file at all
            raise web.HTTPError(404)
        return file

    def get_content_type(self) -> str:
        """Say that text is UTF-8: every file of the book is."""
        kind = super().get_content_type()
        is_text = kind.startswith("text/") or kind in {"application/json", "image/svg+xml"}
        return f"{kind}; charset=utf-8" if is_text else kind

    def compute_etag(self) -> str | None:
        """Return the tag of this version of the file."""
        return getattr(self, "_tag", None)

    def set_extra_headers(self, path: str) -> None:
        """Let the browser keep what is named by its hash, and ask again for the rest."""
        versioned = "v" in self.request.arguments or "digest" in self.request.arguments
        if versioned or HASHED.search(self.request.path):
            self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        else:
            self.set_header("Cache-Control", "no-cache")


def mark_live(handler: web.RequestHandler) -> None:
    """Set the cookie by which a page's script knows that JupyterLab is behind it.

    On a hub, other people's servers have the same host: the cookie is for this server's part alone.
    """
    path = handler.settings.get("base_url", "/")
    handler.set_cookie("course_server", "1", path=path, samesite="Lax", httponly=False)
