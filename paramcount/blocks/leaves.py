"""The modules that checkpoints are made of, with the names and the orientation in which torch stores their tensors."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.tensor import Block, Size, Tensor


class Dense(NamedTuple):
    """torch.nn.Linear: its weight is stored as d_out × d_in."""

    d_in: Size
    d_out: Size
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in))
        if self.bias:
            yield Tensor("bias", (self.d_out,))


class Crossed(NamedTuple):
    """transformers' Conv1D, which is a linear map with a bias: its weight is stored as d_in × d_out."""

    d_in: Size
    d_out: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_in, self.d_out))
        yield Tensor("bias", (self.d_out,))


class Norm(NamedTuple):
    """A norm over the last axis, n wide: a weight alone (RMSNorm), or a weight and a bias (LayerNorm)."""

    n: Size
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.n,))
        if self.bias:
            yield Tensor("bias", (self.n,))


class Convolution(NamedTuple):
    """torch.nn.Conv1d: d_out filters, each over d_in channels (those of its group) and *kernel* positions."""

    d_out: Size
    d_in: Size
    kernel: Size
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in, self.kernel))
        if self.bias:
            yield Tensor("bias", (self.d_out,))


class Bare(NamedTuple):
    """A parameter that no module wraps, such as an attention sink or a decay."""

    name: str
    shape: tuple[Size, ...]
    shares: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, self.shape, self.shares)


class StackedExperts(NamedTuple):
    """A matrix of every one of n_experts in one tensor, of which a token is sent through n_active."""

    name: str
    n_experts: Size
    n_active: Size
    shape: tuple[Size, ...]

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor(self.name, (self.n_experts, *self.shape), active=(self.n_active, *self.shape))


class RowsOfExperts(NamedTuple):
    """A matrix of every one of n_experts, one below the other in one, of which a token is sent through n_active."""

    name: str
    n_experts: Size
    n_active: Size
    rows: Size
    columns: Size

    def tensors(self) -> Iterator[Tensor]:
        active = (self.n_active * self.rows, self.columns)
        yield Tensor(self.name, (self.n_experts * self.rows, self.columns), active=active)


class Head(NamedTuple):
    """An output head, n_vocab × d_model, that may be another tensor (*tied_to*) and may have a bias of its own."""

    n_vocab: Size
    d_model: Size
    tied_to: str = ""
    bias: bool = False

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.n_vocab, self.d_model), shares=self.tied_to)
        if self.bias:
            yield Tensor("bias", (self.n_vocab,))


class Shared(NamedTuple):
    """*block* once more: its tensors are those of the module *shares*, in a body as the base class names that."""

    block: Block
    shares: str

    def tensors(self) -> Iterator[Tensor]:
        for tensor in self.block.tensors():
            yield tensor._replace(shares=f"{self.shares}.{tensor.name}")


class Given(NamedTuple):
    """Tensors that are known already."""

    listed: tuple[Tensor, ...]

    def tensors(self) -> Iterator[Tensor]:
        return iter(self.listed)
