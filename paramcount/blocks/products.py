"""What is multiplied and kept without a module of torch: states, products of what tokens have become, matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.keeps import kept_of_attention
from paramcount.ledger.operation import (
    CROSS_PAIR,
    PAIR,
    SEQUENCE,
    SOURCE,
    TOKEN,
    Computed,
    Kept,
    Operation,
    Saved,
    each_token,
)
from paramcount.ledger.tensor import Size, Tensor


class Attend(NamedTuple):
    """Attention itself: it owns no tensor, multiplies every pair of a query and a key twice, and keeps keys and values.

    *queries* and *values* are the widths of all heads' together (Vaswani et al. 2017, eq. 1: Q·K and the weighted sum
    of V), *numbers* what stays of a token, 0 where a class keeps none. *per* says whose pairs they are, *n_heads* how
    many rows of scores there are, 0 where another's are added to.
    """

    queries: Size
    values: Size
    numbers: Size
    per: str = PAIR
    n_heads: Size = 0

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def operations(self) -> Iterator[Operation]:
        yield Operation(self.queries, self.per)
        yield Operation(self.values, self.per)

    def kept(self) -> Iterator[Kept]:
        yield Kept(self.numbers, SOURCE if self.per == CROSS_PAIR else TOKEN)

    def saved(self, how: Computed) -> Iterator[Saved]:
        return kept_of_attention(self.queries, self.values, self.numbers, self.n_heads, how)


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
