"""Reports in a pipe or a file: nothing is cut, and lines are as long as their table needs. Doesn't need rich."""

from __future__ import annotations

from typing import TextIO

from paramcount.report.formulas import LONGEST, at_signs, filled, terms, words
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read, bar
from paramcount.report.standins import spelled

GAP = "  "
BAR = 20  # characters in a full bar


def write(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, in its encoding."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    lines: list[str] = []
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            lines.append("")
        lines += _table(part, encoding) if isinstance(part, Sheet) else spelled(part, encoding).splitlines() or [""]
    stream.write("".join(line.rstrip() + "\n" for line in lines))


def _table(sheet: Sheet, encoding: str) -> list[str]:
    title = [spelled(sheet.title, encoding)] if sheet.title else []
    columns = [_column(column, sheet, encoding) for column in sheet.columns]
    return title + [line for row in zip(*columns, strict=True) for line in _row(row)]


def _column(column: Column, sheet: Sheet, encoding: str) -> list[list[str]]:
    """The title and cells of *column*, each as a list of lines padded to the same width."""
    cells = [spelled(_said(column, row), encoding) for row in sheet.rows]
    lines = _in_lines(column, cells, sheet)
    if sheet.header:
        lines.insert(0, [spelled(column.title, encoding)])
    wide = max((_width(line) for cell in lines for line in cell), default=0)
    before, behind = (1, 0) if column.kind in RIGHT else (0, 1)
    pads = ([(line, " " * (wide - _width(line))) for line in cell] for cell in lines)
    return [[before * pad + line + behind * pad for line, pad in cell] or [" " * wide] for cell in pads]


def _said(column: Column, row: dict[str, object]) -> str:
    return bar(row.get(column.key), BAR) if column.kind == "bar" else as_read(column, row)


def _in_lines(column: Column, cells: list[str], sheet: Sheet) -> list[list[str]]:
    """Each cell as lines: long formulas are broken, and text among them is kept as narrow."""
    if column.kind != "formula":
        return [cell.splitlines() for cell in cells]
    is_formula = [not isinstance(row.get(column.key), str) for row in sheet.rows]
    pieces = [terms(cell) if formula else cell.split() for cell, formula in zip(cells, is_formula, strict=True)]
    longest = max((len(piece) for cell in pieces for piece in cell), default=0)
    width = max(LONGEST, longest)
    return [
        at_signs(cell, width) if formula else filled(words(cell), width)
        for cell, formula in zip(cells, is_formula, strict=True)
    ]


def _row(cells: tuple[list[str], ...]) -> list[str]:
    """The lines of a row, its cells side by side."""
    height = max(map(len, cells), default=0)
    blanks = [" " * _width(cell[0]) for cell in cells]
    return [
        GAP.join(cell[at] if at < len(cell) else blank for cell, blank in zip(cells, blanks, strict=True))
        for at in range(height)
    ]


def _width(text: str) -> int:
    """How many terminal columns *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
