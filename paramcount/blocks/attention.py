"""Multi-head attention."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.tensor import Size, Tensor


class Attention(NamedTuple):
    """Multi-head attention (Vaswani et al. 2017, sec. 3.2.2), n_heads·d_head wide, which need not be d_model.

    Queries, keys, values: d_model × n_heads·d_head each; output: n_heads·d_head × d_model; biases on all four (GPT-2's
    released code) or on none (Elhage et al. 2021).
    """

    d_model: Size
    n_heads: Size
    d_head: Size
    bias: bool = True

    def tensors(self) -> Iterator[Tensor]:
        width = self.n_heads * self.d_head
        yield Tensor("W_Q", (self.d_model, width))
        yield Tensor("W_K", (self.d_model, width))
        yield Tensor("W_V", (self.d_model, width))
        yield Tensor("W_O", (width, self.d_model))
        if self.bias:
            yield Tensor("b_Q", (width,))
            yield Tensor("b_K", (width,))
            yield Tensor("b_V", (width,))
            yield Tensor("b_O", (self.d_model,))
