"""Reports in a terminal or a pipe, by rich. In a pipe nothing is cut: the page is as wide as its tables."""

from __future__ import annotations

import io
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paramcount.report.palette import colour
from paramcount.report.rows import RIGHT, Column, Report, Sheet, text

ENDLESS = 100_000  # columns, where no terminal limits them
ROOMY = 100
_STYLE = {"✓": "green", "✗": "red"}


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, in colour and within its width where that is a terminal."""
    if Console(file=stream).is_terminal:
        _print(report, Console(file=stream, highlight=False, emoji=False))
    else:
        page = io.StringIO()
        _print(report, Console(file=page, highlight=False, emoji=False, width=ENDLESS))
        stream.write("".join(line.rstrip() + "\n" for line in page.getvalue().splitlines()))


def _print(report: Report, console: Console) -> None:
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            console.line()
        console.print(_fitting(part, console) if isinstance(part, Sheet) else Text(part))


def _fitting(sheet: Sheet, console: Console) -> Table:
    """The table with its wide columns, or without them where there is no room."""
    whole = _table(sheet, sheet.columns, console.width)
    if console.width == ENDLESS or not any(column.wide for column in sheet.columns):
        return whole
    needed = whole.__rich_measure__(console, console.options.update_width(ENDLESS)).minimum
    if needed <= console.width:
        return whole
    return _table(sheet, tuple(column for column in sheet.columns if not column.wide), console.width)


def _table(sheet: Sheet, columns: tuple[Column, ...], width: int) -> Table:
    title = Text(sheet.title, style="bold") if sheet.title else None
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2 if width >= ROOMY else 1, 0, 0))
    table.show_header = sheet.header
    for column in columns:
        wraps = column.kind in ("text", "formula") and width < ENDLESS
        table.add_column(
            column.title,
            justify="right" if column.kind in RIGHT else "left",
            no_wrap=not wraps,
            overflow="fold",
            header_style="dim",
        )
    bar = 20 if width >= ROOMY else 5
    for row in sheet.rows:
        style = "bold" if row.get("strong") else ""
        table.add_row(*(_cell(column, row, bar) for column in columns), style=style)
    return table


def _cell(column: Column, row: dict[str, object], bar: int) -> Text:
    value = row.get(column.key)
    if column.kind == "bar":
        return Text(_bar(value, bar), style=colour(str(row.get("component"))), no_wrap=True)
    cell = text(column.kind, value)
    return Text(cell, style=_STYLE.get(cell, ""))


def _bar(share: object, width: int) -> str:
    if not isinstance(share, float | int):
        return ""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
