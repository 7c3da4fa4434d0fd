"""torch's modules, with the names and orientation of their stored tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.keeps import kept_of_map
from paramcount.blocks.roles import Map, Role, linear, side_by_side
from paramcount.ledger.operation import (
    PADDED,
    TOKEN,
    Computed,
    Operation,
    Saved,
    each_token,
    saved,
)
from paramcount.ledger.tensor import Block, Size, Tensor, as_papers_write


class Dense(NamedTuple):
    """torch.nn.Linear: its weight is stored as d_out × d_in."""

    d_in: Size
    d_out: Size
    bias: bool = False
    role: Role | None = None

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in))
        if self.bias:
            yield Tensor("bias", (self.d_out,))

    def as_paper(self) -> Iterator[Tensor]:
        return linear(self.role, self.d_in, self.d_out, self.bias)

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())

    def saved(self, how: Computed) -> Iterator[Saved]:
        return kept_of_map(self.role, self.d_in, self.d_out, how)


class Crossed(NamedTuple):
    """A linear map stored as d_in × d_out: transformers' Conv1D, and experts in some models."""

    d_in: Size
    d_out: Size
    bias: bool = True
    role: Role | None = None

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_in, self.d_out))
        if self.bias:
            yield Tensor("bias", (self.d_out,))

    def as_paper(self) -> Iterator[Tensor]:
        return linear(self.role, self.d_in, self.d_out, self.bias)

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())

    def saved(self, how: Computed) -> Iterator[Saved]:
        return kept_of_map(self.role, self.d_in, self.d_out, how)


class Fused(NamedTuple):
    """Several *maps* of one input in a single torch module *stored*, such as queries, keys and values."""

    stored: Dense | Crossed
    maps: tuple[Map, ...]

    def tensors(self) -> Iterator[Tensor]:
        return self.stored.tensors()

    def as_paper(self) -> Iterator[Tensor]:
        return side_by_side(self.maps, self.stored.d_in, self.stored.bias)

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())

    def saved(self, how: Computed) -> Iterator[Saved]:
        return saved(self.stored, how)


class Idle(NamedTuple):
    """*block*, unused in a run on text tokens: for images, entities or another language."""

    block: Block

    def tensors(self) -> Iterator[Tensor]:
        return self.block.tensors()

    def as_paper(self) -> Iterator[Tensor]:
        return as_papers_write(self.block)


class Norm(NamedTuple):
    """A norm over the last axis, n wide: a weight only (RMSNorm), or a weight and a bias (LayerNorm)."""

    n: Size
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.n,))
        if self.bias:
            yield Tensor("bias", (self.n,))

    def as_paper(self) -> Iterator[Tensor]:
        yield Tensor("gain", (self.n,))
        if self.bias:
            yield Tensor("bias", (self.n,))

    def saved(self, how: Computed) -> Iterator[Saved]:
        yield Saved(how.norm.vectors * self.n + how.norm.statistics, TOKEN, how.norm.width)


class Convolution(NamedTuple):
    """torch.nn.Conv1d: d_out filters, each over d_in channels (of its group) and *kernel* positions.

    *beyond* is how many positions it computes beyond a sequence's tokens, for padding: 0 if padded to the same length,
    kernel − 1 if a class pads both ends by that and cuts off the end. *each* is how many positions it computes per
    token, if a later one strides over some.
    """

    d_out: Size
    d_in: Size
    kernel: Size
    bias: bool = False
    beyond: Size = 0
    each: Size = 1

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in, self.kernel))
        if self.bias:
            yield Tensor("bias", (self.d_out,))

    def operations(self) -> Iterator[Operation]:
        yield Operation(self.d_out * self.d_in * self.kernel * self.each, TOKEN)
        yield Operation(self.d_out * self.d_in * self.kernel * self.beyond, PADDED)


class Learned(NamedTuple):
    """Learned vectors that a model adds or prepends to its tokens, in a parameter of 1 × rows × d_model."""

    name: str
    rows: Size
    d_model: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, (1, self.rows, self.d_model))

    def as_paper(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.rows, self.d_model))


class Bare(NamedTuple):
    """A parameter without a module, such as an attention sink or a decay."""

    name: str
    shape: tuple[Size, ...]
    shares: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, self.shape, self.shares)


class Embedding(NamedTuple):
    """A table with a d_model-wide vector for each row: tokens (n_vocab) or learned positions (n_ctx).

    *shares* names the table it shares, if any, by its name in the base class. A row is looked up for each *per*.
    """

    rows: Size
    d_model: Size
    shares: str = ""
    per: str = TOKEN

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.rows, self.d_model), shares=self.shares)

    def saved(self, how: Computed) -> Iterator[Saved]:
        """The row indices, in torch's 64 bits."""
        yield Saved(1, self.per, 8)


class Sinusoids(NamedTuple):
    """A table of positions as sines and cosines, stored as a parameter but never trained."""

    rows: Size
    d_model: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.rows, self.d_model), computed=True)


class Head(NamedTuple):
    """An output head, n_vocab × d_model, which may be another tensor (*tied_to*) and may have its own bias."""

    n_vocab: Size
    d_model: Size
    tied_to: str = ""
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.n_vocab, self.d_model), shares=self.tied_to)
        if self.bias:
            yield Tensor("bias", (self.n_vocab,))

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())

    def saved(self, how: Computed) -> Iterator[Saved]:
        yield Saved(self.d_model, TOKEN)
