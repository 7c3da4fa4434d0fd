"""The cells of a table as they will look: text in the encoding of the output, with a style, in columns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import NamedTuple

from paramcount.report.breaking import LONGEST, WHOLE, least, lines, room
from paramcount.report.rows import RIGHT, Column, Sheet, as_read, bar
from paramcount.report.standins import spelled

HANG = "  "
TITLE = "bold dim"
STYLES = (
    "",
    TITLE,
    "bold",
    "red",
    "green",
    "bold red",
    "bold green",
)  # others are components
AGREES = {"✓": "green", "✗": "red"}


class Cell(NamedTuple):
    """A cell as it will look: a *formula*, broken at its signs, or words, indented by *hang* after the first line."""

    text: str
    style: str = ""
    formula: bool = False
    hang: str = ""

    def lines(self, width: int) -> tuple[str, ...]:
        return lines(self.text, width, self.formula, self.hang)

    def least(self, level: int) -> int:
        return least(self.text, self.formula, self.hang, level)


class Lane:
    """A column's cells from top to bottom, its title first if the table has titles. Measurements are cached."""

    def __init__(self, cells: Iterable[Cell], right: bool = False):
        self.cells, self.right = tuple(cells), right
        self.least = cache(self._least)
        self.lines = cache(self._lines)
        self.taken = cache(self._taken)

    def _least(self, level: int) -> int:
        """The fewest columns it needs if words may be broken at *level*."""
        return max((cell.least(level) for cell in self.cells), default=0)

    def _lines(self, width: int) -> list[tuple[str, ...]]:
        """Its cells in lines of at most *width*."""
        return [cell.lines(width) for cell in self.cells]

    def _taken(self, width: int) -> int:
        """How much of *width* it takes once its lines are broken."""
        return max((room(line) for cell in self.lines(width) for line in cell), default=0)

    @cached_property
    def natural(self) -> int:
        """How many columns it takes if there is room."""
        whole = max((room(line) for cell in self.cells for line in cell.text.splitlines()), default=0)
        formulas = any(cell.formula for cell in self.cells)
        return min(whole, max(LONGEST, self.least(WHOLE))) if formulas else whole


def lanes(sheet: Sheet, bars: int, encoding: str | None) -> list[Lane]:
    """The columns of *sheet*, with full bars of width *bars*, or without bars if that is 0."""
    shown = [column for column in sheet.columns if column.kind != "bar" or bars]
    return [
        Lane(
            (*_title(column, sheet, encoding), *(_cell(column, row, bars, encoding) for row in sheet.rows)),
            right=column.kind in RIGHT,
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
