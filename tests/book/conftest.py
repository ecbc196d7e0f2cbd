"""A small book with one of everything, a gzip server for a site, and a browser that keeps a diary."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import threading
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flyway_course import paths

HERE = Path(__file__).parent
AXE = paths.NODE_MODULES / "axe-core" / "axe.min.js"
PACKED = {".html", ".css", ".js", ".svg", ".json", ".ipynb"}


@pytest.fixture(scope="session")
def small_site(tmp_path_factory) -> Path:
    """Build the fixture book; no lesson runs in it, so it takes a few seconds."""
    place = tmp_path_factory.mktemp("small")
    shutil.copytree(HERE / "fixture", place, dirs_exist_ok=True)
    for name in ("kit.js", "kit.css", "progress.js", "progress-page.js", "progress.css"):
        shutil.copyfile(paths.BOOK / "_static" / name, place / "book" / "_static" / name)
    program = "from jupyter_book.cli.main import main; main()"
    build = [sys.executable, "-c", program, "build", str(place), "-W", "--keep-going"]
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return place / "_build" / "html"


@cache
def _packed(path: Path, _stamp: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


class _Handler(SimpleHTTPRequestHandler):
    """Serves files as a course server does: compressed where it helps."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        packed = path.suffix in PACKED
        data = _packed(path, path.stat().st_mtime_ns) if packed else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="session")
def serve():
    """Give a function that serves a folder on loopback and gives its address."""
    servers = []

    def start(folder: Path) -> str:
        def handler(*args):
            return _Handler(*args, directory=str(folder))

        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Visit:
    """One tab that writes down what should not happen."""

    def __init__(self, browser, **options):
        settings = {"viewport": {"width": 1366, "height": 768}, "reduced_motion": "reduce"}
        self.context = browser.new_context(**settings | options)
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)
        self.context.route("**/*", self._route)

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.faults.append(f"console {message.type}: {message.text}")

    def _failed(self, request):
        # A lazy picture that a test scrolls past is given up by the browser: no fault of the page.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _response(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _route(self, route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "file://", "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"leaves the machine: {url}")
            route.abort()

    def go(self, url: str):
        self.page.goto(url, wait_until="load")
        return self.page

    def axe(self, tag: str = "") -> list[str]:
        """Violations that axe-core finds, one line each; with a tag, of its rules alone."""
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            """tag => axe.run(document, {resultTypes: ["violations"], preload: false,
              ...(tag ? {runOnly: {type: "tag", values: [tag]}} : {})})""",
            tag,
        )
        return [
            f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"][:4]
        ]

    def too_wide(self) -> str:
        """Say which element makes the page scroll sideways, or nothing."""
        return self.page.evaluate(
            """() => {
              const wide = document.documentElement.scrollWidth - innerWidth;
              if (wide <= 0) return "";
              const box = (e) => e.getBoundingClientRect();
              const out = [...document.querySelectorAll("body *")]
                .filter((e) => box(e).right > innerWidth + 1 && !e.closest(".fw-scroll, pre, div.math"));
              return `${wide}px: ` + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 100)).join(" | ");
            }"""
        )


@pytest.fixture
def visit(chromium):
    """Give a function that opens a tab; all tabs are closed after the test."""
    opened = []

    def start(**options) -> Visit:
        opened.append(Visit(chromium, **options))
        return opened[-1]

    yield start
    for each in opened:
        each.context.close()
