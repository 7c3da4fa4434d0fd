"""Labels beside points: each in the best free place, none over another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, pi
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

from paramcount.report.figures.style import GREY, TEXT, text_height, text_width

MARK = 3.0  # points from the middle of a mark to its edge
RADII = (5, 8, 11, 14, 18, 23, 29, 36, 45, 56, 70, 87, 105, 130, 160)  # points from a mark to its label
LEADER = 9.0  # points from which on a line joins the label to its mark
PADDING = 2.0
ON_CURVE = 25.0  # the cost of lying on a curve, in points of distance
ON_LEADER = 80.0  # of lying on a leader, or having a leader that crosses a label or a leader
STRANGER = 20.0  # of lying nearer to another mark, or hardly further from it
TURNS = (0, 8, 1, 15, 7, 9, 2, 14, 6, 10, 3, 13, 5, 11, 4, 12)  # sixteenths; right and left before above and below
PLACES = 90  # the cheapest that are tried for each label
CELL = 2.0  # points, of the grid on which curves are looked up

Array = np.ndarray[Any, np.dtype[np.float64]]


class Point(NamedTuple):
    """A mark at (x, y) in the axes' units, and what is written beside it."""

    x: float
    y: float
    text: str
    colour: str = "black"


class Places(NamedTuple):
    """Boxes that labels may stand in, the leaders from their marks, and what each costs, in points."""

    boxes: Array  # (…, 4): left, bottom, right, top
    starts: Array  # (…, 2); where a label needs no leader its start is its end
    ends: Array  # (…, 2)
    costs: Array  # (…); infinite where there is no room

    def of(self, index: Any) -> Places:
        return Places(*(part[index] for part in self))

    def leaders_over(self, boxes: Array) -> Any:
        """Whether each leader crosses each of *boxes*, by broadcasting; a label without a leader crosses none."""
        return _crosses(self.starts, self.ends, boxes) & (self.starts != self.ends).any(-1)


def place(axes: Axes, points: Sequence[Point], taken: Sequence[Bbox], lines: Array) -> None:
    """Write the points' labels inside *axes*: off each other, off marks and *taken*, and off *lines* where possible.

    Boxes and lines (sampled) are in pixels; the layout must be fixed and a pixel be a point. The points are gone
    through in several orders, of which the one with the shortest distances wins. A label without room is left out.
    """
    if not points:
        return
    free = _free(axes, points, taken, lines)
    best, least = _Arranged(len(points), inf, []), free.costs.min(1)
    for order in _orders(points):
        best = _arranged(free, order, least, best)
    _write(axes, [(points[index], found) for index, found in best.found], _lookup(lines, axes.get_window_extent()))


class _Arranged(NamedTuple):
    """How many labels have no room, what the others cost, and where they are."""

    without: int
    cost: float
    found: list[tuple[int, Places]]


def _orders(points: Sequence[Point]) -> list[list[int]]:
    keys: list[Callable[[Point], Any]] = [
        lambda p: p.x,
        lambda p: -p.x,
        lambda p: p.y,
        lambda p: -p.y,
        lambda p: -len(p.text),
    ]
    return [sorted(range(len(points)), key=lambda index, key=key: key(points[index])) for key in keys]  # type: ignore[misc]


def _free(axes: Axes, points: Sequence[Point], taken: Sequence[Bbox], lines: Array) -> Places:
    """The cheapest places for each label, other labels apart: (points, PLACES)."""
    marks = axes.transData.transform([(point.x, point.y) for point in points])
    sizes = [[72 * reach(p.text) + 2 * PADDING for reach in (text_width, text_height)] for p in points]
    frame = axes.get_window_extent()
    others = np.array([box.extents for box in taken]).reshape(-1, 4)
    fixed = np.concatenate([np.hstack([marks - MARK, marks + MARK]), others])
    on_curve = _lookup(lines, frame)
    chosen = []
    for mark, size in zip(marks, sizes, strict=True):
        around = _around(mark, np.array(size))
        boxes = around.boxes
        inside = (boxes[:, :2] >= frame.min).all(1) & (boxes[:, 2:] <= frame.max).all(1)
        free = inside & ~overlap(boxes[:, np.newaxis], fixed).any(1)
        costs = np.where(free, around.costs + ON_CURVE * on_curve(boxes), np.inf)
        costs += STRANGER * _nearer_another(around, mark, marks)
        nearest = np.argsort(costs, kind="stable")[:PLACES]
        kept = around.of(nearest)
        crossing = Places(*(part[:, np.newaxis] for part in kept)).leaders_over(fixed).any(1)
        chosen.append(kept._replace(costs=costs[nearest] + ON_LEADER * crossing))
    return Places(*(np.stack(parts) for parts in zip(*chosen, strict=True)))


def _around(mark: Array, size: Array) -> Places:
    """Boxes of that size around *mark*, nearest first; their costs are their distances."""
    radius = np.repeat(np.array(RADII, float), len(TURNS))[:, np.newaxis]
    angle = np.tile(2 * pi / len(TURNS) * np.array(TURNS), len(RADII))
    way = np.column_stack([np.cos(angle), np.sin(angle)])
    corners = mark + radius * way + (way - 1) / 2 * size
    ends = np.clip(mark, corners, corners + size)
    long = np.hypot(*(ends - mark).T)[:, np.newaxis]
    starts = np.where(long > LEADER, mark + 1.5 * MARK / np.maximum(long, 1) * (ends - mark), ends)
    return Places(np.hstack([corners, corners + size]), starts, ends, radius[:, 0])


def _nearer_another(around: Places, mark: Array, marks: Array) -> Any:
    """Whether each box is nearer to another mark than to its own, or hardly further from it."""
    others = marks[np.hypot(*(marks - mark).T) > MARK]
    if not len(others):
        return False
    apart = np.maximum(around.boxes[:, np.newaxis, :2] - others, others - around.boxes[:, np.newaxis, 2:])
    nearest = np.hypot(*np.moveaxis(np.maximum(apart, 0), 2, 0)).min(1)
    return nearest < np.hypot(*(around.ends - mark).T) + MARK


def _lookup(lines: Array, frame: Bbox) -> Callable[[Array], Any]:
    """A function that says whether boxes within *frame* lie on *lines*, by a table of sums."""
    columns, rows = (int(side / CELL) + 3 for side in (frame.width, frame.height))
    cells = ((lines - frame.min) / CELL).astype(int) + 1
    cells = cells[((cells > 0) & (cells < (columns, rows))).all(1)]
    grid = np.zeros((rows, columns), np.int32)
    grid[cells[:, 1], cells[:, 0]] = 1
    sums = grid.cumsum(0).cumsum(1)

    def on(boxes: Array) -> Any:
        corners = ((boxes - np.tile(frame.min, 2)) / CELL).astype(int)
        left, bottom, right, top = np.clip(corners, 0, np.tile((columns - 2, rows - 2), 2)).T
        return sums[top + 1, right + 1] - sums[bottom, right + 1] - sums[top + 1, left] + sums[bottom, left] > 0

    return on


def _arranged(free: Places, order: Sequence[int], least: Array, best: _Arranged) -> _Arranged:
    """The cheapest place for each label in that order, given those before it; *best* if that is better.

    *least* is what each label costs where it is alone.
    """
    found: list[tuple[int, Places]] = []
    without, cost = 0, float(least[np.isfinite(least)].sum())
    if best.found and (best.without, best.cost) <= (int(np.isinf(least).sum()), cost):
        return best  # no order does better
    for index in order:
        mine = free.of(index)
        costs = mine.costs
        if found:
            before = Places(*(np.stack(parts) for parts in zip(*(one for _, one in found), strict=True)))
            each = Places(*(part[:, np.newaxis] for part in mine))
            crossing = each.leaders_over(before.boxes) | before.leaders_over(each.boxes)
            crossing |= _meet(each.starts, each.ends, before.starts, before.ends)
            costs = costs + ON_LEADER * crossing.any(1)
            costs[overlap(each.boxes, before.boxes).any(1)] = np.inf
        cheapest = int(costs.argmin())
        if np.isfinite(costs[cheapest]):
            found.append((index, mine._replace(costs=costs).of(cheapest)))
            cost += float(costs[cheapest] - least[index])
        else:
            without += 1
            cost -= float(least[index]) if np.isfinite(least[index]) else 0.0
        if best.found and (without > best.without or (without == best.without and cost >= best.cost)):
            return best
    return _Arranged(without, cost, found)


def overlap(boxes: Array, others: Array) -> Any:
    """Whether boxes overlap, by broadcasting."""
    left, bottom, right, top = _sides(boxes)
    other_left, other_bottom, other_right, other_top = _sides(others)
    return (left <= other_right) & (right >= other_left) & (bottom <= other_top) & (top >= other_bottom)


def _sides(boxes: Array) -> tuple[Array, ...]:
    return tuple(boxes[..., side] for side in range(boxes.shape[-1]))


def _crosses(starts: Array, ends: Array, boxes: Array) -> Any:
    """Whether segments cross boxes, by broadcasting: the shares of the way between each pair of sides intersect."""
    left, bottom, right, top = _sides(boxes)
    (x, y), (across, up) = _sides(starts), _sides(ends - starts)
    across, up = np.where(across == 0, 1e-9, across), np.where(up == 0, 1e-9, up)
    first, second, third, fourth = (left - x) / across, (right - x) / across, (bottom - y) / up, (top - y) / up
    enters = np.maximum(np.minimum(first, second), np.minimum(third, fourth))
    leaves = np.minimum(np.maximum(first, second), np.maximum(third, fourth))
    return np.maximum(enters, 0) <= np.minimum(leaves, 1)


def _meet(starts: Array, ends: Array, others: Array, their_ends: Array) -> Any:
    """Whether segments cross, by broadcasting: each has the other's ends on different sides."""

    def side(start: Array, end: Array, point: Array) -> Any:
        way, there = end - start, point - start
        return way[..., 0] * there[..., 1] - way[..., 1] * there[..., 0]

    apart = side(starts, ends, others) * side(starts, ends, their_ends) < 0
    return apart & (side(others, their_ends, starts) * side(others, their_ends, ends) < 0)


def _write(axes: Axes, found: Sequence[tuple[Point, Places]], on_curve: Callable[[Array], Any]) -> None:
    """The labels in their places, in data units so that they stay there at any resolution, and their leaders.

    One that lies on a curve covers it.
    """
    back = axes.transData.inverted()
    leaders = [np.array([(p.x, p.y), back.transform(one.ends)]) for p, one in found if (one.starts != one.ends).any()]
    axes.add_collection(LineCollection(leaders, colors=GREY, linewidths=0.4, zorder=1.5), autolim=False)
    for point, one in found:
        left, bottom, _, top = one.boxes
        x, y = back.transform((left + PADDING, (bottom + top) / 2))
        label = axes.text(x, y, point.text, fontsize=TEXT, color=point.colour, va="center", linespacing=1.1)
        if on_curve(one.boxes[np.newaxis]).any():
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
