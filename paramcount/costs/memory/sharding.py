"""What each rank holds under ZeRO: elements of weights, gradients and optimizer states, padding included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from paramcount.costs.memory.divided import Piece
from paramcount.costs.memory.layout import FIRST, Layout, Rank
from paramcount.costs.memory.recipes import Recipe

ALIGNMENT = 2  # DeepSpeed's nccl_start_alignment_factor: the flat group is a multiple of 2 · ranks


class Held(NamedTuple):
    """Elements on one rank of each of *times* tensors, or of a flat group; *optimizer* are those with states there."""

    times: int
    weights: int
    gradients: int
    optimizer: int

    def nbytes(self, by: Recipe) -> tuple[int, int, int]:
        """The bytes of weights, gradients and optimizer states, by the recipe *by*."""
        kinds = (by.weights * self.weights, by.gradients * self.gradients, by.optimizer(self.optimizer))
        weights, gradients, optimizer = (self.times * kind for kind in kinds)
        return weights, gradients, optimizer


def held(parts: Iterable[Piece], layout: Layout, rank: Rank = FIRST) -> list[Held]:
    """What *rank* holds of *parts*.

    ZeRO-3 is torch's FSDP2 (`fully_shard`): each tensor is cut along its first side into ceil(rows / n) rows, every
    rank allocates that much for weight and gradient, and has optimizer states for its own rows. ZeRO-1 and -2 are
    DeepSpeed's (runtime/zero/stage_1_and_2.py): all trained tensors form one flat group, padded to a multiple of 2·n,
    of which each rank's optimizer has 1/n; divided experts form another group. n is the number of copies.
    """
    if layout.zero == 3:
        return [_by_rows(part, layout, rank) for part in parts]
    if layout.zero == 0:
        return [_whole(part) for part in parts]
    return list(_flat(list(parts), layout))


def totals(parts: Iterable[Held], by: Recipe) -> tuple[int, int, int]:
    """The bytes of weights, gradients and optimizer states of all *parts*."""
    sums = [0, 0, 0]
    for part in parts:
        sums = [one + other for one, other in zip(sums, part.nbytes(by), strict=True)]
    return sums[0], sums[1], sums[2]


def _whole(part: Piece) -> Held:
    trained = 0 if part.weight.frozen else part.weight.elements
    return Held(part.weight.times, part.weight.elements, trained, trained)


def _by_rows(part: Piece, layout: Layout, rank: Rank) -> Held:
    copies = layout.copies(part.expert)
    each = -(-part.rows // copies)
    place = rank.data // layout.ep if part.expert else rank.data
    own = max(0, min(each, part.rows - place * each))
    if part.weight.frozen:
        return Held(part.weight.times, each * part.width, 0, 0)
    return Held(part.weight.times, each * part.width, each * part.width, own * part.width)


def _flat(parts: list[Piece], layout: Layout) -> Iterator[Held]:
    yield from (_whole(part) for part in parts if part.weight.frozen)
    for apart in (False, True) if layout.ep > 1 else (False,):
        group = [part for part in parts if (part.expert and layout.ep > 1) is apart and not part.weight.frozen]
        elements, copies = sum(part.weight.elements * part.weight.times for part in group), layout.copies(apart)
        if elements:
            whole = -(-elements // (ALIGNMENT * copies)) * ALIGNMENT * copies
            each = whole // copies
            yield Held(1, whole, elements if layout.zero == 1 else each, each)
