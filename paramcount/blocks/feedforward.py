"""The position-wise feed-forward network."""

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
