"""OPT-350M in torch, which differs from its family, by hand from the released code. Nothing here knows the ledger."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import Attention
from .layers import Embedding, FeedForward, Linear, OutputHead, PostNormLayer, parameter, relu


class OPTProjected(nn.Module):
    """OPT-350M: token vectors of width d_embed projected to d_model and back, post-norm, no final norm, ReLU.

    As in metaseq (Zhang et al. 2022); the position table begins with two unused rows.
    """

    def __init__(
        self,
        *,
        n_layers: int,
        d_model: int,
        n_heads: int,
        d_head: int,
        d_ff: int,
        d_embed: int,
        n_vocab: int,
        n_ctx: int,
        tied: bool = True,
    ) -> None:
        super().__init__()
        self.token_embedding = Embedding(n_vocab, d_embed)
        self.position_embedding = Embedding(2 + n_ctx, d_model)
        self.project_in = Linear(d_embed, d_model, bias=False)
        self.layers = nn.ModuleList(
            PostNormLayer(Attention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, relu), d_model)
            for _ in range(n_layers)
        )
        self.project_out = Linear(d_model, d_embed, bias=False)
        self.output_head = OutputHead(self.token_embedding.weight if tied else parameter(n_vocab, d_embed))

    def forward(self, tokens: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device) + 2  # (t,)
        x = self.project_in(self.token_embedding(tokens)) + self.position_embedding(places)  # (b, t, d_model)
        for layer in self.layers:
            x = layer(x)
        logits: Tensor = self.output_head(self.project_out(x))
        return logits
