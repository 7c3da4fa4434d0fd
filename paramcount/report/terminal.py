"""Reports in a terminal, with rich: in colour, and fitted to its width without cutting a digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from paramcount.report import plain
from paramcount.report.breaking import Breaking, BrokenFormula, Formula
from paramcount.report.formulas import LONGEST, filled, words
from paramcount.report.palette import colour
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read, bar
from paramcount.report.standins import spelled

ROOMY = 100
WRAPS = ("text", "formula")
_STYLE = {"✓": "green", "✗": "red"}


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, which is a terminal or treated as one (FORCE_COLOR)."""
    console = Console(file=stream, highlight=False, emoji=False)
    if console.is_terminal:
        _print(report, console)
    else:
        plain.write(report, stream)


def _print(report: Report, console: Console) -> None:
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            console.line()
        for piece in _fitting(part, console) if isinstance(part, Sheet) else [part]:
            console.print(Text(spelled(piece, console.encoding)) if isinstance(piece, str) else piece)


def _fitting(sheet: Sheet, console: Console) -> list[Table | str]:
    """*sheet* as a table that fits: without wide columns if need be, then without bars, then with words broken.

    If digits would still be cut, rows become columns, or columns are stacked below one another. A note names the
    columns that are left out, except bars.
    """
    narrow = tuple(column for column in sheet.columns if not column.wide)
    bare = tuple(column for column in narrow if column.kind != "bar")
    for columns, cell in ((sheet.columns, Text), (narrow, Text), (bare, Text), (bare, Breaking)):
        table = _table(sheet, columns, console, cell)
        if _fits(table, console.width):
            return [table, *_left_out(sheet, columns)]
    every = tuple(column for column in sheet.columns if column.kind != "bar")
    turned = _turned(sheet, every, console)
    return [turned] if _fits(turned, console.width) else list(_stacked(sheet, every, console))


def _left_out(sheet: Sheet, shown: tuple[Column, ...]) -> list[str]:
    lacking = [column.title for column in sheet.columns if column not in shown and column.kind != "bar"]
    return [f"Hidden for lack of space: {', '.join(lacking)}."] if lacking else []


def _turned(sheet: Sheet, columns: tuple[Column, ...], console: Console) -> Table:
    """The table transposed, with the first cell of each row as a column title."""
    table = _empty(sheet, console)
    first, *others = columns
    table.add_column(Text(spelled(first.title, console.encoding)), no_wrap=True, header_style="dim")
    for row in sheet.rows:
        table.add_column(_cell(first, row, 0, Text, console.encoding), justify="right", no_wrap=True)
    for column in others:
        cells = (_cell(column, row, 0, Text, console.encoding) for row in sheet.rows)
        table.add_row(Text(spelled(column.title, console.encoding), style="dim"), *cells)
    return table


def _stacked(sheet: Sheet, columns: tuple[Column, ...], console: Console) -> Iterator[Table | str]:
    """The table in pieces below one another, each with the first column and as many others as fit."""
    first, *rest = columns
    while rest:
        for number in range(len(rest), 0, -1):
            table = _table(sheet, (first, *rest[:number]), console, Breaking)
            if _fits(table, console.width):
                break
        yield table
        rest = rest[number:]
        if rest:
            yield ""


def _fits(table: Table, width: int) -> bool:
    """Fit the columns into *width* by narrowing the widest; False if a number or a word would be cut."""
    cells = [[column.header, *column.cells] for column in table.columns]
    widths = [max(cell_len(str(cell)) for cell in column) for column in cells]
    least = [
        whole if column.no_wrap else max(cell_len(part) for cell in shown for part in _parts(cell))
        for column, shown, whole in zip(table.columns, cells, widths, strict=True)
    ]
    for place, shown in enumerate(cells):
        if any(isinstance(cell, BrokenFormula) for cell in shown):
            widths[place] = min(widths[place], max(LONGEST, least[place]))
    room = width - len(widths) * table.padding[1]
    if sum(least) > room:
        return False
    while sum(widths) > room:
        loose = (place for place, low in enumerate(least) if widths[place] > low)
        widths[max(loose, key=widths.__getitem__)] -= 1
    for column, shown, wide in zip(table.columns, cells, widths, strict=True):
        column.width = _tight(shown, wide) if any(isinstance(cell, BrokenFormula) for cell in shown) else wide
    return True


def _tight(cells: list[Any], width: int) -> int:
    """The width that formula cells take once they are broken into lines of at most *width*."""
    lines = (cell.lines(width) if isinstance(cell, Breaking) else filled(words(str(cell)), width) for cell in cells)
    return max(cell_len(line.rstrip()) for cell in lines for line in cell)


def _parts(cell: object) -> list[str]:
    """The parts of a cell that are never broken."""
    return cell.pieces() if isinstance(cell, Breaking) else str(cell).split() or [""]


def _empty(sheet: Sheet, console: Console) -> Table:
    title = Text(spelled(sheet.title, console.encoding), style="bold") if sheet.title else None
    padding = (0, 2 if console.width >= ROOMY else 1, 0, 0)
    table = Table(title=title, title_justify="left", box=None, padding=padding)
    table.show_header = sheet.header
    return table


def _table(sheet: Sheet, columns: tuple[Column, ...], console: Console, breaks: type[Text]) -> Table:
    width, encoding = console.width, console.encoding
    table = _empty(sheet, console)
    for column in columns:
        wraps = column.kind in WRAPS
        table.add_column(
            Text(spelled(column.title, encoding)),
            justify="right" if column.kind in RIGHT else "left",
            no_wrap=not wraps,
            overflow="fold",
            header_style="dim",
        )
    bar_width = 20 if width >= ROOMY else 5
    for row in sheet.rows:
        style = "bold" if row.get("strong") else ""
        table.add_row(*(_cell(column, row, bar_width, breaks, encoding) for column in columns), style=style)
    return table


def _cell(column: Column, row: dict[str, object], bar_width: int, breaks: type[Text], encoding: str) -> Text:
    value = row.get(column.key)
    if column.kind == "bar":
        return Text(spelled(bar(value, bar_width), encoding), style=colour(str(row.get("component"))), no_wrap=True)
    cell = as_read(column, row)
    made = breaks if column.kind in WRAPS else Text
    if column.kind == "formula" and not isinstance(value, str):
        made = Formula if breaks is Text else BrokenFormula
    return made(spelled(cell, encoding), style=_STYLE.get(cell, ""))
