"""Tensor: the leaf of every ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol


class Block(Protocol):
    """Anything that owns tensors."""

    def tensors(self) -> Iterator[Tensor]: ...


class Size(Protocol):
    """What a tensor's side may be: an int, a symbol or an array; anything with exact + and *."""

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...


class Tensor(NamedTuple):
    """One parameter tensor of a block: its name in the block and its shape, as the paper writes them.

    A tensor with *shares* set is an alias of the tensor of that full name: it is multiplied by, and adds no parameters.
    *active* is the shape of what a token is sent through, where that is not all of it.
    """

    name: str
    shape: tuple[Size, ...]
    shares: str = ""
    active: tuple[Size, ...] = ()

    @property
    def params(self) -> Any:
        """The parameters it adds: the product of its shape, 0 for an alias."""
        return 0 if self.shares else _product(self.shape)

    def sides(self) -> tuple[int, ...]:
        """Its shape in ints; TypeError where it is of symbols or arrays."""
        shape: tuple[Any, ...] = self.shape
        return tuple(int(side) for side in shape)

    @property
    def active_params(self) -> Any:
        """Those of its parameters that a token is sent through."""
        return 0 if self.shares else _product(self.active or self.shape)


def _product(shape: tuple[Size, ...]) -> Any:
    product: Any = shape[0]
    for side in shape[1:]:
        product = product * side
    return product
