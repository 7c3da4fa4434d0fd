"""Reports as text. In a pipe or a file nothing is cut: every line is as long as its table needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from paramcount.report.breaking import note
from paramcount.report.grid import Line, table
from paramcount.report.rows import Report, Sheet
from paramcount.report.standins import spelled


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, in its encoding."""
    encoding = getattr(stream, "encoding", None)
    lines = ("".join(text for text, _ in line) for line in laid_out(report, None, encoding))
    stream.write("".join(f"{line}\n" for line in lines))


def laid_out(report: Report, width: int | None, encoding: str | None) -> Iterator[Line]:
    """The lines of *report*, at most *width* wide if it is given, with blank lines around tables."""
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            yield []
        if isinstance(part, Sheet):
            yield from table(part, width, encoding)
        else:
            for line in spelled(part, encoding).splitlines() or [""]:
                yield from ([(piece, "")] for piece in note(line, width))
