"""A hub on loopback: the routes that are used, and the ways in which a server misbehaves."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34
PIECE = bytes(1 << 16)


class Repository:
    """Files, and how the server answers requests for them."""

    def __init__(self, files: dict[str, bytes], **treatment: Any):
        self.files = files
        self.listed: list[str] = treatment.pop("listed", list(files))
        self.revisions: dict[str, str] = treatment.pop("revisions", {"main": COMMIT, COMMIT: COMMIT})
        self.padding: dict[str, int] = treatment.pop("padding", {})
        """Zero bytes after a file, which the server makes up as it sends them."""
        self.gated: bool = treatment.pop("gated", False)
        self.private: bool = treatment.pop("private", False)
        self.cdn: str = treatment.pop("cdn", "")
        """Where safetensors are redirected to."""
        assert not treatment


class Request(NamedTuple):
    """A request that the server received."""

    method: str
    path: str
    token: str
    span: str


class HubServer:
    """The server, its repositories, and what it received and sent."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.token = "hf_right"
        self.requests: list[Request] = []
        self.sent = 0
        self.manner = ""
        """How it misbehaves: "hang", "drip headers", "drip body", "no ranges", "no size", "nonsense", or a status."""
        self.headers: dict[str, str] = {}
        """Sent with a refusal of everything."""
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def add(self, name: str, files: dict[str, bytes], **treatment: Any) -> None:
        """Add a repository of *files*."""
        self.repositories[name] = Repository(files, **treatment)

    def close(self) -> None:
        """Release waiting requests, and stop."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        hub = self.hub
        asked = self.headers.get
        hub.requests.append(Request(self.command, self.path, asked("authorization", ""), asked("range", "")))
        self._misbehave() or self._serve()

    def _misbehave(self) -> bool:
        manner = self.hub.manner
        if manner == "hang":
            self.hub.closing.wait(30)
            self.close_connection = True
        elif manner.startswith("drip"):
            self._drip(manner)
        elif manner == "nonsense":
            self._send(200, b"<html>log in to the hotel's network</html>")
        elif manner.isdecimal():
            self._send(int(manner), b"", **self.hub.headers)
        else:
            return False
        return True

    def _drip(self, manner: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        if manner == "drip body":
            self.wfile.write(b"yes\r\nContent-Length: 9999\r\n\r\n")
        while not self.hub.closing.wait(0.05):
            self.wfile.write(b"x")
        self.close_connection = True

    def _serve(self) -> None:
        path = unquote(self.path)
        for name, repository in self.hub.repositories.items():
            if path.startswith((f"/api/models/{name}/revision/", f"/{name}/resolve/")):
                return self._repository(name, repository, path)
        return self._refuse(401, "RepoNotFound")

    def _repository(self, name: str, repository: Repository, path: str) -> None:
        token = self.headers.get("authorization", "")
        right = token == f"Bearer {self.hub.token}"
        if token and not right:
            return self._send(401, b"", **{"X-Error-Message": "Invalid credentials in Authorization header"})
        if repository.private and not right:
            return self._refuse(401, "RepoNotFound")
        api = path.startswith("/api/")
        revision = path.split("/revision/" if api else "/resolve/")[1]
        revision, _, file = (revision, "", "") if api else revision.partition("/")
        if revision not in repository.revisions:
            return self._refuse(404, "RevisionNotFound")
        commit = repository.revisions[revision]
        if api:
            siblings = [{"rfilename": file} for file in repository.listed]
            return self._send(200, json.dumps({"id": name, "sha": commit, "siblings": siblings}).encode())
        if repository.gated:
            return self._refuse(403 if right else 401, "GatedRepo")
        if file not in repository.files:
            return self._refuse(404, "EntryNotFound")
        return self._file(repository, file, commit)

    def _file(self, repository: Repository, file: str, commit: str) -> None:
        if repository.cdn and file.endswith(".safetensors"):
            return self._send(302, b"", Location=repository.cdn + self.path)
        data = repository.files[file]
        total = len(data) + repository.padding.get(file, 0)
        status, start, stop = 200, 0, total
        tags = {"ETag": f'"{sha1(data).hexdigest()}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if (span := self.headers.get("range")) and self.hub.manner != "no ranges":
            first, last = span.removeprefix("bytes=").split("-")
            status, start, stop = 206, int(first), min(int(last) + 1, total)
            size = "*" if self.hub.manner == "no size" else total
            tags["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        time.sleep(0.01)
        return self._send(status, _stretch(data, start, stop), length=stop - start, **tags)

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"", **{"X-Error-Code": code, "X-Error-Message": "no."})

    def _send(self, status: int, body: bytes | Iterator[bytes], length: int | None = None, **headers: str) -> None:
        pieces = [body] if isinstance(body, bytes) else body
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if isinstance(body, bytes) else length))
        self.end_headers()
        if self.command != "HEAD":
            for piece in pieces:
                self.wfile.write(piece)
                self.hub.sent += len(piece)


def _stretch(data: bytes, start: int, stop: int) -> Iterator[bytes]:
    """Bytes *start* to *stop* of *data*, with zeros after its end."""
    yield data[start:stop]
    left = stop - max(start, len(data))
    while left > 0:
        yield PIECE[:left]
        left -= len(PIECE)
