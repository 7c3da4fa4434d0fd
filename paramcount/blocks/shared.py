"""A block once more, in another place of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.operation import Computed, Kept, Operation, Saved, kept, operations, saved
from paramcount.ledger.tensor import Block, Tensor, as_papers_write


class Shared(NamedTuple):
    """*block* once more: its tensors are those of the module *shares*, in a body as the base class names that."""

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
    """*block* in a larger model: what it shares stands under *prefix*; *listed* are its tensors as they are then."""

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
