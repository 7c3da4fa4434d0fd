"""Tensors as rectangles drawn to scale, arranged on a page: a layer at the left, the rest beside it.

Where their names would take most of the page, they are numbered instead (keyed.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, inf, sqrt
from typing import NamedTuple, Protocol

from paramcount.errors import InputError
from paramcount.report.figures.blocks import (
    APART,
    GAP,
    HEAD,
    LONG,
    THINNEST,
    Block,
    Box,
    Label,
    Layout,
    covered,
    page_width,
    shelves,
    titled,
)
from paramcount.report.figures.keyed import Keyed
from paramcount.report.figures.pieces import Group, Piece
from paramcount.report.figures.style import POINT, narrow, text_height, text_width

CAPTION = 0.35  # under a folded table, for its label
TALL = 2  # a tensor higher than this many times its width stands beside the others, not among them
COVERED = 0.3  # of the page, below which a picture is mostly white
SHAPE = 0.8  # the height of a page with numbers over its width, at least
HIGHER = (9.0, 11.0)  # inches of one that would be mostly white
FOLDS = 300  # strips of one tensor, at most
STEP = 0.8  # from one scale that is tried to the next
TRIES = 140
HALVINGS = 5  # of the last step, to find the largest scale in it


class Way(NamedTuple):
    """A way to make a page, preferred to one of less *worth* unless its scale is larger by more than the ratio."""

    worth: float
    folded: bool  # tables and experts are cut into strips
    below: bool  # what is outside the layers stands under them
    shelved: bool = False  # what has no room beside the rest stands under it

    @property
    def height(self) -> float:
        return LONG if self.shelved else page_width()

    def pages(self, groups: Sequence[Group], scale: float) -> Iterator[Block]:
        return _pages(groups, scale, self)


WAYS = (Way(1.6, False, False), Way(1.35, False, True), Way(1, True, False), Way(1, True, True))
SHELVED = Way(1, True, True, True)


def arrange(groups: Sequence[Group]) -> Layout:
    """The page that shows most, by the worth of the ways to make one; raises InputError where nothing fits."""
    best = None
    for ways in (WAYS, (SHELVED,)):
        if found := [(way.worth, layout) for way in ways if (layout := _largest(groups, way))]:
            best = max(found, key=lambda pair: pair[0] * pair[1].scale)[1]
            break
    if best and covered(best) >= COVERED:
        return best
    keyed = _keyed(groups)
    fullest = max((layout for layout in (best, keyed) if layout), key=covered, default=None)
    if fullest is None:
        raise InputError(
            "plot scale: sizes too unlike or tensors too many for one page; "
            f"valid: sizes within 1e9 of each other, up to some fifty tensors{', a wider page' * narrow()}"
        )
    return fullest._replace(keyed=fullest is keyed)


def _keyed(groups: Sequence[Group]) -> Layout | None:
    """A page with numbers, higher than LONG only where it would be mostly white."""
    fullest = None
    for height in (max(LONG, SHAPE * page_width()), *HIGHER):
        found = _largest(groups, Keyed(height))
        if found and (fullest is None or covered(found) > covered(fullest)):
            fullest = found
        if fullest and covered(fullest) >= COVERED / 2:
            break
    return fullest


class Making(Protocol):
    """Anything that makes pages at a scale."""

    @property
    def height(self) -> float: ...
    def pages(self, groups: Sequence[Group], scale: float) -> Iterable[Block]: ...


def _largest(groups: Sequence[Group], way: Making) -> Layout | None:
    """The page at the largest scale, to a few per cent, at which everything fits."""
    scale = min(1.0, page_width() / sqrt(sum(group.params for group in groups))) / STEP
    if not _page(groups, scale * STEP**TRIES, way):  # the labels alone are too many
        return None
    while not (page := _page(groups, scale * STEP, way)):
        scale *= STEP
    low, high = scale * STEP, scale
    for _ in range(HALVINGS):
        middle = sqrt(low * high)
        if better := _page(groups, middle, way):
            low, page = middle, better
        else:
            high = middle
    return Layout(low, page)


def _page(groups: Sequence[Group], scale: float, way: Making) -> Block | None:
    pages = way.pages(groups, scale)
    return next((page for page in pages if page.width <= page_width() and page.height <= way.height), None)


def _pages(groups: Sequence[Group], scale: float, way: Way) -> Iterator[Block]:
    """The layers from left to right and then the rest, with tables folded to several heights if the way folds."""
    *stacks, rest = groups
    fold = page_width() / 2 if way.folded else inf
    titles = [titled(group, _layer(group, scale, fold)) for group in stacks]
    layers = shelves(titles, page_width() if way.shelved else inf, APART)
    if layers.width > page_width() or layers.height > way.height:
        return
    room = way.height - HEAD - CAPTION - (layers.height + APART if way.below else 0)
    for height in (0.5 * room, 0.75 * room, room) if way.folded else (inf,):
        if outside := _outside(rest, scale, height, page_width() if way.shelved else inf):
            block = titled(rest, outside)
            yield layers.above(block, APART) if way.below else layers.beside(block, APART)


def _layer(group: Group, scale: float, fold: float) -> Block:
    """A shelf for each part, vectors under them, and at the right what is tall; stacked experts are folded."""
    left, tall = Block(), []
    for part in group.parts:
        matrices = [piece for piece in part if len(piece.shape) > 1]
        tall += [piece for piece in matrices if piece.rows > TALL * piece.columns]
        if level := [_matrix(piece, scale) for piece in matrices if piece.rows <= TALL * piece.columns]:
            left = left.above(shelves(level, page_width()))
    left = left.above(_vectors(group, scale, max(left.width, 2.0)))
    stands = [_folded(piece, scale, fold if len(piece.shape) > 2 else inf) for piece in tall]
    return left.beside(shelves(stands, page_width() - left.width - GAP))


def _outside(group: Group, scale: float, height: float, width: float) -> Block | None:
    """Tables folded to *height* side by side, vectors under the lowest; None where that takes too many strips."""
    tables = [piece for piece in group.pieces() if len(piece.shape) > 1]
    if height <= 0 or any(piece.rows * scale > FOLDS * height for piece in tables):
        return None
    folded = sorted((_folded(piece, scale, height) for piece in tables), key=lambda block: -block.height)
    last = folded.pop() if folded else Block()
    return shelves([*folded, last.above(_vectors(group, scale, max(last.width, 1.3)))], width)


def _vectors(group: Group, scale: float, width: float) -> Block:
    return shelves([_vector(piece, scale) for piece in group.pieces() if len(piece.shape) == 1], width)


def _matrix(piece: Piece, scale: float) -> Block:
    """The rectangle of a matrix with its label inside it, or below where there is no room."""
    box = Box(piece, piece.rows, 0, 0, piece.columns * scale, piece.rows * scale)
    name = f"{piece.name}\n{piece.rows:,} × {piece.columns:,}"
    for text in (name, name.replace("\n", "  ")):
        if text_width(text) + 0.08 < box.width and text_height(text) + 0.04 < box.height:
            return Block((box,), (Label(text, box.width / 2, box.height / 2, piece),), box.width, box.height)
    return _named(Block((box,), (), box.width, max(box.height, THINNEST)), name)


def _vector(piece: Piece, scale: float) -> Block:
    box = Box(piece, 1, 0, 0, piece.columns * scale, scale)
    return _named(Block((box,), (), box.width, max(scale, THINNEST)), f"{piece.name}  {piece.columns:,}")


def _folded(piece: Piece, scale: float, height: float) -> Block:
    """A table cut into strips of equal height, the last one shorter, from left to right."""
    strips = max(1, ceil(piece.rows * scale / height))
    if strips == 1:
        return _matrix(piece, scale)
    rows, width = -(-piece.rows // strips), piece.columns * scale
    kept = [min(rows, piece.rows - done) for done in range(0, piece.rows, rows)]
    boxes = tuple(Box(piece, n, place * width, 0, width, n * scale) for place, n in enumerate(kept))
    name = f"{piece.name}  {piece.rows:,} × {piece.columns:,}\nin {len(kept)} strips of {rows:,} rows"
    return _named(Block(boxes, (), len(kept) * width, rows * scale), name)


def _named(block: Block, name: str) -> Block:
    label = Block((), (Label(name, 0, 0),), text_width(name), text_height(name))
    return block.above(label, 2 * POINT)
