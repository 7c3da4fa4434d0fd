"""BERT and RoBERTa in torch, written by hand from the papers. Nothing here knows the ledger."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import BidirectionalAttention
from .layers import Embedding, FeedForward, LayerNorm, Linear, PostNormLayer, exact_gelu


class BertNorm(LayerNorm):
    """Layer normalisation with the epsilon of BERT's released code."""

    EPSILON = 1e-12


class BertLayer(PostNormLayer):
    """A post-norm layer with BERT's epsilon."""

    norm = BertNorm


class Bert(nn.Module):
    """BERT (Devlin et al. 2018, sec. 3): tokens (b, t) -> hidden states (b, t, d_model) and, pooled, (b, d_model).

    *segments*, (b, t), gives each token's sentence; by default all are in the first.
    """

    layer: type[PostNormLayer] = BertLayer
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
        n_segments: int,
        pooler: bool = True,
    ) -> None:
        super().__init__()
        self.token_embedding = Embedding(n_vocab, d_model)
        self.position_embedding = Embedding(self.first_position + n_ctx, d_model)
        self.segment_embedding = Embedding(n_segments, d_model)
        self.embedding_norm = self.layer.norm(d_model)
        self.layers = nn.ModuleList(
            self.layer(
                BidirectionalAttention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, exact_gelu), d_model
            )
            for _ in range(n_layers)
        )
        self.pooler = Linear(d_model, d_model) if pooler else None

    def forward(self, tokens: Tensor, segments: Tensor | None = None) -> tuple[Tensor, ...]:
        places = torch.arange(tokens.shape[1], device=tokens.device) + self.first_position  # (t,)
        x = self.token_embedding(tokens) + self.position_embedding(places)  # (b, t, d_model)
        x = x + self.segment_embedding(torch.zeros_like(tokens) if segments is None else segments)
        x = self.embedding_norm(x)
        for layer in self.layers:
            x = layer(x)
        return (x,) if self.pooler is None else (x, self.pooler(x[:, 0]).tanh())


class Roberta(Bert):
    """RoBERTa: BERT with positions from 2 (Liu et al. 2019; fairseq leaves the rows up to the padding's unused)."""

    layer = PostNormLayer
    first_position = 2
