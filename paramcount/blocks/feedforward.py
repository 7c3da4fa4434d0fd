"""The position-wise feed-forward network: plain, gated, and as one of many experts."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.tensor import Size, Tensor


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
