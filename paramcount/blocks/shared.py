"""A block used again elsewhere in a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.operation import Computed, Kept, Operation, Saved, kept, operations, saved
from paramcount.ledger.tensor import Block, Tensor, as_papers_write


class Shared(NamedTuple):
    """*block* used again: its tensors are those of the module *shares*, by its name in the base class."""

    block: Block
    shares: str

    def tensors(self) -> Iterator[Tensor]:
        return self._shared(self.block.tensors())

    def as_paper(self) -> Iterator[Tensor]:
        return self._shared(as_papers_write(self.block))

    def operations(self) -> Iterator[Operation]:
        return operations(self.block)

    def kept(self) -> Iterator[Kept]:
        return kept(self.block)

    def saved(self, how: Computed) -> Iterator[Saved]:
        return saved(self.block, how)

    def _shared(self, tensors: Iterator[Tensor]) -> Iterator[Tensor]:
        for tensor in tensors:
            yield tensor._replace(shares=f"{self.shares}.{tensor.name}")


class Sharing(NamedTuple):
    """*block* in a larger model: what it shares is under *prefix*; *listed* are its tensors there."""

    listed: tuple[Tensor, ...]
    block: Block
    prefix: str

    def tensors(self) -> Iterator[Tensor]:
        return iter(self.listed)

    def as_paper(self) -> Iterator[Tensor]:
        for tensor in as_papers_write(self.block):
            yield tensor._replace(shares=tensor.shares and self.prefix + tensor.shares)

    def operations(self) -> Iterator[Operation]:
        return operations(self.block)

    def kept(self) -> Iterator[Kept]:
        return kept(self.block)

    def saved(self, how: Computed) -> Iterator[Saved]:
        return saved(self.block, how)
