"""A web host as GitHub Pages is one: below a path, compressed, with the site's own 404 page."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "/flyway-course/"
PACKED = {".html", ".css", ".js", ".svg", ".json", ".ipynb", ".xml", ".txt"}


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args, host):
        self.host = host
        super().__init__(*args, directory=str(host.folder))

    def setup(self):
        super().setup()
        self.host.open.append(self.connection)

    def log_message(self, *_args):
        pass

    def do_HEAD(self):
        self.do_GET(body=False)

    def do_GET(self, body=True):
        path = self.path.partition("?")[0]
        self.host.asked.append(self.path)
        inside = path.startswith(PREFIX)
        file = (
            Path(self.translate_path(path.removeprefix(PREFIX[:-1]))) if inside else Path("/none")
        )
        if inside and file.is_dir():
            if not path.endswith("/"):
                self.send_response(301)
                self.send_header("Location", f"{path}/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            file /= "index.html"
        found = file.is_file() and not self.host.broken
        if not found:
            file = self.host.folder / "404.html"
        data = file.read_bytes()
        self.send_response(503 if self.host.broken else 200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Cache-Control", self.host.caching)
        if file.suffix in PACKED:
            data = gzip.compress(data, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


class Host:
    """Serves a folder on loopback; can be stopped, and started again at the same address."""

    def __init__(self, folder: Path, caching: str = "max-age=600"):
        self.folder, self.caching = folder, caching
        self.asked: list[str] = []
        self.broken = False  # then the host itself is ill, and says so
        self.open: list[socket.socket] = []
        self.port = 0
        self.start()

    def start(self):
        handler = partial(_Handler, host=self)
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.port}{PREFIX}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        while self.open:  # a browser keeps connections, and would go on being answered
            with contextlib.suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)
