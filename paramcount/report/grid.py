"""Tables within a width: whole where that can be, else turned (a row becomes a column), else in pieces, one below the
other. No column is left out but bars, no number is broken, and of ways that have room the one with the fewest lines is
taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from paramcount.report.breaking import ANYWHERE, JOINTS, LEVELS, WHOLE, columns, note
from paramcount.report.cells import HANG, TITLE, Cell, Lane, lanes
from paramcount.report.rows import Sheet
from paramcount.report.standins import spelled

Line = list[tuple[str, str]]  # pieces of text, each with its style

ROOMY = 100
BAR, SHORT_BAR = 20, 5  # columns that a whole bar takes
ENOUGH = 30  # columns, from which on long words and products may be broken rather than the table
TURNED = 24  # characters of a cell, up to which a row becomes a column
ASIDE = "Also in a pipe and in --format csv: {}."
KEYS = 3  # columns at most by which the rows of all pieces are told apart


class Block(NamedTuple):
    """Columns side by side, each so many columns of the terminal wide."""

    lanes: Sequence[Lane]
    widths: Sequence[int]
    gap: int

    def height(self) -> int:
        """How many lines it takes."""
        return sum(map(max, zip(*self._heights(), strict=True))) if self.lanes else 0

    def _heights(self) -> Iterator[list[int]]:
        for lane, width in zip(self.lanes, self.widths, strict=True):
            yield [len(cell.lines(width)) for cell in lane.cells]

    def lines(self) -> Iterator[Line]:
        """Its lines from top to bottom; titles stand on what is below them."""
        for cells in zip(*(lane.cells for lane in self.lanes), strict=True):
            parts = [cell.lines(width) for cell, width in zip(cells, self.widths, strict=True)]
            height = max(map(len, parts))
            for texts in zip(
                *(_filled(cell, part, height) for cell, part in zip(cells, parts, strict=True)), strict=True
            ):
                yield list(self._line(cells, texts))

    def _line(self, cells: Sequence[Cell], texts: Sequence[str]) -> Iterator[tuple[str, str]]:
        last = max((place for place, text in enumerate(texts) if text.strip()), default=-1)
        for place, (cell, text, lane, width) in enumerate(zip(cells, texts, self.lanes, self.widths, strict=True)):
            if place > last:
                break
            blank = " " * (width - columns(text))
            yield blank if lane.right else "", ""
            yield text, cell.style
            if place < last:
                yield ("" if lane.right else blank) + " " * self.gap, ""


def _filled(cell: Cell, lines: tuple[str, ...], height: int) -> tuple[str, ...]:
    blank = ("",) * (height - len(lines))
    return blank + lines if cell.style == TITLE else lines + blank


def table(sheet: Sheet, width: int | None, encoding: str | None) -> Iterator[Line]:
    """The lines of *sheet* within *width*; where that is None, as wide as it is."""
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
        return [Block(every, _tight(every, [lane.natural() for lane in every]), 2)]
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
    """Whether it takes no more lines than it would without limit."""
    return block.height() == block._replace(widths=[lane.natural() for lane in block.lanes]).height()


def _whole(found: Sequence[Lane], width: int, joints: bool = False) -> Block | None:
    """The columns side by side, the widest giving way; None where a word would be broken that need not be.

    With *joints* that may be where columns behind the first have some room even so: 4·d_model·, https://arxiv.org/.
    """
    gap = _gap(width)
    room = width - gap * (len(found) - 1)
    first = _needs(found[0], width // 2 if found[1:] else width)
    need = [first, *(_needs(lane, width - first - gap) for lane in found[1:])]
    if joints:
        need[1:] = [min(low, max(ENOUGH, lane.least(JOINTS))) for lane, low in zip(found[1:], need[1:], strict=True)]
    if sum(need) > room:
        return None
    return Block(found, _tight(found, _shared([lane.natural() for lane in found], need, room)), gap)


def _needs(lane: Lane, most: int) -> int:
    """What *lane* needs at the least, its words broken where it would need more than *most* otherwise."""
    return next((need for level in LEVELS if (need := lane.least(level)) <= most), lane.least(ANYWHERE))


def _shared(natural: list[int], need: list[int], room: int) -> list[int]:
    """Widths from *need* to *natural* that fill the *room*, the widest giving way first."""
    widths = [max(pair) for pair in zip(natural, need, strict=True)]
    while (excess := sum(widths) - room) > 0:
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
    """What of *widths* the cells take once they are broken."""
    return [
        max((columns(line) for cell in lane.cells for line in cell.lines(width)), default=0)
        for lane, width in zip(found, widths, strict=True)
    ]


def _gap(width: int) -> int:
    return 2 if width >= ROOMY else 1


def _stacked(found: Sequence[Lane], width: int) -> list[Block]:
    """The columns in pieces, in their order and each behind what the rows are called, with as few lines as can be."""
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
    """The columns with words broken where they must be; wider than *width* where numbers are."""
    gap = _gap(width)
    room = width - gap * (len(found) - 1)
    needs = ([lane.least(level) for lane in found] for level in LEVELS)
    need = next((need for need in needs if sum(need) <= room), [lane.least(ANYWHERE) for lane in found])
    return Block(found, _tight(found, _shared([lane.natural() for lane in found], need, max(room, sum(need)))), gap)


def _keys(found: Sequence[Lane], width: int) -> int:
    """How many of the first columns tell the rows apart; one where none do, or where they leave little room."""
    for number in range(1, min(KEYS + 1, len(found))):
        key = [[cell.text for cell in lane.cells] for lane in found[:number]]
        if len(set(zip(*key, strict=True))) == len(key[0]):
            return number if sum(lane.least(WHOLE) for lane in found[:number]) <= width // 2 else 1
    return 1


def _turned(sheet: Sheet, found: Sequence[Lane]) -> list[Lane] | None:
    """The rows as columns, under what their first cells say; None where cells are long or stand for those above."""
    first, *rest = found
    short = all(columns(cell.text) <= TURNED and not cell.formula for lane in rest for cell in lane.cells[1:])
    if not (rest and sheet.header and short) or any(row.get("continues") for row in sheet.rows):
        return None
    right = any(lane.right for lane in rest)
    titles = Lane(tuple(lane.cells[0]._replace(hang=HANG) for lane in found))
    return [titles, *(Lane(tuple(lane.cells[at] for lane in found), right) for at in range(1, len(first.cells)))]
