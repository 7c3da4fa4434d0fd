"""A grid: the shapes of one recipe, as a box of whole numbers on which the count is increasing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from paramcount.ledger.polynomial import Polynomial
from paramcount.solver.problem import Recipe

Axis = range | tuple[int, ...]
Follow = Callable[[Mapping[str, int]], int]


class Point(NamedTuple):
    """A shape, apart from the choice of heads, and its count of the requested kind.

    *kv_width* is n_kv_heads·d_head, which heads of several sizes may share; *others* are the remaining sizes, in the
    order of `paramcount.solver.problem.beside`.
    """

    n_layers: int
    d_model: int
    kv_width: int
    others: tuple[int, ...]
    params: int


class Bound(NamedTuple):
    """Two axes whose ratio over/under lies from *low* to *high*, both included; None is no upper limit."""

    over: str
    under: str
    low: Fraction
    high: Fraction | None

    def ends(self, axis: str, values: Mapping[str, int]) -> tuple[int, int | None]:
        """The smallest and largest value of *axis* when the other axes have *values*."""
        if axis == self.over:
            under = values[self.under]
            return ceil(self.low * under), None if self.high is None else floor(self.high * under)
        over = values[self.over]
        if axis == self.under:
            return 1 if self.high is None else ceil(over / self.high), floor(over / self.low)
        under = values[self.under]
        return 1, None if self.low * under <= over and (self.high is None or over <= self.high * under) else 0


class Grid(NamedTuple):
    """All shapes of one recipe: d_model = unit·width and n_heads = heads·width, whole by construction.

    *axes* are n_layers, width and the sizes that do not follow from it, with their values; *polynomial* is the count
    in terms of these and of the sizes in *follows*, each a function of those before it; *fields* names the sizes in
    Point.others.
    """

    recipe: Recipe
    unit: int
    heads: int
    fields: tuple[str, ...]
    polynomial: Polynomial
    axes: dict[str, Axis]
    bounds: tuple[Bound, ...] = ()
    follows: Mapping[str, Follow] = {}

    def counter(self, last: str) -> Callable[..., int]:
        """The count as a function of exact ints: the other axes in their order, then *last*."""
        order = [*(axis for axis in self.axes if axis != last), last]
        count = self.polynomial.function([*order, *self.follows])
        if not self.follows:
            return count
        return lambda *sizes: count(*sizes, *self.following(dict(zip(order, sizes, strict=True))).values())

    def following(self, values: Mapping[str, int]) -> dict[str, int]:
        """The sizes that follow when the axes have *values*."""
        known, found = dict(values), {}
        for field, follow in self.follows.items():
            known[field] = found[field] = follow(known)
        return found

    def corner(self, end: int) -> int:
        """The count of the grid's smallest shape (*end* 0) or of its largest (*end* -1)."""
        *_, last = self.axes
        return self.counter(last)(*(axis[end] for axis in self.axes.values()))

    def maker(self) -> Callable[[Mapping[str, int], int], Point]:
        """A function from the values on the axes and their count to a Point. It is called for every shape found."""
        unit, (d_head, sharing, widths) = self.unit, self.recipe
        shared, per_width = sharing.number * d_head, self.heads // sharing.group * d_head
        scaled = {field: ("width", rule.of(unit)) for field, rule in widths.items() if not rule.multiple}
        places = [(field, *scaled.get(field, (field, 1))) for field in self.fields]

        def point(values: Mapping[str, int], count: int) -> Point:
            width, following = values["width"], self.following(values)
            others = [following[field] if field in following else values[axis] * times for field, axis, times in places]
            return Point(values["n_layers"], unit * width, shared or per_width * width, tuple(others), count)

        return point
