"""The search: in every row of a grid, the best values of its longest axis by bisection on exact integers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import product
from math import ceil, floor, prod
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.solver.choice import Aspect
from paramcount.solver.lattice import AXES, Axis, Grid

FINE = 9  # bits: a step of less than one in 256 changes the count by less than a percent
MOST_ROWS = 5_000_000  # some 40 s of bisections


class Point(NamedTuple):
    """A shape but for its heads, and its count: the total, or the non-embedding parameters if those are asked for."""

    n_layers: int
    d_model: int
    d_ff: int
    n_vocab: int
    n_ctx: int
    params: int


class Window(NamedTuple):
    """The counts that are admitted: low <= count <= high, the nearer to *budget* the better.

    With *tidy*, a row gives not only the two values on either side of the budget, but also the two such multiples of
    2, 4, 8 … steps as far as they are admitted, from steps of some 1/256 of the value on: a d_model of 12288
    beside one of 12224.
    """

    budget: int
    low: int
    high: int
    tidy: bool = False


def covered(grids: Iterable[Grid], aspect: Aspect | None) -> int:
    """How many shapes the *grids* have."""
    if aspect is None:
        return sum(prod(_length(axis) for axis in grid.axes.values()) for grid in grids)
    return sum(high - low for grid in grids for _, low, high in _rows(grid, _free(grid), aspect))


def search(grids: Iterable[Grid], window: Window, aspect: Aspect | None) -> list[Point]:
    """The best points of every row of *grids* within *window*, each once.

    The count increases in every size, so none of the points that are not evaluated is nearer to the budget than both
    of its row's neighbours of the budget, which are. Raises InputError where the rows are too many to go through.
    """
    found: list[Point] = []
    for grid in grids:
        unit, ff, free = grid.unit, grid.ff, _free(grid)
        axis, counter = grid.axes[free], grid.counter(free)
        others = [name for name in AXES if name != free]
        for row, low, high in _rows(grid, free, aspect):
            sizes = dict(zip(others, row, strict=True))
            for sizes[free], count in _best(axis, low, high, partial(counter, *row), window):
                width = sizes["width"]
                found.append(
                    Point(sizes["n_layers"], unit * width, ff * width, sizes["n_vocab"], sizes["n_ctx"], count)
                )
    return list(dict.fromkeys(found))


def _free(grid: Grid) -> str:
    """The axis to bisect: the longest on which the count depends; d_model where several are."""
    names = sorted(grid.polynomial.symbols(), key=lambda name: name != "width")
    free = max(names, key=lambda name: _length(grid.axes[name]))
    if (rows := prod(_length(axis) for name, axis in grid.axes.items() if name != free)) > MOST_ROWS:
        ranges = {name.replace("width", "d_model"): f"{_length(axis):,}" for name, axis in grid.axes.items()}
        stated = ", ".join(f"{length} of {name}" for name, length in ranges.items() if length != "1")
        raise InputError(f"too many shapes: {stated} make {rows:,} rows; valid: ranges that make at most {MOST_ROWS:,}")
    return free


def _rows(grid: Grid, free: str, aspect: Aspect | None) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Every choice of the other axes, and from and to which index the free axis keeps d_model/n_layers in *aspect*."""
    axis = grid.axes[free]
    others = [name for name in AXES if name != free]
    for row in product(*(grid.axes[name] for name in others)):
        if aspect is None:
            yield row, 0, _length(axis)
            continue
        low, high = _within(dict(zip(others, row, strict=True)), grid, free, aspect)
        first = bisect_left(axis, ceil(low)) if low is not None else 0
        last = bisect_right(axis, floor(high)) if high is not None else _length(axis)
        if first < last:
            yield row, first, last


def _within(row: dict[str, int], grid: Grid, free: str, aspect: Aspect) -> tuple[Fraction | None, Fraction | None]:
    """The ends that *aspect* sets to the free axis in *row*."""
    low, high = aspect
    if free == "width":
        return low * row["n_layers"] / grid.unit, None if high is None else high * row["n_layers"] / grid.unit
    d_model = Fraction(grid.unit * row["width"])
    if free == "n_layers":
        return None if high is None else d_model / high, d_model / low
    inside = low <= d_model / row["n_layers"] and (high is None or d_model / row["n_layers"] <= high)
    return (None, None) if inside else (Fraction(1), Fraction(0))


def _best(axis: Axis, low: int, high: int, count: Callable[[int], int], window: Window) -> Iterator[tuple[int, int]]:
    """The admitted values of *axis* between the indices *low* and *high* that are next to the budget, with counts."""
    place = bisect_right(axis, window.budget, low, high, key=count)
    for value in axis[max(place - 1, low) : min(place + 1, high)]:
        if window.low <= (counted := count(value)) <= window.high:
            yield value, counted
    if window.tidy and isinstance(axis, range):
        first, last, step = axis[low], axis[high - 1], axis.step
        base = down = axis[max(place - 1, low)]
        up = down + step
        step <<= max(0, (base // step).bit_length() - FINE)
        open_down = open_up = True
        while open_down or open_up:
            step *= 2
            if open_down and (coarse := base // step * step) != down:
                down = coarse
                if open_down := down >= first and (counted := count(down)) >= window.low:
                    yield down, counted
            if open_up and (coarse := base // step * step + step) != up:
                up = coarse
                if open_up := up <= last and (counted := count(up)) <= window.high:
                    yield up, counted


def _length(axis: Axis) -> int:
    return (axis.stop - axis.start + axis.step - 1) // axis.step if isinstance(axis, range) else len(axis)
