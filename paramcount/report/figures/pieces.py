"""A model's tensors as they are drawn: those of one layer of each stack, and those outside the layers."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, NamedTuple

from paramcount.model import Model, Part, Stack


class Piece(NamedTuple):
    """A tensor that adds parameters: its label, its component and its shape.

    A vector is one row, and of experts that are stacked the matrices stand on one another.
    """

    name: str
    component: str
    shape: tuple[Any, ...]  # of ints

    @property
    def rows(self) -> int:
        return prod(map(int, self.shape[:-1]))

    @property
    def columns(self) -> int:
        return int(self.shape[-1])

    @property
    def params(self) -> int:
        return self.rows * self.columns


class Group(NamedTuple):
    """Tensors that are drawn together, part by part: one layer of a stack *depth* layers deep, or all outside (1)."""

    title: str
    depth: Any  # an int
    parts: tuple[tuple[Piece, ...], ...]

    def pieces(self) -> list[Piece]:
        return [piece for part in self.parts for piece in part]

    @property
    def params(self) -> int:
        """Parameters of one layer, or of all that is outside the layers."""
        return sum(piece.params for piece in self.pieces())


def groups(model: Model) -> list[Group]:
    """One layer of each stack, then what is outside the layers; a tied tensor is there once, where it is owned."""
    stacks = [part for part in model.parts if isinstance(part, Stack)]
    outside = [part for part in model.parts if not isinstance(part, Stack)]
    layers = [Group("one layer" if len(stacks) == 1 else f"one of {s.name}", s.depth, _pieces(s.layer)) for s in stacks]
    return [*layers, Group("outside the layers", 1, _pieces(outside))]


def _pieces(parts: Iterable[Part | Stack]) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of each part; those of a stack within a layer stand on one another."""
    found: list[tuple[Piece, ...]] = []
    for part in parts:
        if isinstance(part, Stack):
            inner = _pieces(part.layer)
            found += [tuple(p._replace(shape=(part.depth, *p.shape)) for p in pieces) for pieces in inner]
        elif owned := [tensor for tensor in part.block.tensors() if not tensor.shares]:
            found.append(tuple(Piece(_name(part, tensor.name), part.component, tensor.shape) for tensor in owned))
    return tuple(found)


def _name(part: Part, tensor: str) -> str:
    """What a tensor goes by: its own name where that says enough, as W_Q does; norm_1 gain otherwise."""
    if not part.name:
        return tensor
    owner = part.name if part.name[-1].isdigit() else part.name.replace("_", " ")
    if tensor == "weight":
        return owner
    return tensor if "_" in tensor else f"{owner} {tensor}"
