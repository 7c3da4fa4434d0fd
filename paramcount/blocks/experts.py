"""Mixtures of experts: the router, the experts, and shared experts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Crossed, Dense, Fused
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import DOWN, GATE, ROUTER, UP, Map, together
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import Operation, each_token, operations
from paramcount.ledger.tensor import Block, Size, Tensor, as_papers_write


class StackedExperts(NamedTuple):
    """*block* for each of n_experts, with all weights in one tensor called *name*, and any biases in another.

    A token uses n_active of them.
    """

    name: str
    n_experts: Size
    n_active: Size
    block: Block

    def tensors(self) -> Iterator[Tensor]:
        names = {"weight": self.name, "bias": f"{self.name}_bias"}
        return self._stacked(tensor._replace(name=names[tensor.name]) for tensor in self.block.tensors())

    def as_paper(self) -> Iterator[Tensor]:
        return self._stacked(as_papers_write(self.block))

    def _stacked(self, tensors: Iterator[Tensor]) -> Iterator[Tensor]:
        for one in tensors:
            yield one._replace(shape=(self.n_experts, *one.shape), active=(self.n_active, *one.shape))

    def operations(self) -> Iterator[Operation]:
        return (one._replace(macs=one.macs * self.n_active) for one in operations(self.block))


class RowsOfExperts(NamedTuple):
    """The matrices of n_experts stacked as rows of one, of which a token uses n_active."""

    name: str
    n_experts: Size
    n_active: Size
    matrix: Dense | Crossed

    def tensors(self) -> Iterator[Tensor]:
        rows, columns = next(self.matrix.tensors()).shape
        yield Tensor(self.name, (self.n_experts * rows, columns), active=(self.n_active * rows, columns))

    def as_paper(self) -> Iterator[Tensor]:
        one = next(self.matrix.as_paper())
        yield one._replace(shape=(self.n_experts, *one.shape), active=(self.n_active, *one.shape))

    def operations(self) -> Iterator[Operation]:
        return each_token(self.tensors())


def stacked_experts(d_model: Size, d_expert: Size, n_experts: Size, n_active: Size, name: str = "mlp.experts") -> Parts:
    """Gated experts as transformers 5 stores them: gate and up in one tensor, for all experts together."""
    up = StackedExperts("gate_up_proj", n_experts, n_active, gate_up(d_model, d_expert))
    down = StackedExperts("down_proj", n_experts, n_active, Dense(d_expert, d_model, role=DOWN))
    return (Part(name, "experts", up), Part(name, "experts", down))


def crossed_experts(
    d_model: Size, d_expert: Size, n_experts: Size, n_active: Size, name: str, bias: bool = False
) -> Parts:
    """The same stored d_in × d_out, with or without biases."""
    up = Fused(Crossed(d_model, together(_gate_and_up(d_expert)), bias), _gate_and_up(d_expert))
    down = Crossed(d_expert, d_model, bias, DOWN)
    return (
        Part(name, "experts", StackedExperts("gate_up_proj", n_experts, n_active, up)),
        Part(name, "experts", StackedExperts("down_proj", n_experts, n_active, down)),
    )


def gate_up(d_model: Size, d_expert: Size) -> Fused:
    """Gate and up in one map."""
    maps = _gate_and_up(d_expert)
    return Fused(Dense(d_model, together(maps)), maps)


def _gate_and_up(d_expert: Size) -> tuple[Map, Map]:
    return (GATE, d_expert), (UP, d_expert)


class Routing(NamedTuple):
    """The number of experts in a layer, and of those active for a token."""

    n_experts: Size
    n_active: Size


def routing(c: Config, n_experts: str = "num_experts", n_active: str = "num_experts_per_tok") -> Routing:
    """The routing under these two keys; raises ConfigError if a token uses more experts than there are."""
    experts = c.size(n_experts)
    active = c.size_or_none(n_active)
    if active is None:
        c.notes.append(f"{n_active} is not given: all experts are counted as active.")
        return Routing(experts, experts)
    c.at_most(n_active, n_experts)
    return Routing(experts, active)


def mixture(
    c: Config,
    to: Routing,
    d_expert: Size,
    name: str = "mlp",
    router: str = "gate",
    router_bias: bool = False,
) -> Parts:
    """Gated experts and the linear map that chooses among them (Shazeer et al. 2017, sec. 2)."""
    d_model = c.size("hidden_size")
    return (
        dense(f"{name}.{router}", "router", d_model, to.n_experts, router_bias, ROUTER),
        *stacked_experts(d_model, d_expert, to.n_experts, to.n_active, f"{name}.experts"),
    )


def shared(c: Config, d_shared: Size, name: str = "mlp.shared_experts", bias: bool = False) -> Parts:
    """Shared experts, used by every token, in one gated feed-forward (Dai et al. 2024, sec. 3.2)."""
    return gated(c.size("hidden_size"), d_shared, bias, name, component="shared experts")


def wide_experts(c: Config, router: str = "gate") -> Parts:
    return mixture(c, routing(c, "num_local_experts"), c.size("intermediate_size"), router=router)
