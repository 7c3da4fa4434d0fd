"""The search: for every row of a grid, bisection of its longest axis on exact integers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from math import prod
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.solver.grid import Axis, Grid, Point

FINE = 9  # bits: a step of less than one in 256 changes the count by less than a percent
MOST_ROWS = 1_000_000  # about 10 s of bisections
MOST_POINTS = 1_000_000  # within the tolerance; all are kept, at about 400 bytes each


class Window(NamedTuple):
    """The range of accepted counts, low <= count <= high; the nearer to *budget* the better.

    With *tidy*, a row yields not only the two values on either side of the budget, but also the nearest accepted
    multiples of 2, 4, 8 … steps on either side, starting at about 1/256 of the value: d_model = 12288 as well as 12224.
    """

    budget: int
    low: int
    high: int
    tidy: bool = False


def covered(grids: Iterable[Grid]) -> int:
    """How many shapes the *grids* have; raises InputError if they are too many to search."""
    grids = list(grids)
    _refuse_too_many(grids)
    return sum(
        sum(high - low for _, low, high in _rows(grid, _free(grid)))
        if grid.bounds
        else prod(_length(axis) for axis in grid.axes.values())
        for grid in grids
    )


def search(grids: Iterable[Grid], window: Window) -> list[Point]:
    """The best points in every row of *grids* within *window*, each once.

    The count increases with every size, so of each row only the points on either side of the budget need be evaluated.
    Raises InputError if too many points are accepted.
    """
    found: dict[Point, None] = {}
    for grid in grids:
        free = _free(grid)
        axis, counter, point = grid.axes[free], grid.counter(free), grid.maker()
        others = [name for name in grid.axes if name != free]
        for row, low, high in _rows(grid, free):
            values = dict(zip(others, row, strict=True))
            for values[free], count in _best(axis, low, high, partial(counter, *row), window):
                found[point(values, count)] = None
            if len(found) > MOST_POINTS:
                admitted = f"more than {MOST_POINTS:,} shapes within the tolerance"
                raise InputError(f"{admitted}; valid: a smaller tolerance, or fewer values")
    return list(found)


def _free(grid: Grid) -> str:
    """The axis to bisect: the longest one that affects the count, preferably d_model."""
    symbols = {*grid.polynomial.symbols(), *(("n_layers", "width") if grid.follows else ())}
    counted = (name for name in grid.axes if name in symbols)
    names = sorted(counted, key=lambda name: name != "width")
    return max(names, key=lambda name: _length(grid.axes[name]))


def _refuse_too_many(grids: list[Grid]) -> None:
    """Raise InputError if the *grids* together have too many rows to search."""
    rows = sum(prod(map(_length, grid.axes.values())) // _length(grid.axes[_free(grid)]) for grid in grids)
    if rows > MOST_ROWS:
        axes = grids[0].axes
        ranges = {name.replace("width", "d_model"): f"{_length(axis):,}" for name, axis in axes.items()}
        stated = ", ".join(f"{length} of {name}" for name, length in ranges.items() if length != "1")
        times = f", times {len(grids):,} choices of the rest," if len(grids) > 1 else ""
        raise InputError(
            f"too many shapes: {stated}{times} make {rows:,} rows; valid: ranges that make at most {MOST_ROWS:,}"
        )


def _rows(grid: Grid, free: str) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Every choice of the other axes, and the range of indices of the free axis within the grid's bounds."""
    axis = grid.axes[free]
    others = [name for name in grid.axes if name != free]
    for row in product(*(grid.axes[name] for name in others)):
        first, last = 0, _length(axis)
        for bound in grid.bounds:
            low, high = bound.ends(free, dict(zip(others, row, strict=True)))
            first = max(first, bisect_left(axis, low))
            last = last if high is None else min(last, bisect_right(axis, high))
        if first < last:
            yield row, first, last


def _best(axis: Axis, low: int, high: int, count: Callable[[int], int], window: Window) -> Iterator[tuple[int, int]]:
    """The accepted values of *axis* between the indices *low* and *high* that are next to the budget, with counts."""
    place = bisect_right(axis, window.budget, low, high, key=count)
    for value in axis[max(place - 1, low) : min(place + 1, high)]:
        if window.low <= (counted := count(value)) <= window.high:
            yield value, counted
    if window.tidy and isinstance(axis, range):
        yield from _tidy(axis[low:high], axis[max(place - 1, low)], count, window)


def _tidy(axis: range, near: int, count: Callable[[int], int], window: Window) -> Iterator[tuple[int, int]]:
    """The accepted multiples of ever coarser steps next to *near* on both sides, with counts."""
    below, above = near, near + axis.step
    step = axis.step << max(0, (near // axis.step).bit_length() - FINE)
    going_down = going_up = True
    while going_down or going_up:
        step *= 2
        down = near // step * step
        up = down + step
        if going_down and down != below:
            below = down
            counted = count(down) if down >= axis[0] else None
            going_down = counted is not None and counted >= window.low
            if counted is not None and going_down:
                yield down, counted
        if going_up and up != above:
            above = up
            counted = count(up) if up <= axis[-1] else None
            going_up = counted is not None and counted <= window.high
            if counted is not None and going_up:
                yield up, counted


def _length(axis: Axis) -> int:
    return (axis.stop - axis.start + axis.step - 1) // axis.step if isinstance(axis, range) else len(axis)
