"""The ranking of the points found (closest, tidy or balanced), and the choice of head size for a width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from itertools import islice
from math import floor, log
from typing import NamedTuple

from paramcount.solver.choice import Span, admits
from paramcount.solver.grid import Point
from paramcount.solver.problem import Problem, n_heads_of, unit_of_heads
from paramcount.solver.usual import head_trend, published_pairs

RANKS = {
    "closest": "the smallest |error| first",
    "tidy": "the roundest sizes first, then the smallest |error|",
    "balanced": "shapes within 2 % of the budget first; within each group, the smallest sum of |error|/tolerance, "
    "roughness, the distance of log(d_model/n_layers) from the trend of published models in standard deviations, and "
    "the doublings between d_head and the usual one for d_model",
}
CLOSE = Fraction(2, 100)  # of the budget: people who ask for 7B do not want 6.35B first
NEAR = (11, 10)  # sizes are alike if their ratio is at most this


class Goal(NamedTuple):
    """The criteria for ranking points: the budget, the tolerance, the log of the target aspect ratio, and its scatter.

    With *published_first*, points further from that aspect than *widest*, the furthest of any published model, come
    last: a request that leaves n_layers, d_model and aspect open is not answered with three layers. *free* are the
    places in Point.others of widths that do not follow from d_model, whose roughness counts too; *own* is the n_layers
    and d_model of the model given by --like.
    """

    budget: int
    tolerance: float
    log_aspect: Callable[[Point], float]
    spread: float
    widest: float
    published_first: bool
    free: tuple[int, ...] = ()
    own: tuple[int, int] | None = None

    def off_trend(self, point: Point) -> float:
        return abs(log(point.d_model / point.n_layers) - self.log_aspect(point))

    def exotic(self, point: Point) -> bool:
        return self.published_first and self.off_trend(point) > self.widest


class Head(NamedTuple):
    """The heads of a shape, and how unusual their size is, in doublings from the most usual size that was allowed."""

    n_heads: int
    d_head: int
    unusual: float


Picker = Callable[[int, int], Head]
Key = Callable[[Point], tuple[float, ...]]


def head_picker(problem: Problem) -> Picker:
    """A function from d_model and kv_width in the lattice to the most usual heads that *problem* allows."""
    trend = head_trend()
    free = problem.n_heads == Span()
    ways = [
        (log(d_head), d_head, unit_of_heads(problem, d_head, sharing), sharing)
        for d_head in problem.d_head
        for sharing in problem.sharing
    ]

    @cache
    def pick(d_model: int, kv_width: int) -> Head:
        expected = trend.at(log(d_model))
        order = sorted([(abs(way[0] - expected), *way) for way in ways])
        for _, logged, d_head, unit, sharing in order:
            n_heads = n_heads_of(problem, d_model, d_head)
            if d_model % unit or not (free or admits(problem.n_heads, n_heads)):
                continue
            if sharing.of(n_heads) * d_head == kv_width:
                return Head(n_heads, d_head, abs(logged - order[0][1]) / log(2))
        raise AssertionError(f"no heads for d_model = {d_model}")

    return pick


def ranked(points: Iterable[Point], rank: str, goal: Goal, head: Picker, top: int | None) -> list[Point]:
    """The best *top* points (all if None) by *rank*, one of RANKS."""
    order = sorted(points, key=_key(rank, goal, head))
    if rank != "balanced":
        return order[:top]
    order = _close_first(order, goal)
    return order if top is None else _varied(order, top)


def _close_first(order: list[Point], goal: Goal) -> list[Point]:
    """*order* with the points within CLOSE of the budget first.

    Of those, shapes unlike any published one come first only if there are no others.
    """
    close = [point for point in order if abs(point.params - goal.budget) <= CLOSE * goal.budget]
    first = [point for point in close if not goal.exotic(point)] or close
    chosen = set(first)
    return [*first, *(point for point in order if point not in chosen)]


def roughness(n_layers: int, d_model: int) -> float:
    """The roughness of both sizes, each from 0 for a power of two to 1 for an odd number; 0 for a published pair."""
    return 0.0 if (n_layers, d_model) in published_pairs() else _rough(n_layers) + _rough(d_model)


@cache
def _rough(size: int) -> float:
    odd = size // (size & -size)
    return log(odd) / log(size) if odd > 1 else 0.0


def _key(rank: str, goal: Goal, head: Picker) -> Key:
    per_parameter = 1 / (goal.tolerance * goal.budget) if goal.tolerance else 0.0

    def rough(point: Point) -> float:
        own = (point.n_layers, point.d_model) == goal.own
        pair = 0.0 if own else roughness(point.n_layers, point.d_model)
        return pair + sum(_rough(point.others[place]) for place in goal.free) if goal.free else pair

    def balanced(point: Point) -> tuple[float, ...]:
        n_layers, d_model, kv_width, _, params = point
        score = abs(params - goal.budget) * per_parameter + goal.off_trend(point) / goal.spread
        return score + rough(point) + head(d_model, kv_width).unusual, n_layers

    def closest(point: Point) -> tuple[float, ...]:
        return goal.exotic(point), abs(point.params - goal.budget), *balanced(point)

    def tidy(point: Point) -> tuple[float, ...]:
        return goal.exotic(point), rough(point), *closest(point)

    return {"closest": closest, "tidy": tidy, "balanced": balanced}[rank]


def _varied(order: list[Point], top: int) -> list[Point]:
    """The first *top* of *order*, with only the first of points that are alike, as long as others are left."""
    kept: dict[Point, None] = {}
    near: dict[tuple[int, int], list[Point]] = {}  # the points kept, by depth and width, to find those that are alike
    for point in order:
        if len(kept) == top:
            break
        depth, width = _room(point.n_layers), _room(point.d_model)
        rooms = [(depth + i, width + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        if not any(_alike(point, other) for room in rooms for other in near.get(room, ())):
            kept[point] = None
            near.setdefault((depth, width), []).append(point)
    return [*kept, *islice((point for point in order if point not in kept), top - len(kept))]


def _room(size: int) -> int:
    """A bucket on a log scale, a ninth wide; sizes that are near share a bucket or are in adjacent ones."""
    return floor(log(size) / log(10 / 9))


def _alike(a: Point, b: Point) -> bool:
    return _near(a.n_layers, b.n_layers) and all(map(_near, (*a[1:3], *a.others), (*b[1:3], *b.others)))


def _near(a: int, b: int) -> bool:
    more, less = NEAR
    return a * less <= b * more and b * less <= a * more
