"""Tensors as rectangles drawn to scale, arranged on a page: a layer at the left, the rest beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, inf, sqrt
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.report.figures.pieces import Group, Piece
from paramcount.report.figures.style import POINT, SMALL, TEXT, narrow, text_height, text_width, wide

MARGIN = 0.2
LONG = 9.0  # inches that it may be high where not all has room beside each other
GAP = 0.09
APART = 0.3  # between groups
HEAD = 0.32  # above each group, for its title
CAPTION = 0.35  # under a folded table, for its label
THINNEST = POINT  # what a side is drawn with that would be thinner
TALL = 2  # a tensor higher than this many times its width stands beside the others, not among them
LONGISH = 2  # a tensor that is longer than this many times its other side is cut where all are packed
COVERED = 0.25  # of the page, below which a picture is mostly white
FOLDS = 300  # strips of one tensor, at most
STEP = 0.98  # from one scale that is tried to the next
TRIES = 1500


def page_width() -> float:
    """Inches that the drawing may be wide, and high where all stands beside each other."""
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
    """Text from its upper left corner, or in the middle of the rectangle of *colour_of* that it is written in."""

    text: str
    x: float
    y: float
    colour_of: Piece | None = None
    points: float = SMALL


class Block(NamedTuple):
    """What stands together, and the inches that it takes."""

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


class Way(NamedTuple):
    """A way to make a page; it is preferred to one of less *worth* unless that is larger by the ratio of the two."""

    worth: float
    folded: bool  # tables and experts are cut into strips
    below: bool  # what is outside the layers stands under them
    shelved: bool = False  # what has no room beside the rest stands under it
    packed: bool = False  # every matrix is cut such that it is about square, and all stand on shelves

    @property
    def height(self) -> float:
        return LONG if self.shelved or self.packed else page_width()


WAYS = (Way(1.6, False, False), Way(1.35, False, True), Way(1, True, False), Way(1, True, True))
SHELVED = Way(1, True, True, True)
PACKED = Way(1, True, True, packed=True)


class Layout(NamedTuple):
    """A page, and its *scale* in inches a dimension."""

    scale: float
    page: Block


def arrange(groups: Sequence[Group]) -> Layout:
    """The page that shows most, by the weights of the ways to make one; raises InputError where nothing fits."""
    for ways in (WAYS, (SHELVED,)):
        if found := [(way.worth, layout) for way in ways if (layout := _largest(groups, way))]:
            best = max(found, key=lambda pair: pair[0] * pair[1].scale)[1]
            if covered(best) >= COVERED:
                return best
            packed = _largest(groups, PACKED)
            return packed if packed and covered(packed) > covered(best) else best
    if packed := _largest(groups, PACKED):
        return packed
    said = "sizes too unlike or tensors too many for one page"
    also = ", a wider page" if narrow() else ""
    raise InputError(f"plot scale: {said}; valid: sizes within 1e9 of each other, up to some fifty tensors{also}")


def covered(layout: Layout) -> float:
    """The share of the page that is tensors."""
    area = sum(max(box.width, THINNEST) * max(box.height, THINNEST) for box in layout.page.boxes)
    return area / (page_width() * layout.page.height)


def _largest(groups: Sequence[Group], way: Way) -> Layout | None:
    """The page at the largest of the scales tried at which everything fits."""
    scale = min(1.0, page_width() / sqrt(sum(group.params for group in groups)))
    if not _page(groups, scale * STEP**TRIES, way):  # the labels alone are too many
        return None
    for _ in range(TRIES):
        if page := _page(groups, scale, way):
            return Layout(scale, page)
        scale *= STEP
    return None


def _page(groups: Sequence[Group], scale: float, way: Way) -> Block | None:
    fitting = (page for page in _pages(groups, scale, way) if page.width <= page_width() and page.height <= way.height)
    return next(fitting, None)


def _pages(groups: Sequence[Group], scale: float, way: Way) -> Iterator[Block]:
    """The layers from left to right and then the rest, its tables folded to several heights if they are."""
    if way.packed:
        page = Block()
        for group in groups:
            page = page.above(_titled(group, _packed(group, scale)), APART)
        yield page
        return
    *stacks, rest = groups
    fold = page_width() / 2 if way.folded else inf
    titles = [_titled(group, _layer(group, scale, fold)) for group in stacks]
    layers = _shelves(titles, page_width() if way.shelved else inf, APART)
    if layers.width > page_width() or layers.height > way.height:
        return
    room = way.height - HEAD - CAPTION - (layers.height + APART if way.below else 0)
    for height in (0.5 * room, 0.75 * room, room) if way.folded else (inf,):
        if outside := _outside(rest, scale, height, page_width() if way.shelved else inf):
            titled = _titled(rest, outside)
            yield layers.above(titled, APART) if way.below else layers.beside(titled, APART)


def _titled(group: Group, block: Block) -> Block:
    title = f"{group.title}{f', × {group.depth:,}' if group.depth > 1 else ''}\n{group.params:,} parameters"
    head = Block((), (Label(title, 0, 0, points=TEXT),), text_width(title), HEAD)
    return head.above(block, 0)


def _layer(group: Group, scale: float, fold: float) -> Block:
    """A shelf a part, the vectors under them, and what is tall at the right, stacked experts folded to that height."""
    left, tall = Block(), []
    for part in group.parts:
        matrices = [piece for piece in part if len(piece.shape) > 1]
        tall += [piece for piece in matrices if piece.rows > TALL * piece.columns]
        if level := [_matrix(piece, scale) for piece in matrices if piece.rows <= TALL * piece.columns]:
            left = left.above(_shelves(level, page_width()))
    left = left.above(_vectors(group, scale, max(left.width, 2.0)))
    stands = [_folded(piece, scale, fold if len(piece.shape) > 2 else inf) for piece in tall]
    return left.beside(_shelves(stands, page_width() - left.width - GAP))


def _packed(group: Group, scale: float) -> Block:
    """Matrices about square, each where there is room highest on the page, then the vectors."""
    matrices = [_squared(piece, scale) for piece in group.pieces() if piece.rows > 1]
    vectors = [_vector(piece, scale) for piece in group.pieces() if piece.rows == 1]
    level = _skyline(sorted(matrices, key=lambda block: -block.height), page_width())
    return level.above(_shelves(vectors, page_width()))


def _skyline(blocks: Sequence[Block], width: float) -> Block:
    """The blocks within *width*, each as high as it can stand, and of such places the leftmost."""
    page = Block()
    taken: list[tuple[float, float, float, float]] = []  # left, top, right and bottom of those that stand
    for block in blocks:
        lefts = sorted({0.0, *(right + GAP for _, _, right, _ in taken)})
        fitting = [left for left in lefts if left + block.width <= width] or [0.0]
        y, x = min((_top(taken, left, left + block.width), left) for left in fitting)
        taken.append((x, y, x + block.width, y + block.height))
        page = page.at(block, x, y)
    return page


def _top(taken: Sequence[tuple[float, float, float, float]], left: float, right: float) -> float:
    """Below all that stands between *left* and *right*."""
    under = [bottom + GAP for start, _, end, bottom in taken if start < right + GAP and left < end + GAP]
    return max(under, default=0.0)


def _squared(piece: Piece, scale: float) -> Block:
    """A matrix as it is where it is not long, cut into strips side by side where it is high, and below where wide."""
    rows, columns = piece.rows, piece.columns
    if columns <= LONGISH * rows and rows <= LONGISH * columns:
        return _matrix(piece, scale)
    strips = min(round((max(rows, columns) / min(rows, columns)) ** 0.5), FOLDS)
    lying = columns > rows
    each = -(-max(rows, columns) // strips)
    kept = [min(each, max(rows, columns) - done) for done in range(0, max(rows, columns), each)]
    side = min(rows, columns) * scale
    if lying:
        boxes = tuple(Box(piece, rows, 0, place * side, n * scale, side) for place, n in enumerate(kept))
    else:
        boxes = tuple(Box(piece, n, place * side, 0, side, n * scale) for place, n in enumerate(kept))
    across, down = (each * scale, len(kept) * side) if lying else (len(kept) * side, each * scale)
    cut = f"{len(kept)} strips of {each:,} {'columns' if lying else 'rows'}"
    return _named(Block(boxes, (), across, max(down, THINNEST)), f"{piece.name}\n{rows:,} × {columns:,}\n{cut}")


def _outside(group: Group, scale: float, height: float, width: float) -> Block | None:
    """Tables folded to *height* side by side, the vectors under the lowest; None where that takes too many strips."""
    tables = [piece for piece in group.pieces() if len(piece.shape) > 1]
    if height <= 0 or any(piece.rows * scale > FOLDS * height for piece in tables):
        return None
    folded = sorted((_folded(piece, scale, height) for piece in tables), key=lambda block: -block.height)
    last = folded.pop() if folded else Block()
    return _shelves([*folded, last.above(_vectors(group, scale, max(last.width, 1.3)))], width)


def _vectors(group: Group, scale: float, width: float) -> Block:
    return _shelves([_vector(piece, scale) for piece in group.pieces() if len(piece.shape) == 1], width)


def _shelves(blocks: Iterable[Block], width: float, gap: float = GAP) -> Block:
    """The blocks from left to right, a new shelf under the last where *width* is full."""
    page, shelf = Block(), Block()
    for block in blocks:
        if shelf.width and shelf.width + gap + block.width > width:
            page, shelf = page.above(shelf, gap), Block()
        shelf = shelf.beside(block, gap)
    return page.above(shelf, gap)


def _matrix(piece: Piece, scale: float) -> Block:
    """The rectangle of a matrix with its label inside, or under it where that has no room."""
    box = Box(piece, piece.rows, 0, 0, piece.columns * scale, piece.rows * scale)
    name = f"{piece.name}\n{piece.rows:,} × {piece.columns:,}"
    for text in (name, name.replace("\n", "  ")):
        if text_width(text, SMALL) + 0.08 < box.width and text_height(text, SMALL) + 0.04 < box.height:
            return Block((box,), (Label(text, box.width / 2, box.height / 2, piece),), box.width, box.height)
    return _named(Block((box,), (), box.width, max(box.height, THINNEST)), name)


def _vector(piece: Piece, scale: float) -> Block:
    box = Box(piece, 1, 0, 0, piece.columns * scale, scale)
    return _named(Block((box,), (), box.width, max(scale, THINNEST)), f"{piece.name}  {piece.columns:,}")


def _folded(piece: Piece, scale: float, height: float) -> Block:
    """A table cut into strips of equal height, the last one shorter, in their order from left to right."""
    strips = max(1, ceil(piece.rows * scale / height))
    if strips == 1:
        return _matrix(piece, scale)
    rows, width = -(-piece.rows // strips), piece.columns * scale
    kept = [min(rows, piece.rows - done) for done in range(0, piece.rows, rows)]
    boxes = tuple(Box(piece, n, place * width, 0, width, n * scale) for place, n in enumerate(kept))
    name = f"{piece.name}  {piece.rows:,} × {piece.columns:,}\nin {len(kept)} strips of {rows:,} rows"
    return _named(Block(boxes, (), len(kept) * width, rows * scale), name)


def _named(block: Block, name: str) -> Block:
    label = Block((), (Label(name, 0, 0),), text_width(name, SMALL), text_height(name, SMALL))
    return block.above(label, 2 * POINT)
