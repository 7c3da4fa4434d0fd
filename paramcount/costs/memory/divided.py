"""The parts of a model's tensors on one rank: the layers of its stage, its columns and rows, its experts."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from paramcount.costs.memory.layout import FIRST, Layout, Rank, divisors_near
from paramcount.costs.memory.placed import EACH, SIDE, Laid, Place, Placed
from paramcount.costs.memory.weights import Weight
from paramcount.errors import InputError
from paramcount.ledger.sized import formula_of, plain
from paramcount.ledger.tensor import Size


class Piece(NamedTuple):
    """A tensor as a rank and its copies hold it, before ZeRO divides it; *expert* says that it belongs to an expert."""

    weight: Weight
    expert: bool

    @property
    def rows(self) -> int:
        """The length of its first side, 1 for a scalar."""
        return self.weight.shape[0] if self.weight.shape else 1

    @property
    def width(self) -> int:
        """The number of elements per row."""
        return prod(self.weight.shape[1:])


def checked(model: Laid, layout: Layout) -> Layout:
    """*layout*; raises InputError if *model* can't be divided like this, with the nearest sizes that work."""
    if layout.pp > 1:
        _check_stages(model, layout)
    if layout.tp > 1:
        _check_cuts(model, layout)
    if layout.ep > 1:
        _check_experts(model, layout)
    return layout


def pieces(model: Laid, layout: Layout, rank: Rank = FIRST) -> list[Piece]:
    """What *rank* and its copies hold of *model*, for a layout that passed `checked`.

    Layers are divided evenly; the first stage has what comes before them, the last what comes after, and a tensor
    shared by two stages is held by both. The vocabulary is cut into ceil(n_vocab / tp) rows per rank, with the
    remainder on the last, as in torch's DTensor.
    """
    return list(_pieces(model, layout, rank))


def stages_that_differ(model: Laid, pp: int) -> list[int]:
    """The stages that may differ: if all layers are alike, one stands for all between the first and the last."""
    if any(one.place.at for one in model.tensors):
        return list(range(pp))
    return sorted({0, min(1, pp - 1), pp - 1})


def cached_numbers(model: Laid, layout: Layout, stage: int) -> int | None:
    """The numbers per token that a rank of *stage* caches; None if its heads can't be divided."""
    own = [(one, times) for one in model.cached if (times := _times(one.place, model.n_layers, layout.pp, stage))]
    if layout.tp > 1 and any(one.heads is None or model.symbols[one.heads] % layout.tp for one, _ in own):
        return None
    return sum(one.numbers * times for one, times in own) // layout.tp


def _pieces(model: Laid, layout: Layout, rank: Rank) -> Iterator[Piece]:
    for one in model.tensors:
        times = _times(one.place, model.n_layers, layout.pp, rank.stage)
        if not times or (one.weight.shares and not _apart(one, model, layout.pp)):
            continue
        shape, d_in = _cut(one, layout.tp, rank.tensor), one.weight.d_in
        if one.cut and one.cut.inputs:
            d_in //= layout.tp
        if one.place.expert == SIDE:
            shape = (shape[0] // layout.ep, *shape[1:])
        elif one.place.expert == EACH:
            times //= layout.ep
        yield Piece(one.weight._replace(shape=shape, times=times, d_in=d_in, shares=""), bool(one.place.expert))


def _times(place: Place, n_layers: int, pp: int, stage: int) -> int:
    """How many copies of the thing at *place* a stage has."""
    each = n_layers // pp
    if not place.depth:
        return place.within if stage == (pp - 1 if place.last else 0) else 0
    if pp == 1 or not place.at:
        return place.within * (place.depth if pp == 1 else each)
    return place.within * sum(stage * each <= at < (stage + 1) * each for at in place.at)


def _apart(one: Placed, model: Laid, pp: int) -> bool:
    """Whether the tensor that it shares is in another stage."""
    return pp > 1 and one.place.last and any(o.name == one.weight.shares and not o.place.last for o in model.tensors)


def _cut(one: Placed, tp: int, rank: int) -> tuple[int, ...]:
    shape = one.weight.shape
    if tp == 1 or one.cut is None or one.cut.axis is None:
        return shape
    axis, each = one.cut.axis, -(-shape[one.cut.axis] // tp)
    own = max(0, min(each, shape[axis] - rank * each))
    return (*shape[:axis], own, *shape[axis + 1 :])


def _check_stages(model: Laid, layout: Layout) -> None:
    if model.unstaged:
        raise InputError(f"pp = {layout.pp}: {model.name}: {model.unstaged}; valid: pp = 1")
    if model.n_layers % layout.pp:
        near = divisors_near(layout.pp, [model.n_layers])
        raise InputError(f"pp = {layout.pp}: does not divide n_layers = {model.n_layers}; {near}")


def _check_cuts(model: Laid, layout: Layout) -> None:
    units = divided_by_tp(model)
    if isinstance(units, str):
        raise InputError(f"tp = {layout.tp}: {model.name}: there is no rule for dividing {units}; valid: tp = 1")
    if undivided := [(name, size) for name, size in units.items() if size % layout.tp]:
        name, size = undivided[0]
        raise InputError(
            f"tp = {layout.tp}: does not divide {name} = {size}; {divisors_near(layout.tp, units.values())}"
        )


def divided_by_tp(model: Laid) -> dict[str, int] | str:
    """The sizes that tensor parallelism must divide, or the name of a tensor without a rule."""
    units: dict[str, int] = {}
    for one in model.tensors:
        if one.cut is None:
            return one.name
        units |= dict(_size_of(unit, model) for unit in one.cut.units)
    return units


def expert_numbers(model: Laid) -> set[int]:
    """The numbers of experts in the model's layers."""
    return {one.place.n_experts for one in model.tensors if one.place.expert}


def _size_of(unit: str | Size, model: Laid) -> tuple[str, int]:
    if isinstance(unit, str):
        return unit, model.symbols[unit]
    return str(formula_of(unit)), plain(unit)  # type: ignore[arg-type]


def _check_experts(model: Laid, layout: Layout) -> None:
    numbers = expert_numbers(model)
    if not numbers:
        raise InputError(f"ep = {layout.ep}: {model.name}: it has no known experts; valid: ep = 1")
    if any(number % layout.ep for number in numbers):
        near = divisors_near(layout.ep, [*numbers, layout.dp])
        raise InputError(f"ep = {layout.ep}: does not divide n_experts = {min(numbers)}; {near}")
