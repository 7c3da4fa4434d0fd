"""Tensor: the leaf of every ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol


class Block(Protocol):
    """Anything that owns tensors.

    `tensors` lists them as checkpoints store them. A block that knows how papers write it also has `as_paper`; see
    `as_papers_write`.
    """

    def tensors(self) -> Iterator[Tensor]: ...


class Size(Protocol):
    """A tensor's dimension: an int, a symbol or an array; anything with exact + and *."""

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...


class Tensor(NamedTuple):
    """One parameter tensor of a block: its name in the block and its shape.

    A tensor with *shares* set is an alias of the tensor with that full name: it is multiplied but adds no parameters.
    *active* is the shape of the part a token uses, if not all of it. *role* is what it does in its component, "query"
    or "gate"; it is set if the tensor is as the paper writes it and has a known role. A *computed* tensor, such as
    sinusoidal positions, is never trained and may be absent from a checkpoint; a *frozen* one is stored but not trained
    by gradients.
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
        """Its shape in ints; TypeError if it has symbols or arrays."""
        shape: tuple[Any, ...] = self.shape
        return tuple(int(side) for side in shape)

    @property
    def active_params(self) -> Any:
        """The parameters of it that a token uses."""
        return 0 if self.shares else _product(self.active or self.shape)

    @property
    def multiplied(self) -> Any:
        """The weights a token is multiplied by, even if they are another tensor's."""
        return _product(self.active or self.shape)

    def mapped(self, size: Callable[[Any], Any]) -> Tensor:
        """The tensor with *size* applied to each dimension."""
        return self._replace(shape=tuple(map(size, self.shape)), active=tuple(map(size, self.active)))


class Given(NamedTuple):
    """Tensors that are already known."""

    listed: tuple[Tensor, ...]

    def tensors(self) -> Iterator[Tensor]:
        return iter(self.listed)


def as_papers_write(block: Block) -> Iterator[Tensor]:
    """The tensors of *block* as the paper writes them; as they are stored if it has no other form."""
    reading: Iterator[Tensor] = getattr(block, "as_paper", block.tensors)()
    return reading


def _product(shape: tuple[Size, ...]) -> Any:
    product: Any = shape[0] if shape else 1  # a scalar
    for side in shape[1:]:
        product = product * side
    return product
