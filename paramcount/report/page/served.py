"""A local server for the page, with a field to paste a config.json into."""

from __future__ import annotations

import secrets
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

from paramcount.catalog.from_config import spec_of
from paramcount.catalog.spec import Spec
from paramcount.config import parse
from paramcount.errors import InputError, line
from paramcount.report.page import Door, page

HOST = "127.0.0.1"
LARGEST = 2_000_000  # bytes of a form that holds a config


class PageServer(HTTPServer):
    """Serves the page on *specs* to this machine only, at an address with a secret word in it."""

    def __init__(self, specs: list[Spec], port: int = 0):
        self.specs, self.word = specs, secrets.token_urlsafe(18)
        super().__init__((HOST, port), Answers)

    @property
    def address(self) -> str:
        """The URL for a browser on this machine."""
        return f"http://{HOST}:{self.server_port}/{self.word}/"


def opened(specs: list[Spec], port: int = 0) -> PageServer:
    """A server of the page on *specs* at *port* (0: any free port); raises InputError if the port is taken."""
    try:
        return PageServer(specs, port)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "no port"
        raise InputError(f"--port {port}: {why} on {HOST}; valid: a free port, or no --port") from None


class Answers(BaseHTTPRequestHandler):
    """Answers a request: the page for GET, the page on a pasted config for POST. It never opens a file."""

    server: PageServer
    server_version, sys_version = "paramcount", ""

    def do_GET(self) -> None:
        if self._is_ours():
            self._send(200, page(self.server.specs, door=Door()))

    def do_POST(self) -> None:
        if not self._is_ours():
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self._send(413, self._with(f"too large for a config.json; valid: up to {LARGEST:,} bytes", ""))
            return
        given = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"), max_num_fields=2).get("config", [""])
        self._answer(given[0])

    def _answer(self, text: str) -> None:
        try:
            if not text.strip():
                raise InputError("nothing was pasted; valid: a config.json")
            spec = spec_of(parse(text, "the pasted config"), "pasted")
            self._send(200, page([spec], ["config.json"], door=Door(text)))
        except InputError as error:
            self._send(422, self._with(line(str(error)), text))

    def _with(self, fault: str, text: str) -> str:
        return page(self.server.specs, door=Door(text, fault))

    def _is_ours(self) -> bool:
        """Whether the request is for this host and has the secret word; otherwise it is refused."""
        hosts = {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}
        known = secrets.compare_digest(self.path.encode(), f"/{self.server.word}/".encode())
        if self.headers.get("Host") in hosts and known:
            return True
        self._send(404, "not found")
        return False

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))),
                            ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
                            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                            ("Cross-Origin-Opener-Policy", "same-origin")):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, since the address has the secret word in it."""
