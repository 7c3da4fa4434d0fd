"""Labels beside points: each in the best free place, none over another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import cos, hypot, inf, pi, sin
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from paramcount.report.figures.style import GREY, SMALL, text_height, text_width

MARK = 3.0  # points from a mark's middle to its edge
NEAR = 5.0  # points from a mark to its label
STEP = 3.0
FURTHEST = 160.0
LEADER = 9.0  # points from which on a line joins the label to its mark
PADDING = 2.0
ON_CURVE = 25.0  # what it costs to lie on a curve, in points of distance
ON_LEADER = 80.0  # to lie on a leader, or to have a leader that crosses a label
STRANGER = 20.0  # to lie nearer to another mark, or hardly further from it
TURNS = (0, 8, 1, 15, 7, 9, 2, 14, 6, 10, 3, 13, 5, 11, 4, 12)  # sixteenths; right and left before above and below

Array = np.ndarray[Any, np.dtype[np.float64]]


class Point(NamedTuple):
    """A mark at (x, y) in the axes' units, and what is written beside it."""

    x: float
    y: float
    text: str
    colour: str = "black"


class Place(NamedTuple):
    """Where a label goes, in pixels, the end of its leader at the label, and what it costs in points."""

    point: Point
    mark: tuple[float, float]
    box: Bbox
    end: tuple[float, float]
    cost: float

    def leader(self) -> Array:
        """Points along the line to the mark; none where the label is just beside it."""
        length = hypot(self.end[0] - self.mark[0], self.end[1] - self.mark[1])
        if length <= LEADER:
            return np.empty((0, 2))
        outside = np.linspace(1.5 * MARK / length, 1, 60)[:, np.newaxis]
        line: Array = np.asarray(self.mark) + outside * (np.asarray(self.end) - self.mark)
        return line


def place(axes: Axes, points: Sequence[Point], taken: Sequence[Bbox], lines: Array) -> list[Text]:
    """Write the points' labels inside *axes*: off each other, off the marks and *taken*, off *lines* where possible.

    Boxes and lines (sampled) are in pixels; the layout must be settled and a pixel be a point. Of several orders in
    which to go through the points, the one with the shortest ways is kept. A label that finds no room is left out.
    """
    orders: list[Callable[[Point], Any]] = [
        lambda p: p.x,
        lambda p: -p.x,
        lambda p: p.y,
        lambda p: -p.y,
        lambda p: -len(p.text),
        lambda p: (p.y / p.x, p.x),
        lambda p: (p.x / p.y, p.x),
    ]
    tries = [_arranged(axes, sorted(points, key=order), taken, lines) for order in orders]
    best = min(tries, key=lambda places: (-len(places), sum(place.cost for place in places)))
    return [_write(axes, place) for place in best]


def inside(box: Bbox, frame: Bbox) -> bool:
    """Whether *frame* holds the whole of *box*."""
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1)


def _arranged(axes: Axes, points: Sequence[Point], taken: Sequence[Bbox], lines: Array) -> list[Place]:
    marks = axes.transData.transform([(point.x, point.y) for point in points]) if points else np.empty((0, 2))
    page = _Page(axes.get_window_extent(), marks, list(taken), lines)
    places = []
    for point, mark in zip(points, marks, strict=True):
        if found := page.best(point, mark):
            page.add(found)
            places.append(found)
    return places


class _Page:
    """What stands on the page so far, in pixels."""

    def __init__(self, frame: Bbox, marks: Array, taken: list[Bbox], curves: Array):
        self.frame, self.marks, self.curves, self.leaders = frame, marks, curves, np.empty((0, 2))
        self.boxes = [*taken, *(Bbox.from_bounds(x - MARK, y - MARK, 2 * MARK, 2 * MARK) for x, y in marks)]

    def add(self, place: Place) -> None:
        self.boxes.append(place.box)
        self.leaders = np.concatenate([self.leaders, place.leader()])

    def best(self, point: Point, mark: Array) -> Place | None:
        """The cheapest free place for the label of *point*; None if there is none."""
        size = (72 * reach(point.text, SMALL) + 2 * PADDING for reach in (text_width, text_height))
        best: Place | None = None
        for radius, box in _around(mark, *size):
            if radius >= (best.cost if best else inf):
                break
            if inside(box, self.frame) and not box.count_overlaps(self.boxes):
                end = min(max(mark[0], box.x0), box.x1), min(max(mark[1], box.y0), box.y1)
                option = Place(point, (mark[0], mark[1]), box, end, radius)
                option = option._replace(cost=radius + self.penalty(option))
                best = min(best or option, option, key=lambda place: place.cost)
        return best

    def penalty(self, place: Place) -> float:
        own = hypot(place.end[0] - place.mark[0], place.end[1] - place.mark[1])
        leader = place.leader()
        crossing = _hit(self.leaders, place.box) or any(_hit(leader, box) for box in self.boxes if len(leader))
        others = self.marks[np.hypot(*(self.marks - place.mark).T) > MARK]
        stranger = bool((_distance(others, place.box) < own + MARK).any())
        return ON_CURVE * _hit(self.curves, place.box) + ON_LEADER * crossing + STRANGER * stranger


def _around(mark: Array, width: float, height: float) -> Iterator[tuple[float, Bbox]]:
    """Boxes of that size around *mark* with their distance, nearest first."""
    radius = NEAR
    while radius < FURTHEST:
        for turn in TURNS:
            angle = 2 * pi * turn / len(TURNS)
            x = mark[0] + radius * cos(angle) + (cos(angle) - 1) / 2 * width
            y = mark[1] + radius * sin(angle) + (sin(angle) - 1) / 2 * height
            yield radius, Bbox.from_bounds(x, y, width, height)
        radius += STEP


def _hit(points: Array, box: Bbox) -> bool:
    return bool((_distance(points, box) == 0).any())


def _distance(points: Array, box: Bbox) -> Array:
    """How far each of *points* is from *box*, 0 inside."""
    x = np.maximum(0, np.maximum(box.x0 - points[:, 0], points[:, 0] - box.x1))
    y = np.maximum(0, np.maximum(box.y0 - points[:, 1], points[:, 1] - box.y1))
    distance: Array = np.hypot(x, y)
    return distance


def _write(axes: Axes, place: Place) -> Text:
    """The label in its place, by data units so that it stays there at any resolution, and its leader."""
    back, point, box = axes.transData.inverted(), place.point, place.box
    if len(place.leader()):
        x, y = back.transform(place.end)
        axes.plot([point.x, x], [point.y, y], color=GREY, linewidth=0.4, zorder=1.5)
    left, middle = back.transform((box.x0 + PADDING, (box.y0 + box.y1) / 2))
    label = axes.text(left, middle, point.text, fontsize=SMALL, color=point.colour, va="center", linespacing=1.1)
    label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    return label
