"""Reports in a terminal, by rich: in colour, and within its width."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

from paramcount.report import plain
from paramcount.report.palette import colour
from paramcount.report.rows import Report

STYLES = ("", "bold", "dim", "green", "red")


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, which is a terminal or to be written to as one (FORCE_COLOR)."""
    console = Console(file=stream, highlight=False, emoji=False)
    if not console.is_terminal:
        plain.write(report, stream)
        return
    for line in plain.laid_out(report, console.width, console.encoding):
        pieces = ((text, style if style in STYLES else colour(style)) for text, style in line if text)
        text = Text.assemble(*pieces)
        text.rstrip()
        console.print(text, soft_wrap=True)
