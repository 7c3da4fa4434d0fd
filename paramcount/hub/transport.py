"""Bytes from a server, bounded in size and in time, each request made once.

The session is huggingface_hub's own, so proxies and certificates are as they are for it, and a redirect to another host
goes without the token.
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
    """A server that gave no answer; the message is the reason, in a few words."""


class Answer(NamedTuple):
    """What a server answered: the status, its headers (names in lower case) and the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def receive(url: str, headers: Mapping[str, str], most: int, until: float) -> Answer:
    """GET *url*, redirects followed, and no more than *most* bytes of what it sends; then the connection is closed.

    *until* is on the clock of time.monotonic(). Raises UnreachableError.
    """
    body = bytearray()
    try:
        with _open(url, headers, until - time.monotonic()) as (status, found, chunks):
            for chunk in chunks:
                body += chunk
                if len(body) >= most or time.monotonic() > until:
                    break
    except Exception as error:  # requests, httpx or httpx2, by the version of huggingface_hub: no class in common
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
    """The system's word for what went wrong, from the bottom of the chain."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        if isinstance(cause, TimeoutError):
            return "it took too long"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def gather(calls: Sequence[Callable[[], T]], until: float) -> list[T]:
    """What each of *calls* returns, in their order, AT_ONCE at a time; raises what the first to fail raises.

    In daemon threads: a look-up of a name or a header that comes byte by byte cannot be interrupted, only left behind.
    Raises UnreachableError at *until* (time.monotonic()).
    """
    waiting = deque(enumerate(calls))
    done: SimpleQueue[tuple[int, T | None, Exception | None]] = SimpleQueue()

    def work() -> None:
        with suppress(IndexError):  # none is left
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
