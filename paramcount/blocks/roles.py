"""What a map does in its component, and its name in papers: W_Q for queries, W_gate for the gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.ledger.tensor import Size, Tensor


class Role(NamedTuple):
    """What a map does, and the *letter* papers use as the subscript of its W and b."""

    name: str
    letter: str


# Vaswani et al. 2017, sec. 3.2.2 and 3.3; Shazeer 2020, eq. 6, for a feed-forward with a gate; Shazeer et al. 2017.
QUERY, KEY, VALUE, OUTPUT = Role("query", "Q"), Role("key", "K"), Role("value", "V"), Role("output", "O")
FIRST, SECOND = Role("up", "1"), Role("down", "2")
GATE, UP, DOWN = Role("gate", "gate"), Role("up", "up"), Role("down", "down")
ROUTER = Role("router", "router")

Map = tuple[Role, Size]  # a role, and its output width


def together(maps: tuple[Map, ...]) -> Any:
    """The output width of *maps* side by side."""
    return sum(d_out for _, d_out in maps)


def weight(role: Role | None, d_in: Size, d_out: Size) -> Tensor:
    """The matrix of a map as the paper writes it, d_in × d_out."""
    shape = (d_in, d_out)
    return Tensor(f"W_{role.letter}", shape, role=role.name) if role else Tensor("weight", shape)


def bias(role: Role | None, d_out: Size) -> Tensor:
    """The bias of a map."""
    return Tensor(f"b_{role.letter}", (d_out,), role=role.name) if role else Tensor("bias", (d_out,))


def linear(role: Role | None, d_in: Size, d_out: Size, has_bias: bool) -> Iterator[Tensor]:
    """A map, with or without its bias."""
    yield weight(role, d_in, d_out)
    if has_bias:
        yield bias(role, d_out)


def side_by_side(maps: tuple[Map, ...], d_in: Size, has_bias: bool) -> Iterator[Tensor]:
    """Maps with the same input."""
    for role, d_out in maps:
        yield from linear(role, d_in, d_out, has_bias)
