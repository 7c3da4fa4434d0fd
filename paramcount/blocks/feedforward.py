"""Feed-forward networks: plain, gated, and with gate and up in one map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.parts import dense, fused
from paramcount.blocks.roles import DOWN, FIRST, GATE, SECOND, UP
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size, Tensor


def gated(
    d_model: Size,
    d_ff: Size,
    bias: bool = False,
    name: str = "mlp",
    names: tuple[str, str, str] = ("gate_proj", "up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Gate, up and down (Shazeer 2020, eq. 6)."""
    gate, up, down = (f"{name}.{own}" for own in names)
    return (
        dense(gate, component, d_model, d_ff, bias, GATE),
        dense(up, component, d_model, d_ff, bias, UP),
        dense(down, component, d_ff, d_model, bias, DOWN),
    )


def plain(
    d_model: Size,
    d_ff: Size,
    bias: bool = True,
    name: str = "mlp",
    names: tuple[str, str] = ("up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Up and down (Vaswani et al. 2017, sec. 3.3)."""
    up, down = (f"{name}.{own}" if name else own for own in names)
    return (
        dense(up, component, d_model, d_ff, bias, FIRST),
        dense(down, component, d_ff, d_model, bias, SECOND),
    )


def fused_gated(
    d_model: Size,
    d_ff: Size,
    bias: bool = False,
    name: str = "mlp",
    names: tuple[str, str] = ("gate_up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Gate and up in one map, and down."""
    into, down = (f"{name}.{own}" for own in names)
    return (
        fused(into, component, d_model, ((GATE, d_ff), (UP, d_ff)), bias),
        dense(down, component, d_ff, d_model, bias, DOWN),
    )


def gate_and_up(c: Config) -> Parts:
    """The same of the config's widths."""
    return fused_gated(c.size("hidden_size"), c.size("intermediate_size"))


def gated_feed_forward(c: Config, bias: bool = False) -> Parts:
    """The gated feed-forward of the config's widths."""
    return gated(c.size("hidden_size"), c.size("intermediate_size"), bias)


class FeedForward(NamedTuple):
    """Two linear maps with a nonlinearity between (Vaswani et al. 2017, sec. 3.3): d_model -> d_ff -> d_model."""

    d_model: Size
    d_ff: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("W_1", (self.d_model, self.d_ff))
        yield Tensor("b_1", (self.d_ff,))
        yield Tensor("W_2", (self.d_ff, self.d_model))
        yield Tensor("b_2", (self.d_model,))


class GatedFeedForward(NamedTuple):
    """A gate times a linear map, and a map back, without biases (Shazeer 2020, eq. 6: SwiGLU and its kin)."""

    d_model: Size
    d_ff: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("W_gate", (self.d_model, self.d_ff))
        yield Tensor("W_up", (self.d_model, self.d_ff))
        yield Tensor("W_down", (self.d_ff, self.d_model))


class Experts(NamedTuple):
    """n_experts gated feed-forward networks and a router that sends each token to n_active of them.

    Jiang et al. 2024 (Mixtral), sec. 2.1. The experts' matrices are listed stacked, as n_experts × rows × columns.
    """

    d_model: Size
    d_ff: Size
    n_experts: Size
    n_active: Size

    def tensors(self) -> Iterator[Tensor]:
        d_model, d_ff, all_of, some = self.d_model, self.d_ff, self.n_experts, self.n_active
        yield Tensor("W_router", (d_model, all_of))
        yield Tensor("W_gate", (all_of, d_model, d_ff), active=(some, d_model, d_ff))
        yield Tensor("W_up", (all_of, d_model, d_ff), active=(some, d_model, d_ff))
        yield Tensor("W_down", (all_of, d_ff, d_model), active=(some, d_ff, d_model))
