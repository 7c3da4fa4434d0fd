"""Wrappers for blocks that are multiplied other than once per token, or not trained; their tensors are the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.operation import (
    AT_SOURCE,
    SEEN,
    SEQUENCE,
    TOKEN,
    Computed,
    Kept,
    Operation,
    Saved,
    kept,
    operations,
    saved,
)
from paramcount.ledger.tensor import Block, Tensor, as_papers_write


class Each(NamedTuple):
    """*block*, multiplied once for each *per*, a sequence or a position, rather than each token."""

    block: Block
    per: str

    def tensors(self) -> Iterator[Tensor]:
        return self.block.tensors()

    def as_paper(self) -> Iterator[Tensor]:
        return as_papers_write(self.block)

    def operations(self) -> Iterator[Operation]:
        return (operation._replace(per=self.per) for operation in operations(self.block))

    def saved(self, how: Computed) -> Iterator[Saved]:
        """A sequence's first token is a view of all tokens, which are kept."""
        stays = {SEQUENCE: TOKEN, SEEN: TOKEN}.get(self.per, self.per)
        return (one._replace(per=stays) for one in saved(self.block, how))


class Often(NamedTuple):
    """*block*, multiplied *times* as often as others."""

    block: Block
    times: int

    def tensors(self) -> Iterator[Tensor]:
        return self.block.tensors()

    def as_paper(self) -> Iterator[Tensor]:
        return as_papers_write(self.block)

    def operations(self) -> Iterator[Operation]:
        return (one._replace(macs=one.macs * self.times) for one in operations(self.block))


class OfSource(NamedTuple):
    """*block* in an encoder that a decoder attends to: multiplied for source tokens, and caching nothing."""

    block: Block

    def tensors(self) -> Iterator[Tensor]:
        return self.block.tensors()

    def as_paper(self) -> Iterator[Tensor]:
        return as_papers_write(self.block)

    def operations(self) -> Iterator[Operation]:
        return (one._replace(per=AT_SOURCE.get(one.per, one.per)) for one in operations(self.block))


class Frozen(NamedTuple):
    """*block*, whose tensors are not trained."""

    block: Block

    def tensors(self) -> Iterator[Tensor]:
        return (tensor._replace(frozen=True) for tensor in self.block.tensors())

    def as_paper(self) -> Iterator[Tensor]:
        return (tensor._replace(frozen=True) for tensor in as_papers_write(self.block))

    def operations(self) -> Iterator[Operation]:
        return operations(self.block)

    def kept(self) -> Iterator[Kept]:
        return kept(self.block)

    def saved(self, how: Computed) -> Iterator[Saved]:
        return saved(self.block, how)
