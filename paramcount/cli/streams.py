"""Standard streams that may be closed, full, a terminal or a pipe, in any encoding."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from paramcount.report.standins import HANDLER


class OutputError(Exception):
    """Standard output can't be written to; the message is the system's reason."""

    def __init__(self, error: OSError):
        super().__init__(error.strerror or type(error).__name__)
        self.nobody_reads = isinstance(error, BrokenPipeError)


class Closed(io.TextIOBase):
    """A closed standard output, for which Python has None; writing to it raises OSError."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, "it is closed")


def prepare() -> None:
    """Make the standard streams usable, with stand-ins for characters that their encoding lacks."""
    for number in range(3):  # or a file opened later would take the number of a closed stream
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or Closed()
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def is_terminal(stream: TextIO) -> bool:
    """Whether to treat *stream* as a terminal: FORCE_COLOR makes any stream one, or none if it is empty."""
    forced = os.environ.get("FORCE_COLOR")
    return stream.isatty() if forced is None else bool(forced)


@contextmanager
def output() -> Iterator[TextIO]:
    """Standard output, flushed at the end; raises OutputError if it can't be written to."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


def forget() -> None:
    """Drop what standard output did not accept; Python would otherwise try again at exit and complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
