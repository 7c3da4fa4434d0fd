"""LLaMA, Mistral and Mixtral in torch, written by hand from the papers. Nothing here knows the ledger."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Bands, RotaryAttention
from .layers import Frame, GatedFeedForward, RMSLayer, RMSNorm, parameter


class Llama(Frame):
    """LLaMA (Touvron et al. 2023, sec. 2.2); Mistral with n_kv_heads < n_heads (Jiang et al. 2023, sec. 2).

    *bands* gives each layer's attention pattern, None (dense) or the width of Mistral's sliding window.
    """

    def __init__(
        self,
        *,
        n_layers: int,
        d_model: int,
        n_heads: int,
        n_kv_heads: int,
        d_head: int,
        d_ff: int,
        n_vocab: int,
        tied: bool = False,
        bands: Bands | None = None,
    ) -> None:
        layers = (
            RMSLayer(
                RotaryAttention(d_model, n_heads, d_head, bias=False, band=band, n_kv_heads=n_kv_heads),
                GatedFeedForward(d_model, d_ff),
                d_model,
            )
            for _, band in zip(range(n_layers), bands or [None] * n_layers, strict=True)
        )
        super().__init__(n_vocab, d_model, layers, RMSNorm(d_model), tied)


class Experts(nn.Module):
    """The sum of n_active of n_experts gated feed-forward networks, weighted by a router (Jiang et al. 2024, sec. 2.1).

    All experts are computed and those not chosen weighted with 0: the same sum at a higher price.
    """

    def __init__(self, d_model: int, d_ff: int, n_experts: int, n_active: int) -> None:
        super().__init__()
        self.n_active = n_active
        self.W_router = parameter(d_model, n_experts)
        self.W_gate = parameter(n_experts, d_model, d_ff)
        self.W_up = parameter(n_experts, d_model, d_ff)
        self.W_down = parameter(n_experts, d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        each = x[:, None]  # (b, 1, t, d_model)
        hidden = functional.silu(each @ self.W_gate) * (each @ self.W_up)  # (b, n_experts, t, d_ff)
        weights = self.routed(x).transpose(1, 2)[..., None]  # (b, n_experts, t, 1)
        return (weights * (hidden @ self.W_down)).sum(dim=1)  # (b, t, d_model)

    def routed(self, x: Tensor) -> Tensor:
        """Softmax(TopK(x W_router)), (b, t, n_experts): TopK keeps n_active logits and sets the others to -inf."""
        logits = x @ self.W_router
        chosen = logits.topk(self.n_active, dim=2)
        kept = torch.full_like(logits, float("-inf")).scatter(2, chosen.indices, chosen.values)
        return kept.softmax(dim=2)


class ExpertLayer(nn.Module):
    """A pre-norm layer with experts instead of the feed-forward network."""

    def __init__(self, attention: nn.Module, experts: nn.Module, d_model: int) -> None:
        super().__init__()
        self.attention = attention
        self.experts = experts
        self.norm_1 = RMSNorm(d_model)
        self.norm_2 = RMSNorm(d_model)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm_1(x))
        out: Tensor = x + self.experts(self.norm_2(x))
        return out


class Mixtral(Frame):
    """Mixtral: Mistral with experts in every layer (Jiang et al. 2024, sec. 2)."""

    def __init__(
        self,
        *,
        n_layers: int,
        d_model: int,
        n_heads: int,
        n_kv_heads: int,
        d_head: int,
        d_ff: int,
        n_vocab: int,
        n_experts: int,
        n_active_experts: int,
        tied: bool = False,
    ) -> None:
        layers = (
            ExpertLayer(
                RotaryAttention(d_model, n_heads, d_head, bias=False, n_kv_heads=n_kv_heads),
                Experts(d_model, d_ff, n_experts, n_active_experts),
                d_model,
            )
            for _ in range(n_layers)
        )
        super().__init__(n_vocab, d_model, layers, RMSNorm(d_model), tied)
