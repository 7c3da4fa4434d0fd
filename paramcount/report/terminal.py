"""Reports in a terminal: in colour, and within its width without a digit being cut."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from paramcount.report import ansi
from paramcount.report.formulas import JOINT, LONGEST, at_signs, filled, room, terms, words
from paramcount.report.palette import colour
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read, bar
from paramcount.report.standins import spelled

ROOMY = 100
HEADING = "bold dim"
_STYLE = {"✓": "green", "✗": "red"}


class Screen(NamedTuple):
    """What is written to."""

    width: int
    encoding: str
    paint: ansi.Paint

    @property
    def gap(self) -> int:
        """Columns between two of a table."""
        return 2 if self.width >= ROOMY else 1

    @property
    def bar(self) -> int:
        """Columns that a whole bar takes."""
        return 20 if self.width >= ROOMY else 5


class Cell(NamedTuple):
    """A cell as it is shown: a "formula" breaks before a plus or a minus, "text" at a space, others never."""

    text: str
    kind: str
    style: str = ""

    def pieces(self, broken: bool) -> list[str]:
        """What stays in one piece: terms and words, or if they are *broken*, what signs join: 3·d_model·n_experts."""
        if self.kind == "formula" and not broken:
            return terms(self.text)
        found = self.text.split() if self.kind else self.text.splitlines()
        return [part for word in found for part in JOINT.split(word)] if self.kind and broken else found

    def lines(self, width: int) -> list[str]:
        """The text in lines of at most *width*, where its pieces are no wider."""
        if self.kind == "formula":
            return [part.rstrip() for line in at_signs(self.text, width) for part in filled([line], width)]
        return _wrapped(self.text, width) if self.kind else self.text.splitlines()


class Track(NamedTuple):
    """A column of cells as it is shown, its header the first."""

    cells: list[Cell]
    right: bool = False

    @property
    def formulas(self) -> bool:
        return any(cell.kind == "formula" for cell in self.cells)

    def whole(self) -> int:
        """What it takes with no line broken."""
        return max((room(line) for cell in self.cells for line in cell.text.splitlines()), default=0)

    def least(self, broken: bool) -> int:
        return max((room(piece) for cell in self.cells for piece in cell.pieces(broken)), default=0)

    def taken(self, width: int) -> int:
        """What of *width* it takes once its lines are broken."""
        return max((room(line) for cell in self.cells for line in cell.lines(width)), default=0)


def page(report: Report, encoding: str) -> str:
    """*report* for the terminal that the environment speaks of."""
    return laid_out(report, Screen(_width(), encoding, ansi.paint(os.environ)))


def _width() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    for stream in (1, 2, 0):  # standard output may be a pipe to a pager
        with suppress(OSError):
            return os.get_terminal_size(stream).columns or 80
    return 80


def laid_out(report: Report, screen: Screen) -> str:
    """*report* in lines that *screen* has room for."""
    lines: list[str] = []
    for place, part in enumerate(report.parts):
        if place and (isinstance(part, Sheet) or isinstance(report.parts[place - 1], Sheet)):
            lines.append("")
        lines += _fitting(part, screen) if isinstance(part, Sheet) else _said(part, screen)
    return "".join(line.rstrip() + "\n" for line in lines)


def _wrapped(text: str, width: int) -> list[str]:
    return [line.rstrip() for whole in text.splitlines() for line in filled(words(whole), width)]


def _said(text: str, screen: Screen, style: str = "") -> list[str]:
    lines = _wrapped(spelled(text, screen.encoding), screen.width) or [""]
    return [screen.paint(line, style) for line in lines]


def _fitting(sheet: Sheet, screen: Screen) -> list[str]:
    """The table, without its wide columns where there is no room, then without bars; then words are broken.

    Where digits would be cut even so, a row becomes a column, or columns stand below one another. What is left out but
    bars is said.
    """
    title = _said(sheet.title, screen, "bold") if sheet.title else []
    tracks = {column: _track(column, sheet, screen) for column in sheet.columns}
    narrow = [column for column in tracks if not column.wide]
    bare = [column for column in narrow if column.kind != "bar"]
    for columns, broken in (([*tracks], False), (narrow, False), (bare, False), (bare, True)):
        table = _table([tracks[column] for column in columns], screen, broken)
        if table is not None:
            return [*title, *table, *_left_out(tracks, columns, screen)]
    every = [track for column, track in tracks.items() if column.kind != "bar"]
    table = _table(_turned(every), screen) if sheet.header else None
    return [*title, *(_stacked(every, screen) if table is None else table)]


def _left_out(tracks: Iterable[Column], shown: list[Column], screen: Screen) -> list[str]:
    lacking = [column.title for column in tracks if column not in shown and column.kind != "bar"]
    return _said(f"Left out for want of room: {', '.join(lacking)}.", screen) if lacking else []


def _track(column: Column, sheet: Sheet, screen: Screen) -> Track:
    title = spelled(column.title, screen.encoding)
    header = [Cell(title, "text" if column.kind in ("text", "formula") else "", HEADING)] if sheet.header else []
    return Track([*header, *(_cell(column, row, screen) for row in sheet.rows)], column.kind in RIGHT)


def _turned(tracks: list[Track]) -> list[Track]:
    """The table with its rows as columns, under what their first cells say."""
    titles, *rows = zip(*([cell._replace(kind="") for cell in track.cells] for track in tracks), strict=True)
    return [Track([*titles]), *(Track([first._replace(style="bold"), *cells], right=True) for first, *cells in rows)]


def _stacked(tracks: list[Track], screen: Screen) -> Iterator[str]:
    """The table in pieces one below the other, each with its first column and as many others as there is room for."""
    first, *rest = tracks
    while True:
        number = next((n for n in range(len(rest), 1, -1) if _widths([first, *rest[:n]], screen, broken=True)), 1)
        piece, rest = [first, *rest[:number]], rest[number:]
        yield from _drawn(piece, _widths(piece, screen, broken=True) or [track.least(True) for track in piece], screen)
        if not rest:
            break
        yield ""


def _table(tracks: list[Track], screen: Screen, broken: bool = False) -> list[str] | None:
    """The lines of a table; None where a number or a word would be cut."""
    widths = _widths(tracks, screen, broken)
    return None if widths is None else _drawn(tracks, widths, screen)


def _widths(tracks: list[Track], screen: Screen, broken: bool) -> list[int] | None:
    """The share of each of *tracks* in the width, the widest giving way; None where there is no room."""
    least = [track.least(broken) for track in tracks]
    widths = [
        min(track.whole(), max(LONGEST, low)) if track.formulas else track.whole()
        for track, low in zip(tracks, least, strict=True)
    ]
    free = screen.width - (len(tracks) - 1) * screen.gap
    if sum(least) > free:
        return None
    while sum(widths) > free:
        loose = (place for place, low in enumerate(least) if widths[place] > low)
        widths[max(loose, key=widths.__getitem__)] -= 1
    return [track.taken(width) if track.formulas else width for track, width in zip(tracks, widths, strict=True)]


def _drawn(tracks: list[Track], widths: list[int], screen: Screen) -> list[str]:
    """The lines of a table whose first row, the headers, stands on what is below."""
    gap, lines = " " * screen.gap, []
    for number, row in enumerate(zip(*(track.cells for track in tracks), strict=True)):
        cells = [cell.lines(width) for cell, width in zip(row, widths, strict=True)]
        height = max(map(len, cells))
        for at in range(height):
            pieces = []
            for track, cell, own, width in zip(tracks, row, cells, widths, strict=True):
                place = at if number else at - height + len(own)
                line = own[place] if 0 <= place < len(own) else ""
                pad = " " * (width - room(line))
                painted = screen.paint(line, cell.style)
                pieces.append(pad + painted if track.right else painted + pad)
            lines.append(gap.join(pieces))
    return lines


def _cell(column: Column, row: dict[str, object], screen: Screen) -> Cell:
    strong = "bold " if row.get("strong") else ""
    value = row.get(column.key)
    if column.kind == "bar":
        drawn = spelled(bar(value, screen.bar), screen.encoding)
        return Cell(drawn, "", strong + colour(str(row.get("component"))))
    text = as_read(column, row)
    kind = "text" if column.kind == "formula" and isinstance(value, str) else column.kind
    return Cell(
        spelled(text, screen.encoding), kind if kind in ("text", "formula") else "", strong + _STYLE.get(text, "")
    )
