"""Matches tensors stored under other names or split differently: within a layer by shape, then by sum.

Fused and separate projections, stacked and single experts, and other programs' names hold the same parameters. Within
a layer, tensors of one shape on both sides are the same whatever their names; the rest must add up to the same number.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from paramcount.checkpoint.packing import Held, Shape
from paramcount.checkpoint.patterns import NUMBER, layer

OUTSIDE = "outside the layers"

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Expected(NamedTuple):
    """A model's tensor under its checkpoint name; an alias *shares* the tensor of that name.

    A *computed* one, such as sinusoidal positions, need not be stored.
    """

    name: str
    shape: Shape
    component: str
    shares: str = ""
    computed: bool = False


class Group(NamedTuple):
    """Tensors that add up to the same number on both sides; *name* is their common prefix."""

    name: str
    missing: tuple[Expected, ...]
    extra: tuple[Held, ...]


def renamed(missing: Iterable[Expected], extra: Iterable[Held], anywhere: bool = False) -> list[tuple[Expected, Held]]:
    """Pairs with one shape, if a layer (or the outside of all layers) has equally many of that shape on both sides.

    *anywhere* compares the whole model instead, since other programs number some tensors differently.
    """

    def key(name: str, shape: Shape) -> tuple[int | None, Shape]:
        return None if anywhere else layer(name), tuple(sorted(shape))

    wanted = _grouped(missing, lambda tensor: key(tensor.name, tensor.shape))
    held = _grouped(extra, lambda weight: key(weight.name, weight.shapes[0]))
    same = [(tensors, held.get(key, [])) for key, tensors in wanted.items() if len(tensors) == len(held.get(key, []))]
    return [pair for tensors, weights in same for pair in zip(tensors, weights, strict=True)]


def regrouped(missing: Sequence[Expected], extra: Sequence[Held]) -> list[Group]:
    """Groups with equal sums, smallest first: under one name in a layer, then a whole layer, then outside."""
    groups: list[Group] = []
    for depth in (4, 3, 2, 1, 0):
        found = _with_equal_sums(missing, extra, depth)
        groups += found
        done = {id(tensor) for group in found for tensor in group.missing}
        used = {id(weight) for group in found for weight in group.extra}
        missing = [tensor for tensor in missing if id(tensor) not in done]
        extra = [weight for weight in extra if id(weight) not in used]
    return groups


def _with_equal_sums(missing: Sequence[Expected], extra: Sequence[Held], depth: int) -> list[Group]:
    """Groups under one name of that *depth* on both sides that have equal sums."""

    def owner(tensor: Expected | Held) -> str | None:
        return _owner(tensor.name, depth)

    wanted, held = _grouped(missing, owner), _grouped(extra, owner)
    found = []
    for name, tensors in wanted.items():
        weights = held.get(name, [])
        if name is not None and weights and _same_sum(tensors, weights):
            found.append(Group(name, tuple(tensors), tuple(weights)))
    return found


def _owner(name: str, depth: int) -> str | None:
    """The name up to *depth* parts after the layer number, or None; at 0 the layer, or OUTSIDE."""
    number = NUMBER.search(name)
    if number is None:
        return OUTSIDE if depth == 0 else None
    if depth == 0:
        return f"layer {number[0]}"
    parts = name[number.end() + 1 :].split(".")
    return name[: number.end() + 1] + ".".join(parts[:depth]) if len(parts) > depth else None


def _same_sum(tensors: Iterable[Expected], weights: Iterable[Held]) -> bool:
    return sum(_params(tensor.shape) for tensor in tensors) == sum(weight.params for weight in weights)


def _params(shape: Shape) -> int:
    return math.prod(shape)


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
