"""Tensor: the leaf of every ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol


class Block(Protocol):
    """Anything that owns tensors.

    A block that knows how papers write it has `as_paper`, a second reading beside `tensors`, which is as checkpoints
    store it; see `as_papers_write`.
    """

    def tensors(self) -> Iterator[Tensor]: ...


class Size(Protocol):
    """What a tensor's side may be: an int, a symbol or an array; anything with exact + and *."""

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...


class Tensor(NamedTuple):
    """One parameter tensor of a block: its name in the block and its shape.

    A tensor with *shares* set is an alias of the tensor of that full name: it is multiplied by, and adds no parameters.
    *active* is the shape of what a token is sent through, where that is not all of it. *role* is what it does in its
    component, "query" or "gate"; it is set where the tensor is as the paper writes it, and known to have one.
    What is *computed* once and never trained, as sinusoidal positions are, need not be in a checkpoint; what is
    *frozen* is in one, and is not trained by gradients.
    """

    name: str
    shape: tuple[Size, ...]
    shares: str = ""
    active: tuple[Size, ...] = ()
    role: str = ""
    computed: bool = False
    frozen: bool = False

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

    @property
    def multiplied(self) -> Any:
        """The weights that a token is multiplied by, whether or not they are another tensor's."""
        return _product(self.active or self.shape)

    def mapped(self, size: Callable[[Any], Any]) -> Tensor:
        """The tensor with *size* of each of its sides in their place."""
        return self._replace(shape=tuple(map(size, self.shape)), active=tuple(map(size, self.active)))


class Given(NamedTuple):
    """Tensors that are known already."""

    listed: tuple[Tensor, ...]

    def tensors(self) -> Iterator[Tensor]:
        return iter(self.listed)


def as_papers_write(block: Block) -> Iterator[Tensor]:
    """The tensors of *block* as the paper writes them; as they are stored where it knows no other way."""
    reading: Iterator[Tensor] = getattr(block, "as_paper", block.tensors)()
    return reading


def _product(shape: tuple[Size, ...]) -> Any:
    product: Any = shape[0] if shape else 1  # a number alone
    for side in shape[1:]:
        product = product * side
    return product
