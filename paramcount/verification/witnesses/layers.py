"""Transformer layers in torch, written by hand from the papers. Nothing here knows the ledger.

Shapes are given as (b, t, …): b sequences of t tokens each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = Callable[[Tensor], Tensor]


def parameter(*shape: int) -> nn.Parameter:
    """An uninitialised parameter; see `initialise` in the witness."""
    return nn.Parameter(torch.empty(shape))


def gelu(x: Tensor) -> Tensor:
    """GELU in the tanh approximation used by GPT and its successors (Hendrycks and Gimpel 2016, sec. 2)."""
    return functional.gelu(x, approximate="tanh")


def exact_gelu(x: Tensor) -> Tensor:
    """GELU by the error function, as in the released code of BERT and GPT-NeoX."""
    return functional.gelu(x)


def relu(x: Tensor) -> Tensor:
    return functional.relu(x)


class Embedding(nn.Module):
    """A table with a row per vocabulary token, or per position."""

    def __init__(self, rows: int, d_model: int) -> None:
        super().__init__()
        self.weight = parameter(rows, d_model)  # (rows, d_model)

    def forward(self, rows: Tensor) -> Tensor:
        return functional.embedding(rows, self.weight)  # (b, t) -> (b, t, d_model)


class OutputHead(nn.Module):
    """Logits for every vocabulary token. Its weight is the token embedding's if the two are tied."""

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


class RMSNorm(nn.Module):
    """x over its root mean square, times a gain (Zhang and Sennrich 2019, eq. 4), with LLaMA's epsilon."""

    EPSILON = 1e-6

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = parameter(d_model)

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.gain.shape, self.gain, self.EPSILON)


class Linear(nn.Module):
    """x W + b: a map from one width to another, with or without a bias."""

    def __init__(self, d_in: int, d_out: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = parameter(d_in, d_out)
        self.bias = parameter(d_out) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return affine(x, self.weight, self.bias)


def affine(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return x @ weight if bias is None else x @ weight + bias


def dropped(x: Tensor, share: float) -> Tensor:
    """*x* with a *share* of its numbers dropped, by torch's own kernel, which keeps a mask of one byte each."""
    return torch.native_dropout(x, share, train=True)[0] if share else x


class FeedForward(nn.Module):
    """FFN(x) = activation(x W_1 + b_1) W_2 + b_2 (Vaswani et al. 2017, eq. 2), followed by *dropout*."""

    def __init__(self, d_model: int, d_ff: int, activation: Activation, dropout: float = 0.0) -> None:
        super().__init__()
        self.activation, self.dropout = activation, dropout
        self.W_1 = parameter(d_model, d_ff)
        self.b_1 = parameter(d_ff)
        self.W_2 = parameter(d_ff, d_model)
        self.b_2 = parameter(d_model)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.activation(x @ self.W_1 + self.b_1)  # (b, t, d_ff)
        return dropped(hidden @ self.W_2 + self.b_2, self.dropout)  # (b, t, d_model)


class GatedFeedForward(nn.Module):
    """FFN(x) = (Swish(x W_gate) ⊗ x W_up) W_down: SwiGLU (Shazeer 2020, eq. 6)."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.W_gate = parameter(d_model, d_ff)
        self.W_up = parameter(d_model, d_ff)
        self.W_down = parameter(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        hidden = functional.silu(x @ self.W_gate) * (x @ self.W_up)  # (b, t, d_ff)
        return hidden @ self.W_down  # (b, t, d_model)


class PreNormLayer(nn.Module):
    """Attention and feed-forward, each reading through a norm, with residuals (Radford et al. 2019, sec. 2.3)."""

    norm: type[nn.Module] = LayerNorm

    def __init__(self, attention: nn.Module, feed_forward: nn.Module, d_model: int) -> None:
        super().__init__()
        self.attention = attention
        self.feed_forward = feed_forward
        self.norm_1 = self.norm(d_model)
        self.norm_2 = self.norm(d_model)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm_1(x))
        out: Tensor = x + self.feed_forward(self.norm_2(x))
        return out


class RMSLayer(PreNormLayer):
    """A pre-norm layer whose norms are RMSNorms (Touvron et al. 2023, sec. 2.2; Rae et al. 2021, sec. 2.1)."""

    norm = RMSNorm


class PostNormLayer(PreNormLayer):
    """The same with the norms after the sums, as in Vaswani et al. 2017 (Radford et al. 2018, sec. 3.1 and 4.1)."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm_1(x + self.attention(x))
        out: Tensor = self.norm_2(x + self.feed_forward(x))
        return out


class AttentionLayer(nn.Module):
    """Attention only, with a residual (Elhage et al. 2021)."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        out: Tensor = x + self.attention(x, positions)
        return out


class Frame(nn.Module):
    """A decoder without learned positions: tokens (b, t) -> logits (b, t, n_vocab)."""

    def __init__(self, n_vocab: int, d_model: int, layers: Iterable[nn.Module], norm: nn.Module, tied: bool) -> None:
        super().__init__()
        self.token_embedding = Embedding(n_vocab, d_model)
        self.layers = nn.ModuleList(layers)
        self.final_norm = norm
        self.output_head = OutputHead(self.token_embedding.weight if tied else parameter(n_vocab, d_model))

    def embedded(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.token_embedding(tokens)  # (b, t, d_model)
        return out

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedded(tokens)
        for layer in self.layers:
            x = layer(x)
        logits: Tensor = self.output_head(self.final_norm(x))
        return logits
