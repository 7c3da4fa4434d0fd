"""MiniCPM3: latent attention without experts."""

from __future__ import annotations

from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import Latent, latent_attention
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def minicpm3(c: Config) -> Parts:
    """Llama's decoder with latent attention; d_v defaults to d_model / n_heads."""
    d_model, n_heads, r_q, r_kv = (
        c.size("hidden_size"),
        c.size("num_attention_heads"),
        c.size_or_none("q_lora_rank"),
        c.size("kv_lora_rank"),
    )
    d_v = c.size_or_none("v_head_dim") or c.quotient("d_v", "hidden_size", "num_attention_heads")
    widths = Latent(d_model, n_heads, r_q, r_kv, c.size("qk_nope_head_dim"), c.size("qk_rope_head_dim"), d_v)
    attends = latent_attention(widths, c.flag("attention_bias"))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


MINICPM3 = LIKE_LLAMA._replace(
    summary="Llama's decoder with latent attention",
    source="DeepSeek-AI 2024, sec. 2.1.2; transformers 5.23.0",
    body=minicpm3,
)
