"""The search for the layout with the fewest devices that a training fits: float arrays search, exact ints decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.costs.memory.beside import Beside
from paramcount.costs.memory.divided import Piece, checked, divided_by_tp, expert_numbers, pieces, stages_that_differ
from paramcount.costs.memory.layout import STAGES_OF_ZERO, Layout, Rank
from paramcount.costs.memory.placed import Laid
from paramcount.costs.memory.recipes import Recipe
from paramcount.costs.memory.sharding import ALIGNMENT, held, totals

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 65_536  # devices tried if no number is given
NEARLY = 1 + 1e-9  # the precision of the floats; candidates within it are recounted in ints


class Asked(NamedTuple):
    """The constraints of a search: at most *devices* devices, and fixed values for others that are not None."""

    devices: int | None = None
    zero: int | None = None
    tp: int | None = None
    pp: int | None = None
    dp: int | None = None
    ep: int | None = None


class Found(NamedTuple):
    """The *layout* found, out of the number *searched*, with its busiest *rank* and that rank's *bytes*."""

    layout: Layout
    rank: Rank
    bytes: int
    searched: int


class Shape(NamedTuple):
    """How one copy of a model is divided, and what the ranks of its stages hold, equal stages once."""

    tp: int
    pp: int
    ep: int
    stages: tuple[tuple[int, list[Piece]], ...]
    beside: Beside

    def layout(self, zero: int, dp: int) -> Layout:
        """The layout of *dp* copies of it."""
        return Layout(self.tp * self.pp * dp, zero, self.tp, self.pp, dp, self.ep)


def fewest(
    model: Laid, by: Recipe, memory: int, asked: Asked, besides: Callable[[int, int], Beside | None]
) -> Found | None:
    """The layout with the fewest devices of *memory* bytes that hold *model* in training by the recipe *by*.

    Of several, the one whose busiest rank needs least. *besides* gives a rank's other memory under tp and pp, None if
    it is not known, in which case the layout is skipped. Returns None if no layout fits. Raises InputError if the model
    can't be divided as asked.
    """
    import numpy as np

    most = asked.devices or MOST
    shapes = list(shapes_of(model, asked, most, besides))
    zeros = STAGES_OF_ZERO if asked.zero is None else (asked.zero,)
    searched, columns = 0, []
    for (at, shape), zero in product(enumerate(shapes), zeros):
        dps = _copies(shape, asked, most)
        searched += len(dps)
        bounds = _bound(shape, zero, dps, by)
        fits = bounds <= memory * NEARLY
        found = np.stack([dps * (shape.tp * shape.pp), bounds, np.full(len(dps), at), np.full(len(dps), zero), dps])
        columns.append(found[:, fits])
    every: Any = np.concatenate(columns, axis=1) if columns else np.empty((5, 0))
    best: Found | None = None
    for at in np.lexsort(every[::-1]):
        devices, bound, number, zero, dp = every[:, at]
        if best and (devices > best.layout.devices or bound > best.bytes * NEARLY):
            break
        counted = _counted(shapes[int(number)], int(zero), int(dp), by)
        if counted[2] <= memory and (best is None or counted[2] < best.bytes):
            best = Found(*counted, searched)
    return best


def shapes_of(model: Laid, asked: Asked, most: int, besides: Callable[[int, int], Beside | None]) -> Iterator[Shape]:
    """The ways to divide *model* over at most *most* devices; raises InputError if it can't be divided as asked."""
    for tp, pp, ep in product(_of_tp(model, asked, most), _of_pp(model, asked, most), _of_ep(model, asked, most)):
        beside = besides(tp, pp)
        if tp * pp * ep > most or beside is None or (asked.dp and asked.dp % ep):
            continue
        layout = Layout(tp * pp * ep, 0, tp, pp, ep, ep)
        stages: dict[tuple[Piece, ...], int] = {}
        for stage in stages_that_differ(model, pp):
            stages.setdefault(tuple(pieces(model, layout, Rank(stage))), stage)
        yield Shape(tp, pp, ep, tuple((stage, list(parts)) for parts, stage in stages.items()), beside)


def _of_tp(model: Laid, asked: Asked, most: int) -> list[int]:
    if asked.tp:
        return [checked(model, Layout(tp=asked.tp)).tp]
    units = divided_by_tp(model)
    return [1] if isinstance(units, str) else _divisors(gcd(*units.values()), most)


def _of_pp(model: Laid, asked: Asked, most: int) -> list[int]:
    if asked.pp:
        return [checked(model, Layout(pp=asked.pp)).pp]
    return [1] if model.unstaged else _divisors(model.n_layers, most)


def _of_ep(model: Laid, asked: Asked, most: int) -> list[int]:
    if asked.ep:
        return [checked(model, Layout(ep=asked.ep, dp=asked.ep)).ep]
    return _divisors(gcd(*expert_numbers(model)) or 1, most)


def _divisors(number: int, most: int) -> list[int]:
    return [one for one in range(1, min(number, most) + 1) if number % one == 0]


def _copies(shape: Shape, asked: Asked, most: int) -> NDArray[Any]:
    """The numbers of copies to try: multiples of ep."""
    import numpy as np

    last = most // (shape.tp * shape.pp)
    if asked.dp:
        return np.full(1 if asked.dp <= last else 0, float(asked.dp))
    return np.arange(shape.ep, last + 1, shape.ep, dtype=float)


def _bound(shape: Shape, zero: int, dps: NDArray[Any], by: Recipe) -> Any:
    """A lower bound on the busiest stage for each number of copies, without the scales of an optimizer's blocks."""
    import numpy as np

    stages = [_of_stage(parts, zero, (dps, dps / shape.ep), by) for _, parts in shape.stages]
    needed = [shape.beside.needed(sums[0], sums[1], sums[2], np.maximum) for sums in stages]
    return np.max(needed, axis=0)


def _of_stage(parts: list[Piece], zero: int, copies: tuple[NDArray[Any], NDArray[Any]], by: Recipe) -> Any:
    """The bytes of weights, gradients and states; *copies* are the copies of other tensors and of experts."""
    import numpy as np

    total, states = np.zeros((3, len(copies[0]))), sum(by.states)
    each_of_all = np.array([[by.weights], [by.gradients], [states]])
    flat = [0.0, 0.0]
    for part in parts:
        numbers: Any = float(part.weight.elements * part.weight.times)
        trained = not part.weight.frozen
        if zero == 3:
            numbers = np.ceil(part.rows / copies[part.expert]) * float(part.width * part.weight.times)
        if zero in (0, 3) or not trained:
            total += numbers * each_of_all * [[1], [trained], [trained]]
        else:
            flat[part.expert] += numbers
    if np.array_equal(*copies):
        flat = [sum(flat), 0.0]
    for numbers, of_each in zip(flat, copies, strict=True):
        whole = np.ceil(numbers / (ALIGNMENT * of_each)) * ALIGNMENT * of_each
        gradients = np.full(len(whole), numbers) if zero == 1 else whole / of_each
        total += [by.weights * whole, by.gradients * gradients, states * whole / of_each]
    return total


def _counted(shape: Shape, zero: int, dp: int, by: Recipe) -> tuple[Layout, Rank, int]:
    """The busiest rank of one layout, in exact ints."""
    layout = shape.layout(zero, dp)
    sums = [(shape.beside.needed(*totals(held(parts, layout), by)), -stage) for stage, parts in shape.stages]
    nbytes, stage = max(sums)
    return layout, Rank(-stage), nbytes
