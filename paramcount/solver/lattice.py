"""The lattice: every shape that a request admits, as one grid for each head size and d_ff ratio.

Within a grid d_model = unit·width, n_heads = heads·width and d_ff = ff·width, all whole by construction, so that the
count is a polynomial in n_layers, width, n_vocab and n_ctx, and increasing in each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from math import lcm
from typing import Any, NamedTuple

from paramcount.errors import InputError
from paramcount.families import Family
from paramcount.polynomial import Polynomial
from paramcount.solver.choice import LONGEST, Aspect, Choice, Span, admits

AXES = ("n_layers", "width", "n_vocab", "n_ctx")
Axis = range | tuple[int, ...]


class Wishes(NamedTuple):
    """A request with every default filled in. *attention* is n_heads·d_head/d_model, *ratios* those of d_ff/d_model;
    *tp* divides n_heads, d_model, d_ff and n_vocab; *powers* asks for powers of two."""

    family: Family
    switches: dict[str, bool]
    n_layers: Choice
    d_model: Choice
    n_heads: Choice
    d_head: tuple[int, ...]
    n_vocab: Choice
    n_ctx: Choice
    ratios: tuple[Fraction, ...]
    attention: Fraction = Fraction(1)
    multiple_of: int = 1
    tp: int = 1
    powers: bool = False
    aspect: Aspect | None = None
    non_embedding: bool = False


class Grid(NamedTuple):
    """All shapes with one head size and one d_ff ratio: what a width of 1 stands for, and the values of each axis."""

    d_head: int
    unit: int
    heads: int
    ff: int
    polynomial: Polynomial
    axes: dict[str, Axis]

    def counter(self, last: str) -> Callable[..., int]:
        """The count as a function of the other axes in their order, then of *last*, on exact ints."""
        order = [axis for axis in AXES if axis != last]
        return self.polynomial.function([*order, last])

    def smallest(self) -> int:
        """The count of the grid's smallest shape."""
        return int(self.counter("n_ctx")(*(self.axes[name][0] for name in AXES)))

    def largest(self) -> int:
        """The count of the grid's largest shape."""
        return int(self.counter("n_ctx")(*(self.axes[name][-1] for name in AXES)))


def grids(wishes: Wishes, high: int) -> Iterator[Grid]:
    """The grids of *wishes* that hold any shape; axes without an end reach to the first value that exceeds *high*."""
    for d_head in wishes.d_head:
        for ratio in wishes.ratios:
            grid = _grid(wishes, d_head, ratio, high)
            if all(grid.axes.values()):
                yield grid


def distinct(lattice: list[Grid], wishes: Wishes) -> list[Grid]:
    """*lattice* without the grids whose every d_model another has too: heads of 128 add none to those of 64."""
    if wishes.n_heads != Span():
        return lattice
    kept: list[Grid] = []
    for grid in sorted(lattice, key=lambda grid: grid.unit):
        if not any(grid.unit % other.unit == 0 and grid.ff * other.unit == other.ff * grid.unit for other in kept):
            kept.append(grid)
    return kept


def unit_of(wishes: Wishes, d_head: int, ratio: Fraction) -> int:
    """The width that every d_model is a multiple of, so that n_heads and d_ff are whole and all that must divides."""
    whole_ff = _multiple(ratio, wishes.tp)
    return lcm(unit_of_heads(wishes, d_head), whole_ff, wishes.multiple_of, wishes.tp)


def unit_of_heads(wishes: Wishes, d_head: int) -> int:
    """The d_model of which every multiple has a whole n_heads that tp divides."""
    return _multiple(wishes.attention / d_head, wishes.tp)


def n_heads_of(wishes: Wishes, d_model: int, d_head: int) -> int:
    """The n_heads with which attention has its share of *d_model*."""
    return int(d_model * wishes.attention / d_head)


def _multiple(ratio: Fraction, divisor: int) -> int:
    """The least whole number that times *ratio* is a whole multiple of *divisor*."""
    return (Fraction(divisor) / ratio).numerator


def _grid(wishes: Wishes, d_head: int, ratio: Fraction, high: int) -> Grid:
    unit = unit_of(wishes, d_head, ratio)
    heads, ff = int(unit * wishes.attention / d_head), int(unit * ratio)
    grid = Grid(d_head, unit, heads, ff, _count(wishes, d_head, unit, heads, ff), {})
    widths = _meet(_parts(wishes.d_model, unit), _parts(wishes.n_heads, heads))
    choices = {"n_layers": wishes.n_layers, "width": widths, "n_vocab": wishes.n_vocab, "n_ctx": wishes.n_ctx}
    for name, choice in choices.items():
        powers = wishes.powers and name in ("n_layers", "width")
        whole = unit if name == "width" else 1
        grid.axes[name] = _axis(choice, wishes.tp if name == "n_vocab" else 1, powers, whole)
    for name, choice in choices.items():
        if all(grid.axes.values()) and isinstance(choice, Span) and choice.high is None:
            grid.axes[name] = _until(grid, name, high)
    return grid


def _count(wishes: Wishes, d_head: int, unit: int, heads: int, ff: int) -> Polynomial:
    n_layers, width, n_vocab, n_ctx = (Polynomial.symbol(name) for name in AXES)
    sizes: dict[str, Any] = {"n_layers": n_layers, "d_model": unit * width, "n_heads": heads * width, "d_head": d_head}
    sizes |= {"d_ff": ff * width, "n_vocab": n_vocab, "n_ctx": n_ctx, **wishes.switches}
    model = wishes.family.build(**sizes)
    count = model.non_embedding() if wishes.non_embedding else model.total()
    assert isinstance(count, Polynomial)
    return count


def _parts(choice: Choice, part: int) -> Choice:
    """*choice* in units of *part*: what it holds that is not a multiple falls away."""
    if isinstance(choice, Span):
        return Span(-(-choice.low // part), None if choice.high is None else choice.high // part)
    return tuple(value // part for value in choice if value % part == 0)


def _meet(a: Choice, b: Choice) -> Choice:
    if isinstance(a, Span) and isinstance(b, Span):
        highs = [span.high for span in (a, b) if span.high is not None]
        return Span(max(a.low, b.low), min(highs, default=None))
    listed, other = (b, a) if isinstance(a, Span) else (a, b)
    assert not isinstance(listed, Span)
    return tuple(value for value in listed if admits(other, value))


def _axis(choice: Choice, step: int, powers: bool, whole: int) -> Axis:
    """The values of *choice*; of one without an end the first alone. Powers of two are those of value·whole."""
    if not isinstance(choice, Span):
        return tuple(v for v in choice if v % step == 0 and (not powers or is_power(v * whole)))
    first = -(-choice.low // step) * step
    if powers:
        if not is_power(whole):
            return ()
        first = 1 << max(first - 1, 0).bit_length()
        top = first if choice.high is None else choice.high
        return tuple(1 << k for k in range(first.bit_length() - 1, top.bit_length()) if 1 << k <= top)
    return range(first, (first if choice.high is None else choice.high) + 1, step)


def _until(grid: Grid, name: str, high: int) -> Axis:
    """The axis that so far has its first value alone, continued to the first value with a count above *high*."""
    axis = grid.axes[name]
    first = axis[0]
    count = partial(grid.counter(name), *(grid.axes[other][0] for other in AXES if other != name))
    end = first
    while count(end) <= high and (grown := count(2 * end)) > count(end):
        end *= 2
        if grown > high:
            break
    if not isinstance(axis, range):
        return tuple(first << k for k in range((end // first).bit_length()))
    if end - first > LONGEST:
        raise InputError(f"{name.replace('width', 'd_model')}: more than 10^18 values fit the budget; valid: a range")
    values = range(first, end + 1, axis.step)
    return values[: bisect_right(values, high, key=count) + 1]


def is_power(value: int) -> bool:
    """Whether *value* is a power of two."""
    return value & (value - 1) == 0
