"""A model's tensors as they are drawn: one layer of each stack, and what is outside the layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import Any, NamedTuple

from paramcount.ledger.model import Model, Part, Stack


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
        return int(self.shape[-1]) if self.shape else 1

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
        """Parameters of one layer, or of everything outside the layers."""
        return sum(piece.params for piece in self.pieces())


def groups(model: Model, named: Callable[[str, str], str] | None = None) -> list[Group]:
    """One layer of each stack, then what is outside the layers; a tied tensor is there once, where it is owned.

    *named* makes a tensor's label from its part's name and its own; by default the name in papers.
    """
    named = named or in_papers
    stacks = [part for part in model.parts if isinstance(part, Stack)]
    outside = [part for part in model.parts if not isinstance(part, Stack)]
    titles = ["one layer" if len(stacks) == 1 else f"one of {stack.name}" for stack in stacks]
    layers = [Group(title, s.depth, _pieces(s.layer, named)) for title, s in zip(titles, stacks, strict=True)]
    return [*layers, Group("outside the layers", 1, _pieces(outside, named))]


def _pieces(parts: Iterable[Part | Stack], named: Callable[[str, str], str]) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of each part; those of a stack within a layer stand on one another."""
    found: list[tuple[Piece, ...]] = []
    for part in parts:
        if isinstance(part, Stack):
            inner = _pieces(part.layer, named)
            found += [tuple(p._replace(shape=(part.depth, *p.shape)) for p in pieces) for pieces in inner]
        elif owned := [tensor for tensor in part.block.tensors() if not tensor.shares]:
            found.append(tuple(Piece(named(part.name, t.name), part.component, t.shape) for t in owned))
    return tuple(found)


def in_checkpoints(part: str, tensor: str) -> str:
    """self_attn.q_proj for its weight, self_attn.q_proj.bias."""
    return f"{part}.{tensor}".strip(".").removesuffix(".weight")


def in_papers(part: str, tensor: str) -> str:
    """A tensor's own name if that is clear, such as W_Q; else with its part's, such as norm_1 gain."""
    if not part:
        return tensor
    owner = part if part[-1].isdigit() else part.replace("_", " ")
    if tensor == "weight":
        return owner
    return tensor if "_" in tensor else f"{owner} {tensor}"
