"""The layers of a decoder in torch, written by hand from the papers. Nothing here knows the ledger.

Shapes are given as (b, t, …): b sequences of t tokens each.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = Callable[[Tensor], Tensor]


def parameter(*shape: int) -> nn.Parameter:
    """A parameter not yet filled: see `initialise` in the witness."""
    return nn.Parameter(torch.empty(shape))


def gelu(x: Tensor) -> Tensor:
    """GELU in the approximation by tanh that GPT and its successors use (Hendrycks and Gimpel 2016, sec. 2)."""
    return functional.gelu(x, approximate="tanh")


def relu(x: Tensor) -> Tensor:
    return functional.relu(x)


class Embedding(nn.Module):
    """A table with a row per token of the vocabulary, or per position."""

    def __init__(self, rows: int, d_model: int) -> None:
        super().__init__()
        self.weight = parameter(rows, d_model)  # (rows, d_model)

    def forward(self, rows: Tensor) -> Tensor:
        return functional.embedding(rows, self.weight)  # (b, t) -> (b, t, d_model)


class OutputHead(nn.Module):
    """Logits of every token of the vocabulary. Its weight is the token embedding's where the two are tied."""

    def __init__(self, weight: nn.Parameter) -> None:
        super().__init__()
        self.weight = weight  # (n_vocab, d_model)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T  # (b, t, d_model) -> (b, t, n_vocab)


class LayerNorm(nn.Module):
    """Layer normalisation (Ba et al. 2016, eq. 4), with the epsilon of the released models."""

    EPSILON = 1e-5

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = parameter(d_model)
        self.bias = parameter(d_model)

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, self.gain.shape, self.gain, self.bias, self.EPSILON)


class FeedForward(nn.Module):
    """FFN(x) = activation(x W_1 + b_1) W_2 + b_2 (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, d_model: int, d_ff: int, activation: Activation) -> None:
        super().__init__()
        self.activation = activation
        self.W_1 = parameter(d_model, d_ff)
        self.b_1 = parameter(d_ff)
        self.W_2 = parameter(d_ff, d_model)
        self.b_2 = parameter(d_model)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.activation(x @ self.W_1 + self.b_1)  # (b, t, d_ff)
        return hidden @ self.W_2 + self.b_2  # (b, t, d_model)


class Attention(nn.Module):
    """Causal multi-head attention (Vaswani et al. 2017, sec. 3.2), n_heads · d_head wide, whatever d_model is.

    With a *band* a token sees only the last *band* tokens, itself among them: the locally banded pattern (Child et
    al. 2019) that alternates with the dense one in GPT-3 (Brown et al. 2020, sec. 2.1).
    """

    def __init__(self, d_model: int, n_heads: int, d_head: int, bias: bool = True, band: int | None = None) -> None:
        super().__init__()
        self.n_heads, self.d_head, self.band = n_heads, d_head, band
        width = n_heads * d_head
        self.W_Q = parameter(d_model, width)
        self.W_K = parameter(d_model, width)
        self.W_V = parameter(d_model, width)
        self.W_O = parameter(width, d_model)
        self.b_Q = parameter(width) if bias else None
        self.b_K = parameter(width) if bias else None
        self.b_V = parameter(width) if bias else None
        self.b_O = parameter(d_model) if bias else None

    def forward(self, x: Tensor, positions: Tensor | None = None) -> Tensor:
        """(b, t, d_model) -> (b, t, d_model); *positions*, (t, d_model), are seen by queries and keys alone."""
        placed = x if positions is None else x + positions
        q = self._heads(placed, self.W_Q, self.b_Q)  # (b, n_heads, t, d_head)
        k = self._heads(placed, self.W_K, self.b_K)
        v = self._heads(x, self.W_V, self.b_V)
        scores = q @ k.transpose(2, 3) / self.d_head**0.5  # (b, n_heads, t, t)
        weights = scores.masked_fill(self._hidden(x), float("-inf")).softmax(dim=3)
        heads = (weights @ v).transpose(1, 2).flatten(2)  # (b, t, n_heads · d_head)
        return _affine(heads, self.W_O, self.b_O)

    def _heads(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        b, t, _ = x.shape
        return _affine(x, weight, bias).view(b, t, self.n_heads, self.d_head).transpose(1, 2)

    def _hidden(self, x: Tensor) -> Tensor:
        """(t, t), true where a query (row) may not see a key (column)."""
        place = torch.arange(x.shape[1], device=x.device)
        distance = place[:, None] - place[None, :]
        future = distance < 0
        return future if self.band is None else future | (distance >= self.band)


def _affine(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return x @ weight if bias is None else x @ weight + bias


class PreNormLayer(nn.Module):
    """Attention and feed-forward, each added to what it read through a norm (Radford et al. 2019, sec. 2.3)."""

    def __init__(self, attention: Attention, feed_forward: FeedForward, d_model: int) -> None:
        super().__init__()
        self.attention = attention
        self.feed_forward = feed_forward
        self.norm_1 = LayerNorm(d_model)
        self.norm_2 = LayerNorm(d_model)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm_1(x))
        out: Tensor = x + self.feed_forward(self.norm_2(x))
        return out


class PostNormLayer(PreNormLayer):
    """The same with the norms after the sums, as in Vaswani et al. 2017 (Radford et al. 2018, sec. 3.1 and 4.1)."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm_1(x + self.attention(x))
        out: Tensor = self.norm_2(x + self.feed_forward(x))
        return out


class AttentionLayer(nn.Module):
    """Attention alone, added to what it read (Elhage et al. 2021)."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        out: Tensor = x + self.attention(x, positions)
        return out
