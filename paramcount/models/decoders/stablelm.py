"""StableLM: Llama with LayerNorm, optionally parallel."""

from __future__ import annotations

from paramcount.blocks.attention import attention, even_heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.llama import LIKE_LLAMA


def stablelm(c: Config) -> Parts:
    """Bellagente et al. 2024, sec. 3: one LayerNorm if attention and feed-forward are parallel, else two."""
    d_model, h = c.size("hidden_size"), even_heads(c)
    layer = (*attention(h, c.flag("use_qkv_bias")), *gated_feed_forward(c), layer_norm("input_layernorm", d_model))
    if not c.flag("use_parallel_residual"):
        layer += (layer_norm("post_attention_layernorm", d_model),)
    if c.flag("qk_layernorm"):
        layer += (_norm_a_head("q", h.n_heads, h.d_head), _norm_a_head("k", h.n_kv_heads, h.d_head))
    return decoder(c, layer, last=last_norm(c))


def _norm_a_head(own: str, n_heads: Size, d_head: Size) -> Stack:
    return Stack(f"self_attn.{own}_layernorm.norms", n_heads, (layer_norm("", d_head, bias=False),))


STABLELM = LIKE_LLAMA._replace(
    summary="Llama's decoder with LayerNorm",
    source="Bellagente et al. 2024, sec. 3",
    body=stablelm,
)
