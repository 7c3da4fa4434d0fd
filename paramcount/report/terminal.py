"""Reports in a terminal: in colour, and within its width without a digit being cut."""

from __future__ import annotations

import os
from contextlib import suppress

from paramcount.report import ansi, plain
from paramcount.report.cells import STYLES
from paramcount.report.palette import colour
from paramcount.report.rows import Report


def page(report: Report, encoding: str | None) -> str:
    """*report* as text for the terminal that the environment describes."""
    paint = ansi.paint(os.environ)
    lines = (
        "".join(paint(text, style if style in STYLES else colour(style)) for text, style in line)
        for line in plain.laid_out(report, _width(), encoding)
    )
    return "".join(f"{line}\n" for line in lines)


def _width() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    for stream in (1, 2, 0):  # standard output may be a pipe to a pager
        with suppress(OSError):
            return os.get_terminal_size(stream).columns or 80
    return 80
