"""Fits tables to a width: whole if possible, else turned (rows become columns), else in pieces below one another.

Only bars are ever left out, and numbers are never broken. Of the layouts that fit, the one with the fewest lines
is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from paramcount.report.breaking import ANYWHERE, JOINTS, LEVELS, WHOLE, note, room
from paramcount.report.cells import HANG, TITLE, Cell, Lane, lanes
from paramcount.report.rows import Sheet
from paramcount.report.standins import spelled

Line = list[tuple[str, str]]  # pieces of text, each with its style

ROOMY = 100
BAR, SHORT_BAR = 20, 5  # columns that a full bar takes
ENOUGH = 30  # the least width of a column whose long words and products are broken so that the table is not
TURNED = 24  # the most rows, and characters of a cell, of a table that is turned
ASIDE = "Also in a pipe and in --format csv: {}."
KEYS = 3  # the most columns that every piece repeats to tell its rows apart


class Block(NamedTuple):
    """Columns side by side, each with its width."""

    lanes: Sequence[Lane]
    widths: Sequence[int]
    gap: int

    def height(self) -> int:
        """How many lines it takes."""
        return sum(max(map(len, row)) for row in self._rows())

    def _rows(self) -> Iterator[tuple[tuple[str, ...], ...]]:
        """For each row, the lines of its cells."""
        return zip(*(lane.lines(width) for lane, width in zip(self.lanes, self.widths, strict=True)), strict=True)

    def lines(self) -> Iterator[Line]:
        """Its lines from top to bottom; titles are aligned at the bottom."""
        for cells, parts in zip(zip(*(lane.cells for lane in self.lanes), strict=True), self._rows(), strict=True):
            height = max(map(len, parts))
            filled = (_filled(cell, part, height) for cell, part in zip(cells, parts, strict=True))
            yield from (list(self._line(cells, texts)) for texts in zip(*filled, strict=True))

    def _line(self, cells: Sequence[Cell], texts: Sequence[str]) -> Iterator[tuple[str, str]]:
        last = max((place for place, text in enumerate(texts) if text.strip()), default=-1)
        for place, (cell, text, lane, width) in enumerate(zip(cells, texts, self.lanes, self.widths, strict=True)):
            if place > last:
                break
            blank = " " * (width - room(text))
            yield blank if lane.right else "", ""
            yield text, cell.style
            if place < last:
                yield ("" if lane.right else blank) + " " * self.gap, ""


def _filled(cell: Cell, lines: tuple[str, ...], height: int) -> tuple[str, ...]:
    blank = ("",) * (height - len(lines))
    return blank + lines if cell.style == TITLE else lines + blank


def table(sheet: Sheet, width: int | None, encoding: str | None) -> Iterator[Line]:
    """The lines of *sheet*, at most *width* wide; with None, as wide as needed."""
    aside = [column.title for column in sheet.columns if column.aside and width]
    if sheet.title:
        yield from ([(line, "bold")] for line in note(spelled(sheet.title, encoding), width))
    if sheet.columns:
        for place, block in enumerate(_blocks(sheet, width, encoding)):
            if place:
                yield []
            yield from block.lines()
    if aside:
        yield from ([(line, "")] for line in note(ASIDE.format(", ".join(aside)), width))


def _blocks(sheet: Sheet, width: int | None, encoding: str | None) -> list[Block]:
    if width is None:
        every = lanes(sheet, BAR, encoding)
        return [Block(every, _tight(every, [lane.natural for lane in every]), 2)]
    sheet = sheet._replace(columns=tuple(column for column in sheet.columns if not column.aside))
    bare, with_bars = lanes(sheet, 0, encoding), lanes(sheet, BAR if width >= ROOMY else SHORT_BAR, encoding)
    whole = _whole(bare, width)
    if whole and _roomy(whole):
        pictured = _whole(with_bars, width)
        return [pictured if pictured and _roomy(pictured) else whole]
    stack = _stacked(bare, width)
    if found := whole or _whole(bare, width, joints=True):
        return [found] if found.height() <= _height(stack) else stack
    if (turned := _turned(sheet, bare)) is None:
        return stack
    if found := _whole(turned, width):
        return [found]
    return min(stack, _stacked(turned, width), key=_height)


def _height(blocks: Sequence[Block]) -> int:
    return sum(block.height() + 1 for block in blocks) - 1


def _roomy(block: Block) -> bool:
    """Whether it takes no more lines than it would with unlimited width."""
    return block.height() == block._replace(widths=[lane.natural for lane in block.lanes]).height()


def _whole(found: Sequence[Lane], width: int, joints: bool = False) -> Block | None:
    """The columns side by side, the widest ones narrowed first; None if that would break words unnecessarily.

    With *joints*, long words and products may be broken in any column but the first, if it keeps a readable width.
    """
    gap = _gap(width)
    free = width - gap * (len(found) - 1)
    first = _needs(found[0], width // 2 if found[1:] else width)
    need = [first, *(_needs(lane, width - first - gap) for lane in found[1:])]
    if joints:
        need[1:] = [min(low, max(ENOUGH, lane.least(JOINTS))) for lane, low in zip(found[1:], need[1:], strict=True)]
    if sum(need) > free:
        return None
    return Block(found, _tight(found, _shared([lane.natural for lane in found], need, free)), gap)


def _needs(lane: Lane, most: int) -> int:
    """The fewest columns *lane* needs, with its words broken only if it would need more than *most*."""
    return next((need for level in LEVELS if (need := lane.least(level)) <= most), lane.least(ANYWHERE))


def _shared(natural: list[int], need: list[int], free: int) -> list[int]:
    """Widths between *need* and *natural* that fill what is *free*; the widest are narrowed first."""
    widths = [max(pair) for pair in zip(natural, need, strict=True)]
    while (excess := sum(widths) - free) > 0:
        loose = [place for place, low in enumerate(need) if widths[place] > low]
        widest = max(widths[place] for place in loose)
        next_to = max((widths[place] for place in loose if widths[place] < widest), default=0)
        equal = [place for place in loose if widths[place] == widest]
        step = max(1, min(widest - next_to, excess // len(equal)))
        for place in equal:
            if excess > 0:
                given = min(step, widths[place] - need[place], excess)
                widths[place] -= given
                excess -= given
    return widths


def _tight(found: Sequence[Lane], widths: Sequence[int]) -> list[int]:
    """How much of *widths* the cells take once they are broken."""
    return [lane.taken(width) for lane, width in zip(found, widths, strict=True)]


def _gap(width: int) -> int:
    return 2 if width >= ROOMY else 1


def _stacked(found: Sequence[Lane], width: int) -> list[Block]:
    """The columns in pieces below one another, each starting with the names of the rows, in the fewest lines."""
    keys = _keys(found, width)
    key, rest = found[:keys], found[keys:]
    best: list[tuple[int, list[Block]]] = [(0, [])]
    for end in range(1, len(rest) + 1):
        found_here = []
        for start in range(end):
            block = _whole([*key, *rest[start:end]], width)
            if block is None and start + 1 == end:
                block = _broken([*key, rest[start]], width)
            if block:
                lines, before = best[start]
                found_here.append((lines + block.height() + 1, [*before, block]))
        best.append(min(found_here, key=lambda one: (one[0], len(one[1]), -len(one[1][0].lanes))))
    return best[-1][1] or [_whole(key, width) or _broken(key, width)]


def _broken(found: Sequence[Lane], width: int) -> Block:
    """The columns with words broken where necessary; wider than *width* only if numbers are."""
    gap = _gap(width)
    free = width - gap * (len(found) - 1)
    needs = ([lane.least(level) for lane in found] for level in LEVELS)
    need = next((need for need in needs if sum(need) <= free), [lane.least(ANYWHERE) for lane in found])
    return Block(found, _tight(found, _shared([lane.natural for lane in found], need, max(free, sum(need)))), gap)


def _keys(found: Sequence[Lane], width: int) -> int:
    """How many of the first columns tell the rows apart; one if none do, or if they leave little room."""
    for number in range(1, min(KEYS + 1, len(found))):
        key = [[cell.text for cell in lane.cells] for lane in found[:number]]
        if len(set(zip(*key, strict=True))) == len(key[0]):
            return number if sum(lane.least(WHOLE) for lane in found[:number]) <= width // 2 else 1
    return 1


def _turned(sheet: Sheet, found: Sequence[Lane]) -> list[Lane] | None:
    """The table with its rows as columns, titled by their first cells; None if it is long or has long cells."""
    first, *rest = found
    cells = [cell for lane in rest for cell in lane.cells[1:]]
    short = len(sheet.rows) <= TURNED and all(room(cell.text) <= TURNED and not cell.formula for cell in cells)
    if not (rest and sheet.header and short) or any(row.get("continues") for row in sheet.rows):
        return None
    right = any(lane.right for lane in rest)
    titles = Lane(lane.cells[0]._replace(hang=HANG) for lane in found)
    return [titles, *(Lane((lane.cells[at] for lane in found), right) for at in range(1, len(first.cells)))]
