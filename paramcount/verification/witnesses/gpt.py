"""Complete decoders in torch, written by hand from the papers. Nothing here knows the ledger.

Sizes mean what they mean in the papers. *bands* gives each layer's attention pattern, None (dense) or the width of a
band, and is optional.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import Attention, Bands, sinusoids
from .layers import (
    Activation,
    AttentionLayer,
    Embedding,
    FeedForward,
    LayerNorm,
    OutputHead,
    PostNormLayer,
    PreNormLayer,
    gelu,
    parameter,
    relu,
)


class Decoder(nn.Module):
    """A decoder-only transformer with learned positions: tokens (b, t) -> logits (b, t, n_vocab).

    *dropout* is applied at three places in a layer, those counted by Korthikanti et al. 2022, sec. 4.1.
    """

    layer: type[PreNormLayer] = PreNormLayer
    activation: Activation = staticmethod(gelu)
    has_final_norm = True
    first_position = 0  # row of the position table for the first token

    def __init__(
        self,
        *,
        n_layers: int,
        d_model: int,
        n_heads: int,
        d_head: int,
        d_ff: int,
        n_vocab: int,
        n_ctx: int,
        tied: bool = True,
        bands: Bands | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.token_embedding = Embedding(n_vocab, d_model)
        self.position_embedding = Embedding(self.first_position + n_ctx, d_model)
        self.layers = nn.ModuleList(
            self.layer(
                Attention(d_model, n_heads, d_head, band=band, dropout=dropout),
                FeedForward(d_model, d_ff, self.activation, dropout),
                d_model,
            )
            for _, band in zip(range(n_layers), bands or [None] * n_layers, strict=True)
        )
        self.final_norm = LayerNorm(d_model) if self.has_final_norm else None
        self.output_head = OutputHead(self.token_embedding.weight if tied else parameter(n_vocab, d_model))

    def forward(self, tokens: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device) + self.first_position  # (t,)
        x = self.token_embedding(tokens) + self.position_embedding(places)  # (b, t, d_model)
        for layer in self.layers:
            x = layer(x)
        logits: Tensor = self.output_head(x if self.final_norm is None else self.final_norm(x))
        return logits


class GPT(Decoder):
    """GPT-2 and GPT-3: pre-norm, final norm, GELU (Radford et al. 2019, sec. 2.3; Brown et al. 2020, sec. 2.1)."""


class GPT1(Decoder):
    """GPT-1: post-norm, so no final norm (Radford et al. 2018, sec. 4.1)."""

    layer = PostNormLayer
    has_final_norm = False


class OPT(Decoder):
    """OPT: pre-norm, final norm, ReLU (Zhang et al. 2022, sec. 2).

    Its position table begins with two unused rows (fairseq's LearnedPositionalEmbedding).
    """

    activation = staticmethod(relu)
    first_position = 2


class AttentionOnly(nn.Module):
    """Attention layers with an embedding and a separate unembedding; no norms, biases or feed-forward.

    Positions are the sinusoids of Vaswani et al. 2017, added only to the input of W_Q and W_K (Elhage et al. 2021,
    after Press et al. 2020, Shortformer).
    """

    def __init__(
        self, *, n_layers: int, d_model: int, n_heads: int, d_head: int, n_vocab: int, bands: Bands | None = None
    ) -> None:
        super().__init__()
        self.token_embedding = Embedding(n_vocab, d_model)
        self.layers = nn.ModuleList(
            AttentionLayer(Attention(d_model, n_heads, d_head, bias=False, band=band))
            for _, band in zip(range(n_layers), bands or [None] * n_layers, strict=True)
        )
        self.output_head = OutputHead(parameter(n_vocab, d_model))

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.token_embedding(tokens)  # (b, t, d_model)
        positions = sinusoids(x)
        for layer in self.layers:
            x = layer(x, positions)
        logits: Tensor = self.output_head(x)
        return logits


def initialise(model: nn.Module, seed: int = 0, scale: float = 0.02) -> None:
    """Fill matrices from N(0, *scale*²), biases with 0 and gains with 1 (Radford et al. 2018, sec. 4.1)."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.named_parameters():
        if tensor.dim() >= 2:  # experts are stacked
            nn.init.normal_(tensor, std=scale, generator=generator)
        else:
            nn.init.constant_(tensor, 1.0 if name.endswith("gain") else 0.0)
