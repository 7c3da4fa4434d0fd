"""What is multiplied and kept without a module of torch: states, products of what tokens have become, matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.operation import SEQUENCE, TOKEN, Kept, Operation, each_token
from paramcount.ledger.tensor import Size, Tensor


class State(NamedTuple):
    """What a recurrent layer keeps of a sequence however long it is: *numbers*, in *dtype* if the cache's is not asked.

    It owns no tensor and multiplies nothing: what a scan multiplies number by number is no matrix product.
    """

    numbers: Size
    dtype: str = ""

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def kept(self) -> Iterator[Kept]:
        yield Kept(self.numbers, SEQUENCE, self.dtype)


class Product(NamedTuple):
    """A matrix product without a weight: *macs* multiply-adds for each *per*, of what tokens have become."""

    macs: Size
    per: str = TOKEN
    chunk: int = 0

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def operations(self) -> Iterator[Operation]:
        yield Operation(self.macs, self.per, self.chunk)


class Matrices(NamedTuple):
    """Matrices that no module wraps, all in one parameter: each token, or its part, is multiplied by all of them."""

    name: str
    shape: tuple[Size, ...]
    shares: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, self.shape, self.shares)

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())
