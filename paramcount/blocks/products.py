"""Operations and caches without a torch module: attention, states, products of activations, bare matrices."""

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
    """Attention itself: it owns no tensors, multiplies every query-key pair twice, and caches keys and values.

    *queries* and *values* are the widths over all heads (Vaswani et al. 2017, eq. 1: Q·K and the weighted sum of V),
    *numbers* what is cached per token, 0 if a class caches nothing. *per* says which pairs these are, *n_heads* the
    number of score matrices, 0 if they are added to another's.
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
    """What a recurrent layer keeps of a sequence of any length: *numbers*, in *dtype* if not in the cache's.

    It owns no tensors and counts no products: a scan's elementwise work is not a matrix product.
    """

    numbers: Size
    dtype: str = ""

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def kept(self) -> Iterator[Kept]:
        yield Kept(self.numbers, SEQUENCE, self.dtype)


class Product(NamedTuple):
    """A matrix product without a weight: *macs* multiply-adds of activations for each *per*."""

    macs: Size
    per: str = TOKEN
    chunk: int = 0

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def operations(self) -> Iterator[Operation]:
        yield Operation(self.macs, self.per, self.chunk)


class Matrices(NamedTuple):
    """Matrices without a module, all in one parameter: each token, or its part, is multiplied by all of them."""

    name: str
    shape: tuple[Size, ...]
    shares: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, self.shape, self.shares)

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())
