"""GPT-NeoX and PaLM in torch, with parallel attention and feed-forward, written by hand from the papers.

Nothing here knows the ledger.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from .attention import RotaryAttention
from .layers import FeedForward, Frame, GatedFeedForward, LayerNorm, PreNormLayer, exact_gelu, parameter


class QuarterRotaryAttention(RotaryAttention):
    """Rotates a quarter of each head (Black et al. 2022, sec. 2.1)."""

    ROTARY_PCT = 0.25


class ParallelLayer(PreNormLayer):
    """x + Attn(LN1(x)) + FF(LN2(x)) (Black et al. 2022, sec. 2.1, where two norms were kept by an oversight)."""

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.attention(self.norm_1(x)) + self.feed_forward(self.norm_2(x))
        return out


class GPTNeoX(Frame):
    """GPT-NeoX-20B (Black et al. 2022, sec. 2.1) and Pythia (Biderman et al. 2023, sec. 2.2)."""

    def __init__(
        self, *, n_layers: int, d_model: int, n_heads: int, d_head: int, d_ff: int, n_vocab: int, tied: bool = False
    ) -> None:
        layers = (
            ParallelLayer(
                QuarterRotaryAttention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, exact_gelu), d_model
            )
            for _ in range(n_layers)
        )
        super().__init__(n_vocab, d_model, layers, LayerNorm(d_model), tied)


class UnbiasedLayerNorm(nn.Module):
    """Layer normalisation with a gain only: PaLM's norms have no biases (Chowdhery et al. 2022, sec. 2)."""

    EPSILON = 1e-6

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = parameter(d_model)

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, self.gain.shape, self.gain, None, self.EPSILON)


class OneNormLayer(nn.Module):
    """y = x + MLP(LN(x)) + Attention(LN(x)), with a single norm (Chowdhery et al. 2022, sec. 2)."""

    def __init__(self, attention: nn.Module, feed_forward: nn.Module, d_model: int) -> None:
        super().__init__()
        self.attention = attention
        self.feed_forward = feed_forward
        self.norm = UnbiasedLayerNorm(d_model)

    def forward(self, x: Tensor) -> Tensor:
        read = self.norm(x)
        out: Tensor = x + self.attention(read) + self.feed_forward(read)
        return out


class PaLM(Frame):
    """PaLM (Chowdhery et al. 2022, sec. 2): multi-query attention, SwiGLU, rotary positions, no biases.

    With a shared embedding, logits are scaled by 1 / √d_model (sec. 5).
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
        tied: bool = True,
    ) -> None:
        layers = (
            OneNormLayer(
                RotaryAttention(d_model, n_heads, d_head, bias=False, n_kv_heads=n_kv_heads),
                GatedFeedForward(d_model, d_ff),
                d_model,
            )
            for _ in range(n_layers)
        )
        super().__init__(n_vocab, d_model, layers, UnbiasedLayerNorm(d_model), tied)
        self.logit_scale = d_model**-0.5 if tied else 1.0

    def forward(self, tokens: Tensor) -> Tensor:
        return super().forward(tokens) * self.logit_scale
