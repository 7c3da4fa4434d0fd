"""Multi-head attention, and the ways in which its keys and values are shared or its positions are relative."""

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


class GroupedAttention(NamedTuple):
    """Attention without biases whose n_heads query heads share n_kv_heads keys and values.

    One key and value for all is multi-query attention (Shazeer 2019), some is grouped-query attention (Ainslie et al.
    2023, sec. 2), as many as heads is plain attention.
    """

    d_model: Size
    n_heads: Size
    n_kv_heads: Size
    d_head: Size

    def tensors(self) -> Iterator[Tensor]:
        width, shared = self.n_heads * self.d_head, self.n_kv_heads * self.d_head
        yield Tensor("W_Q", (self.d_model, width))
        yield Tensor("W_K", (self.d_model, shared))
        yield Tensor("W_V", (self.d_model, shared))
        yield Tensor("W_O", (width, self.d_model))


class RelativePositions(NamedTuple):
    """What attention with relative positions has beside its four maps (Dai et al. 2019, sec. 3.3).

    A key projection W_KR for the encodings of distances, and the vectors u and v that stand for the query's position.
    """

    d_model: Size
    n_heads: Size
    d_head: Size

    def tensors(self) -> Iterator[Tensor]:
        width = self.n_heads * self.d_head
        yield Tensor("W_KR", (self.d_model, width))
        yield Tensor("u", (width,))
        yield Tensor("v", (width,))
