"""Tensors packed on a page, with numbers instead of names and a key below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil, inf
from typing import NamedTuple

from paramcount.report.figures.blocks import (
    APART,
    GAP,
    THINNEST,
    Block,
    Box,
    Label,
    page_width,
    shelves,
    titled,
)
from paramcount.report.figures.pieces import Group, Piece
from paramcount.report.figures.style import HARD_SPACE, POINT, broken, text_height, text_width

LONGISH = 2  # a matrix that is longer than this many times its other side is cut into strips
LONGEST = 1e7  # times its other side, beyond which it can't be drawn
FOLDS = 300  # strips of one matrix, at most
LINES = 9  # of one vector, at most; a longer one doesn't fit the page
PITCH = 2.5 * POINT  # inches from one vector to the next
NEAR = 0.03  # inches from a rectangle to its number


class Keyed(NamedTuple):
    """Matrices cut to be about square, each placed as high as possible on a page of that height in inches.

    Tensors of one component and shape share a number, unless every one of them has room for its name.
    """

    height: float

    def pages(self, groups: Sequence[Group], scale: float) -> Iterator[Block]:
        numbers = count(1)
        page = Block()
        for group in groups:
            named, numbered = [], {}
            for alike in _alike(group):
                blocks = [_matrix(piece, _named(piece), scale) for piece in alike if piece.rows > 1]
                if blocks and all(label.colour_of for block in blocks for label in block.labels):
                    named += blocks
                else:
                    numbered[next(numbers)] = alike
            page = page.above(titled(group, _packed(named, numbered, scale).above(_key(numbered))), APART)
        yield page


def _alike(group: Group) -> list[list[Piece]]:
    """The pieces by component and shape."""
    found: dict[tuple[str, tuple[int, ...]], list[Piece]] = {}
    for piece in group.pieces():
        found.setdefault((piece.component, tuple(map(int, piece.shape))), []).append(piece)
    return list(found.values())


def _named(piece: Piece) -> str:
    return f"{piece.name}\n{_shape(piece)}"


def _packed(named: Sequence[Block], numbered: dict[int, list[Piece]], scale: float) -> Block:
    each = [(piece, number) for number, alike in numbered.items() for piece in alike if piece.rows > 1]
    matrices = [*named, *(_matrix(piece, str(number), scale) for piece, number in each)]
    vectors = [_vectors(alike, number, scale) for number, alike in numbered.items() if alike[0].rows == 1]
    highest_first = sorted(matrices, key=lambda block: -block.height)
    return _skyline(highest_first).above(shelves(vectors, page_width()))


def _skyline(blocks: Sequence[Block]) -> Block:
    """The blocks within the page's width, each as high as it can stand, and of such places the leftmost."""
    page = Block()
    taken: list[tuple[float, float, float, float]] = []  # left, top, right and bottom
    for block in blocks:
        lefts = sorted({0.0, *(right + GAP for _, _, right, _ in taken)})
        fitting = [left for left in lefts if left + block.width <= page_width()] or [0.0]
        y, x = min((_top(taken, left, left + block.width), left) for left in fitting)
        taken.append((x, y, x + block.width, y + block.height))
        page = page.at(block, x, y)
    return page


def _top(taken: Sequence[tuple[float, float, float, float]], left: float, right: float) -> float:
    """The highest place that is below everything between *left* and *right*."""
    under = [bottom + GAP for start, _, end, bottom in taken if start < right + GAP and left < end + GAP]
    return max(under, default=0.0)


def _matrix(piece: Piece, text: str, scale: float) -> Block:
    """A matrix, cut into strips side by side where it is long, with *text* inside it or at its right."""
    rows, columns = piece.rows, piece.columns
    long, side = max(rows, columns), float(min(rows, columns))
    if long > LONGEST * side:
        return Block((), (), inf, inf)
    strips = min(round((long / side) ** 0.5), FOLDS) if long > LONGISH * side else 1
    each = -(-long // strips)
    kept = [min(each, long - done) for done in range(0, long, each)]
    if columns > rows:
        boxes = tuple(
            Box(piece, rows, 0, place * side * scale, n * scale, side * scale) for place, n in enumerate(kept)
        )
        width, height = each * scale, len(kept) * side * scale
    else:
        boxes = tuple(Box(piece, n, place * side * scale, 0, side * scale, n * scale) for place, n in enumerate(kept))
        width, height = len(kept) * side * scale, each * scale
    across, down = text_width(text), text_height(text)
    if across + 0.06 < width and down + 0.02 < height:
        return Block(boxes, (Label(text, width / 2, height / 2, piece),), width, height)
    width = max(width, THINNEST)
    return Block(boxes, (Label(text, width + NEAR, 0),), width + NEAR + across, max(height, down))


def _vectors(alike: Sequence[Piece], number: int, scale: float) -> Block:
    """Vectors as lines under one another, cut where they are longer than the page, with their number at the right."""
    text = str(number)
    room = page_width() - NEAR - text_width(text)
    boxes: list[Box] = []
    long = alike[0].columns * scale
    strips = ceil(long / room)
    each = room if strips <= LINES else long
    for piece in alike:
        for done in range(strips if strips <= LINES else 1):
            boxes.append(Box(piece, 1, 0, len(boxes) * PITCH, min(long - done * each, each), scale))
    width = max(box.width for box in boxes)
    label = Label(text, width + NEAR, 0)
    return Block(tuple(boxes), (label,), width + NEAR + text_width(text), max(len(boxes) * PITCH, text_height(text)))


def _key(numbered: dict[int, list[Piece]]) -> Block:
    """What the numbers stand for, as running text."""
    if not numbered:
        return Block()
    entries = (f"{number}{HARD_SPACE}{_names(alike)} {_shape(alike[0])}" for number, alike in numbered.items())
    text = broken("; ".join(entries), page_width())
    return Block((), (Label(text, 0, 0),), text_width(text), text_height(text))


def _shape(piece: Piece) -> str:
    sides = (piece.columns,) if piece.rows == 1 else (piece.rows, piece.columns)
    return f"{HARD_SPACE}×{HARD_SPACE}".join(f"{side:,}" for side in sides)


def _names(alike: Sequence[Piece]) -> str:
    """The names of similar tensors, each without the prefix of the one before: mlp.gate_proj, up_proj."""
    said, before = [], ""
    for piece in alike:
        owner, dot, name = piece.name.rpartition(".")
        if name in ("weight", "bias"):
            owner, dot, _ = owner.rpartition(".")
        said.append(piece.name.removeprefix(before) if before else piece.name)
        before = owner + dot
    return ", ".join(said)
