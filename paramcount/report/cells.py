"""A table's cells as they are seen: text in the encoding of what they are written to, with a style, in columns."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.report.breaking import LONGEST, WHOLE, columns, least, lines
from paramcount.report.rows import RIGHT, Column, Sheet, as_read, bar
from paramcount.report.standins import spelled

HANG = "  "
TITLE = "bold dim"
STYLES = ("", TITLE, "bold", "red", "green", "bold red", "bold green")  # others are components, of a colour each
AGREES = {"✓": "green", "✗": "red"}


class Cell(NamedTuple):
    """A cell as it is written: a *formula*, which is broken at its signs, or words, which go on after *hang*."""

    text: str
    style: str = ""
    formula: bool = False
    hang: str = ""

    def lines(self, width: int) -> tuple[str, ...]:
        return lines(self.text, width, self.formula, self.hang)

    def least(self, level: int) -> int:
        return least(self.text, self.formula, self.hang, level)


class Lane(NamedTuple):
    """The cells of a column from top to bottom, with its title where the table has titles."""

    cells: tuple[Cell, ...]
    right: bool = False
    pictures: bool = False  # it holds bars

    def least(self, level: int) -> int:
        """How many columns it needs at the least if words may be broken as *level* says."""
        return max((cell.least(level) for cell in self.cells), default=0)

    def natural(self) -> int:
        """How many columns it takes where there is room."""
        whole = max((columns(line) for cell in self.cells for line in cell.text.splitlines()), default=0)
        formulas = [cell for cell in self.cells if cell.formula]
        return min(whole, max(LONGEST, self.least(WHOLE))) if formulas else whole


def lanes(sheet: Sheet, bars: int, encoding: str | None) -> list[Lane]:
    """The columns of *sheet*, a whole bar so many columns wide; without bars where that is 0."""
    shown = [column for column in sheet.columns if column.kind != "bar" or bars]
    return [
        Lane(
            (*_title(column, sheet, encoding), *(_cell(column, row, bars, encoding) for row in sheet.rows)),
            right=column.kind in RIGHT,
            pictures=column.kind == "bar",
        )
        for column in shown
    ]


def _title(column: Column, sheet: Sheet, encoding: str | None) -> list[Cell]:
    return [Cell(spelled(column.title, encoding), TITLE)] if sheet.header else []


def _cell(column: Column, row: dict[str, object], bars: int, encoding: str | None) -> Cell:
    value = row.get(column.key)
    strong = "bold" if row.get("strong") else ""
    if column.kind == "bar":
        return Cell(spelled(bar(value, bars), encoding), str(row.get("component")))
    said = as_read(column, row)
    formula = column.kind == "formula" and not isinstance(value, str)
    hang = "" if formula or column.kind in RIGHT else HANG
    return Cell(spelled(said, encoding), f"{strong} {AGREES.get(said, '')}".strip(), formula, hang)
