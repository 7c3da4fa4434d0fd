"""Reports in a terminal or a pipe, by rich. In a pipe nothing is cut: formulas are wrapped, numbers are not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.table import Table
from rich.text import Text

from paramcount.report.palette import colour
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read
from paramcount.report.standins import HANDLER, spelled

ENDLESS = 100_000  # columns, where no terminal limits them
ROOMY = 100
PAGE = 200  # columns of a table in a pipe, as far as wrapping its formulas makes it so
WRAPS = ("text", "formula")
JOINT = re.compile(r"(?<=[·*/.-])")
_STYLE = {"✓": "green", "✗": "red"}


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, in colour and within its width where that is a terminal."""
    if Console(file=stream).is_terminal:
        _print(report, Console(file=stream, highlight=False, emoji=False))
        return
    page = io.TextIOWrapper(io.BytesIO(), encoding=getattr(stream, "encoding", None) or "utf-8", errors=HANDLER)
    _print(report, Console(file=page, highlight=False, emoji=False, width=ENDLESS))
    page.seek(0)
    stream.write("".join(line.rstrip() + "\n" for line in page.read().splitlines()))


def _print(report: Report, console: Console) -> None:
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            console.line()
        for piece in _fitting(part, console) if isinstance(part, Sheet) else [part]:
            console.print(Text(spelled(piece, console.encoding)) if isinstance(piece, str) else piece)


def _fitting(sheet: Sheet, console: Console) -> list[Table | str]:
    """The table, without its wide columns where there is no room, then without bars; then words are broken.

    Where digits would be cut even so, a row becomes a column, or columns stand below one another. What is left out but
    bars is said.
    """
    if console.width >= ENDLESS:
        return [_in_a_pipe(sheet, console)]
    narrow = tuple(column for column in sheet.columns if not column.wide)
    bare = tuple(column for column in narrow if column.kind != "bar")
    for columns, cell in ((sheet.columns, Text), (narrow, Text), (bare, Text), (bare, Breaking)):
        table = _table(sheet, columns, console, cell)
        if _fits(table, console.width):
            return [table, *_left_out(sheet, columns)]
    every = tuple(column for column in sheet.columns if column.kind != "bar")
    turned = _turned(sheet, every, console)
    return [turned] if _fits(turned, console.width) else list(_stacked(sheet, every, console))


def _in_a_pipe(sheet: Sheet, console: Console) -> Table:
    """The table with all its columns, its formulas wrapped where that makes it narrow enough."""
    table = _table(sheet, sheet.columns, console, Text)
    if _fits(table, PAGE):
        return table
    wrapped = _table(sheet, sheet.columns, console, Breaking, ("formula",))
    return wrapped if _fits(wrapped, PAGE) else table


def _left_out(sheet: Sheet, shown: tuple[Column, ...]) -> list[str]:
    lacking = [column.title for column in sheet.columns if column not in shown and column.kind != "bar"]
    return [f"Left out for want of room: {', '.join(lacking)}."] if lacking else []


def _turned(sheet: Sheet, columns: tuple[Column, ...], console: Console) -> Table:
    """The table with its rows as columns, under what their first cells say."""
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
    """The table in pieces one below the other, each with its first column and as many others as there is room for."""
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


class Breaking(Text):
    """Text whose words are broken where they are too long, behind a sign that joins parts: 3·d_model·n_experts."""

    def wrap(self, console: Console, width: int, *args: Any, **settings: Any) -> Lines:
        lines = [""]
        for word in re.split(r"(?<=\s)", self.plain):
            for part in [word] if cell_len(word.rstrip()) <= width else JOINT.split(word):
                if lines[-1] and cell_len(lines[-1] + part.rstrip()) > width:
                    lines.append("")
                lines[-1] += part
        whole = (Text(line.rstrip(), style=self.style) for line in lines)
        return Lines(piece for line in whole for piece in line.wrap(console, width, *args, **settings))


def _fits(table: Table, width: int) -> bool:
    """Give each column its share of *width*, the widest giving way; False where a number or a word would be cut."""
    cells = [[column.header, *column.cells] for column in table.columns]
    widths = [max(cell_len(str(cell)) for cell in column) for column in cells]
    least = [
        whole if column.no_wrap else max(cell_len(part) for cell in shown for part in _parts(cell))
        for column, shown, whole in zip(table.columns, cells, widths, strict=True)
    ]
    room = width - len(widths) * table.padding[1]
    if sum(least) > room:
        return False
    while sum(widths) > room:
        loose = (place for place, low in enumerate(least) if widths[place] > low)
        widths[max(loose, key=widths.__getitem__)] -= 1
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    return True


def _parts(cell: object) -> list[str]:
    """What of a cell is to stay in one piece."""
    words = str(cell).split() or [""]
    return [part for word in words for part in JOINT.split(word)] if isinstance(cell, Breaking) else words


def _empty(sheet: Sheet, console: Console) -> Table:
    title = Text(spelled(sheet.title, console.encoding), style="bold") if sheet.title else None
    padding = (0, 2 if console.width >= ROOMY else 1, 0, 0)
    table = Table(title=title, title_justify="left", box=None, padding=padding)
    table.show_header = sheet.header
    return table


def _table(
    sheet: Sheet,
    columns: tuple[Column, ...],
    console: Console,
    breaks: type[Text],
    wrapping: tuple[str, ...] | None = None,
) -> Table:
    """The table of *columns*, those whose kinds are *wrapping* to be wrapped: texts and formulas, in a terminal."""
    width, encoding = console.width, console.encoding
    if wrapping is None:
        wrapping = WRAPS if width < ENDLESS else ()
    table = _empty(sheet, console)
    for column in columns:
        table.add_column(
            Text(spelled(column.title, encoding)),
            justify="right" if column.kind in RIGHT else "left",
            no_wrap=column.kind not in wrapping,
            overflow="fold",
            header_style="dim",
        )
    bar = 20 if width >= ROOMY else 5
    for row in sheet.rows:
        style = "bold" if row.get("strong") else ""
        table.add_row(*(_cell(column, row, bar, breaks, encoding) for column in columns), style=style)
    return table


def _cell(column: Column, row: dict[str, object], bar: int, breaks: type[Text], encoding: str) -> Text:
    value = row.get(column.key)
    if column.kind == "bar":
        return Text(spelled(_bar(value, bar), encoding), style=colour(str(row.get("component"))), no_wrap=True)
    cell = as_read(column, row)
    return (breaks if column.kind in WRAPS else Text)(spelled(cell, encoding), style=_STYLE.get(cell, ""))


def _bar(share: object, width: int) -> str:
    if not isinstance(share, float | int):
        return ""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
