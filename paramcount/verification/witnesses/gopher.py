"""Gopher and Chinchilla in torch, written by hand from the papers. Nothing here knows the ledger."""

from __future__ import annotations

from .attention import RelativeAttention
from .layers import FeedForward, Frame, RMSLayer, RMSNorm, gelu


class Gopher(Frame):
    """Gopher: GPT-2 with RMSNorm and the relative positions of Transformer-XL (Rae et al. 2021, sec. 2.1)."""

    def __init__(
        self, *, n_layers: int, d_model: int, n_heads: int, d_head: int, d_ff: int, n_vocab: int, tied: bool = True
    ) -> None:
        layers = (
            RMSLayer(RelativeAttention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, gelu), d_model)
            for _ in range(n_layers)
        )
        super().__init__(n_vocab, d_model, layers, RMSNorm(d_model), tied)
