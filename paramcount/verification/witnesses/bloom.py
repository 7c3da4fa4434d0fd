"""BLOOM in torch, written by hand from the paper. Nothing here knows the ledger."""

from __future__ import annotations

from torch import Tensor

from .attention import AlibiAttention
from .layers import FeedForward, Frame, LayerNorm, PreNormLayer, gelu


class Bloom(Frame):
    """BLOOM (Scao et al. 2022, sec. 3.2.2): pre-norm, ALiBi, and a norm right after the embedding."""

    def __init__(
        self, *, n_layers: int, d_model: int, n_heads: int, d_head: int, d_ff: int, n_vocab: int, tied: bool = True
    ) -> None:
        layers = (
            PreNormLayer(AlibiAttention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, gelu), d_model)
            for _ in range(n_layers)
        )
        super().__init__(n_vocab, d_model, layers, LayerNorm(d_model), tied)
        self.embedding_norm = LayerNorm(d_model)

    def embedded(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.embedding_norm(super().embedded(tokens))
        return out
