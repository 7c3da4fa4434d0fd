"""Boxes and labels on a page, in inches, and how they are put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from paramcount.report.figures.pieces import Group, Piece
from paramcount.report.figures.style import POINT, broken, text_height, text_width, wide

MARGIN = 0.2
LONG = 7.0  # inches that it may be high where not everything has room side by side
GAP = 0.09
APART = 0.3  # between groups
HEAD = 0.32  # above each group, for a title of two lines
THINNEST = POINT  # what a side is drawn with that would be thinner


def page_width() -> float:
    """The width of the drawing in inches, and its height where everything stands side by side."""
    return wide() - MARGIN


class Box(NamedTuple):
    """*rows* of a piece on the page, in inches from the upper left corner; *width* and *height* to scale."""

    piece: Piece
    rows: int
    x: float
    y: float
    width: float
    height: float


class Label(NamedTuple):
    """Text, placed by its upper left corner, or by its centre if it is inside the rectangle of *colour_of*."""

    text: str
    x: float
    y: float
    colour_of: Piece | None = None


class Block(NamedTuple):
    """Boxes and labels that stand together, and their size in inches."""

    boxes: tuple[Box, ...] = ()
    labels: tuple[Label, ...] = ()
    width: float = 0
    height: float = 0

    def beside(self, other: Block, gap: float = GAP) -> Block:
        return self._with(other, self.width + gap if self.width else 0, 0)

    def above(self, other: Block, gap: float = GAP) -> Block:
        return self._with(other, 0, self.height + gap if self.height else 0)

    def at(self, other: Block, x: float, y: float) -> Block:
        return self._with(other, x, y)

    def _with(self, other: Block, x: float, y: float) -> Block:
        return Block(
            (*self.boxes, *(box._replace(x=box.x + x, y=box.y + y) for box in other.boxes)),
            (*self.labels, *(label._replace(x=label.x + x, y=label.y + y) for label in other.labels)),
            max(self.width, x + other.width),
            max(self.height, y + other.height),
        )


class Layout(NamedTuple):
    """A page and its *scale* in inches per dimension; *keyed* if tensors have numbers instead of names."""

    scale: float
    page: Block
    keyed: bool = False


def titled(group: Group, block: Block) -> Block:
    """*block* under the group's title and number of parameters."""
    title = f"{group.title}{f', × {group.depth:,}' if group.depth > 1 else ''}\n{group.params:,} parameters"
    text = broken(title, page_width())
    head = Block((), (Label(text, 0, 0),), text_width(text), text_height(text) + HEAD - text_height(title))
    return head.above(block, 0)


def shelves(blocks: Iterable[Block], width: float, gap: float = GAP) -> Block:
    """The blocks from left to right, a new shelf under the last where *width* is full."""
    page, shelf = Block(), Block()
    for block in blocks:
        if shelf.width and shelf.width + gap + block.width > width:
            page, shelf = page.above(shelf, gap), Block()
        shelf = shelf.beside(block, gap)
    return page.above(shelf, gap)


def covered(layout: Layout) -> float:
    """The share of the page that tensors cover."""
    area = sum(max(box.width, THINNEST) * max(box.height, THINNEST) for box in layout.page.boxes)
    return area / (page_width() * layout.page.height)
