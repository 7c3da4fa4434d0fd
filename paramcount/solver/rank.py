"""Which of the points found come first: closest, tidy or balanced; and which head size goes with a width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from math import log
from typing import NamedTuple

from paramcount.solver.choice import Span, admits
from paramcount.solver.lattice import Wishes, n_heads_of, unit_of_heads
from paramcount.solver.search import Point
from paramcount.solver.trend import head_trend, published_pairs

RANKS = {
    "closest": "the smallest |error| first",
    "tidy": "the least rough sizes first, then the smallest |error|",
    "balanced": "the smallest sum of |error|/tolerance, roughness, the distance of log(d_model/n_layers) from the "
    "trend of published models in standard deviations, and the doublings between d_head and the usual one for d_model",
}
NEAR = (11, 10)  # sizes in no larger a proportion are alike


class Goal(NamedTuple):
    """What points are ranked by: the budget, the tolerated share, the aspect aimed at (its log) and its scatter.

    With *published_first* points that are further from that aspect than *widest*, as far as any published model is,
    come last: a request that leaves n_layers, d_model and aspect open is not answered with three layers.
    """

    budget: int
    tolerance: float
    log_aspect: float
    spread: float
    widest: float
    published_first: bool


class Head(NamedTuple):
    """A head size for a width, and how unusual it is: doublings between it and the most usual of those asked for."""

    d_head: int
    unusual: float


Picker = Callable[[int], Head]
Key = Callable[[Point], tuple[float, ...]]


def head_picker(wishes: Wishes) -> Picker:
    """The function that gives, for a d_model of the lattice, its most usual head size of those that *wishes* admits."""
    trend = head_trend()
    free = wishes.n_heads == Span()
    sizes = [(log(d_head), d_head, unit_of_heads(wishes, d_head)) for d_head in wishes.d_head]

    @cache
    def pick(d_model: int) -> Head:
        expected = trend.at(log(d_model))
        order = sorted([(abs(logged - expected), logged, d_head, unit) for logged, d_head, unit in sizes])
        for _, logged, d_head, unit in order:
            if d_model % unit == 0 and (free or admits(wishes.n_heads, n_heads_of(wishes, d_model, d_head))):
                return Head(d_head, abs(logged - order[0][1]) / log(2))
        raise AssertionError(f"no heads for d_model = {d_model}")

    return pick


def ranked(points: Iterable[Point], rank: str, goal: Goal, head: Picker, top: int | None) -> list[Point]:
    """The best *top* points (all if None) by *rank*, one of RANKS."""
    order = sorted(points, key=_key(rank, goal, head))
    return _varied(order, top) if rank == "balanced" and top is not None else order[:top]


def roughness(n_layers: int, d_model: int) -> float:
    """Both sizes' roughness, each from 0 for a power of two to 1 for an odd number; 0 for a pair that was published."""
    return 0.0 if (n_layers, d_model) in published_pairs() else _rough(n_layers) + _rough(d_model)


@cache
def _rough(size: int) -> float:
    odd = size // (size & -size)
    return log(odd) / log(size) if odd > 1 else 0.0


def _key(rank: str, goal: Goal, head: Picker) -> Key:
    per_parameter = 1 / (goal.tolerance * goal.budget) if goal.tolerance else 0.0

    def off_trend(point: Point) -> float:
        return abs(log(point.d_model / point.n_layers) - goal.log_aspect)

    def balanced(point: Point) -> tuple[float, ...]:
        n_layers, d_model, *_, params = point
        score = abs(params - goal.budget) * per_parameter + off_trend(point) / goal.spread
        return score + roughness(n_layers, d_model) + head(d_model).unusual, n_layers

    def closest(point: Point) -> tuple[float, ...]:
        exotic = goal.published_first and off_trend(point) > goal.widest
        return exotic, abs(point.params - goal.budget), *balanced(point)

    def tidy(point: Point) -> tuple[float, ...]:
        exotic = goal.published_first and off_trend(point) > goal.widest
        return exotic, roughness(point.n_layers, point.d_model), *closest(point)

    return {"closest": closest, "tidy": tidy, "balanced": balanced}[rank]


def _varied(order: list[Point], top: int) -> list[Point]:
    """The first *top* of *order*; of points that are alike the first alone, as long as others are left."""
    kept: list[Point] = []
    for point in order:
        if len(kept) == top:
            return kept
        if not any(_alike(point, other) for other in kept):
            kept.append(point)
    rest = [point for point in order if point not in kept]
    return kept + rest[: top - len(kept)]


def _alike(a: Point, b: Point) -> bool:
    more, less = NEAR
    return all(max(pair) * less <= min(pair) * more for pair in zip(a[:-1], b[:-1], strict=True))
