"""GLaM in torch, written by hand from the paper. Nothing here knows the ledger."""

from __future__ import annotations

from itertools import zip_longest

import torch
from torch import Tensor, nn

from .attention import Attention, distances
from .layers import Frame, RMSLayer, RMSNorm, gelu, parameter
from .llama import ExpertLayer


class BiasedAttention(Attention):
    """Attention with a bias on each score, by head and by distance to the key (Du et al. 2021, sec. 4).

    The paper does not say how distances share rows; here each has its own, and all further ones use the last.
    """

    def __init__(self, d_model: int, n_heads: int, d_head: int, n_buckets: int) -> None:
        super().__init__(d_model, n_heads, d_head, bias=False)
        self.relative_bias = parameter(n_buckets, n_heads)

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        scores = super().scores(q, k)
        rows = distances(scores).clamp(0, len(self.relative_bias) - 1)  # (t, t)
        return scores + self.relative_bias[rows].permute(2, 0, 1)


class GatedGelu(nn.Module):
    """FFN(x) = (GELU(x W_gate) ⊗ x W_up) W_down (Shazeer 2020, eq. 6)."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.W_gate = parameter(d_model, d_ff)
        self.W_up = parameter(d_model, d_ff)
        self.W_down = parameter(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        return gelu(x @ self.W_gate) * (x @ self.W_up) @ self.W_down


class PlainExperts(nn.Module):
    """The sum of n_active of n_experts feed-forwards, weighted by the router's softmax over all (sec. 4)."""

    def __init__(self, d_model: int, d_ff: int, n_experts: int, n_active: int) -> None:
        super().__init__()
        self.n_active = n_active
        self.W_router = parameter(d_model, n_experts)
        self.W_1 = parameter(n_experts, d_model, d_ff)
        self.W_2 = parameter(n_experts, d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        weights = (x @ self.W_router).softmax(dim=2)  # (b, t, n_experts)
        chosen = weights.topk(self.n_active, dim=2)
        kept = torch.zeros_like(weights).scatter(2, chosen.indices, chosen.values)
        each = gelu(x[:, None] @ self.W_1) @ self.W_2  # (b, n_experts, t, d_model)
        return (kept.transpose(1, 2)[..., None] * each).sum(dim=1)


class GLaM(Frame):
    """GLaM (Du et al. 2021, sec. 4): layers with a gated feed-forward alternate with layers with experts."""

    def __init__(
        self,
        *,
        n_layers: int,
        n_sparse_layers: int,
        d_model: int,
        n_heads: int,
        d_head: int,
        d_ff: int,
        n_vocab: int,
        n_experts: int,
        n_active_experts: int,
        n_buckets: int,
        tied: bool = True,
    ) -> None:
        super().__init__(n_vocab, d_model, (), RMSNorm(d_model), tied)

        def attention() -> nn.Module:
            return BiasedAttention(d_model, n_heads, d_head, n_buckets)

        n_dense = n_layers - n_sparse_layers
        self.dense_layers = nn.ModuleList(
            RMSLayer(attention(), GatedGelu(d_model, d_ff), d_model) for _ in range(n_dense)
        )
        self.sparse_layers = nn.ModuleList(
            ExpertLayer(attention(), PlainExperts(d_model, d_ff, n_experts, n_active_experts), d_model)
            for _ in range(n_sparse_layers)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedded(tokens)
        for dense, sparse in zip_longest(self.dense_layers, self.sparse_layers):
            for layer in filter(None, (dense, sparse)):
                x = layer(x)
        logits: Tensor = self.output_head(self.final_norm(x))
        return logits
