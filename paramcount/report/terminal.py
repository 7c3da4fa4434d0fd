"""Reports in a terminal: in the colours of rich, and within its width without a digit being cut."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

from paramcount.report import plain
from paramcount.report.cells import STYLES
from paramcount.report.palette import colour
from paramcount.report.rows import Report


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, which is a terminal or treated as one (FORCE_COLOR)."""
    console = Console(file=stream, highlight=False, emoji=False)
    if not console.is_terminal:
        plain.write(report, stream)
        return
    for line in plain.laid_out(report, console.width, console.encoding):
        styled = ((text, style if style in STYLES else colour(style)) for text, style in line)
        console.print(Text.assemble(*styled), soft_wrap=True)
