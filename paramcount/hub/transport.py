"""Downloads from a server, limited in size and time, with each request made once.

The session is huggingface_hub's own, so its proxies and certificates apply, and a redirect to another host does not
carry the token.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Opened = tuple[int, Mapping[str, str], Iterator[bytes]]
AT_ONCE = 8


class UnreachableError(Exception):
    """The server did not answer; the message is the reason, in a few words."""


class Answer(NamedTuple):
    """A server's answer: status, headers (names in lower case) and the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def receive(url: str, headers: Mapping[str, str], most: int, until: float) -> Answer:
    """GET *url*, following redirects and reading at most *most* bytes; then the connection is closed.

    *until* is in time.monotonic() seconds. Raises UnreachableError.
    """
    body = bytearray()
    try:
        with _open(url, headers, until - time.monotonic()) as (status, found, chunks):
            for chunk in chunks:
                body += chunk
                if len(body) >= most or time.monotonic() > until:
                    break
    except Exception as error:  # requests, httpx or httpx2, depending on huggingface_hub: no common class
        raise UnreachableError(_reason(error)) from error
    if len(body) < most and time.monotonic() > until:
        raise UnreachableError("it took too long")
    return Answer(status, {name.lower(): value for name, value in found.items()}, bytes(body[:most]))


@contextmanager
def _open(url: str, headers: Mapping[str, str], seconds: float) -> Iterator[Opened]:
    from huggingface_hub import get_session

    session: Any = get_session()
    seconds = max(seconds, 0.001)
    if callable(session.stream):
        with session.stream("GET", url, headers=headers, timeout=seconds, follow_redirects=True) as response:
            yield response.status_code, response.headers, response.iter_raw()
    else:  # requests, before huggingface_hub 1.0
        with session.get(url, headers=headers, timeout=seconds, stream=True) as response:
            yield response.status_code, response.headers, response.raw.stream(1 << 14, decode_content=False)


def _reason(error: BaseException) -> str:
    """The system's words for what went wrong, from the bottom of the exception chain."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        if isinstance(cause, TimeoutError):
            return "it took too long"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def gather(calls: Sequence[Callable[[], T]], until: float) -> list[T]:
    """The results of *calls*, in order, running AT_ONCE at a time; raises the first failure.

    Uses daemon threads: a name lookup or a header that trickles in cannot be interrupted, only abandoned. Raises
    UnreachableError at *until* (time.monotonic()).
    """
    waiting = deque(enumerate(calls))
    done: SimpleQueue[tuple[int, T | None, Exception | None]] = SimpleQueue()

    def work() -> None:
        with suppress(IndexError):  # no calls left
            while True:
                done.put(_attempt(*waiting.popleft()))

    for _ in range(min(AT_ONCE, len(calls))):
        Thread(target=work, daemon=True).start()
    results: dict[int, Any] = {}
    try:
        while len(results) < len(calls):
            place, value, error = done.get(timeout=max(until - time.monotonic(), 0.001))
            if error is not None:
                raise error
            results[place] = value
    except (Empty, UnreachableError) as error:
        read = f"; {len(results):,} of {len(calls):,} files were read" if len(calls) > 1 else ""
        raise UnreachableError(f"{error if str(error) else 'it took too long'}{read}") from error
    finally:
        waiting.clear()
    return [results[place] for place in range(len(calls))]


def _attempt(place: int, call: Callable[[], T]) -> tuple[int, T | None, Exception | None]:
    try:
        return place, call(), None
    except Exception as error:
        return place, None, error
