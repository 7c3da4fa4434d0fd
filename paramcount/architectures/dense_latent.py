"""Latent attention without experts: MiniCPM3 and Youtu-LLM."""

from __future__ import annotations

from paramcount.architectures.architecture import Parts
from paramcount.architectures.latent import Latent, latent, latent_attention
from paramcount.architectures.llama import LIKE_LLAMA, decoder, gated_feed_forward, pre_norms
from paramcount.config import Config


def minicpm3(c: Config) -> Parts:
    """Llama's decoder with latent attention; d_v is d_model / n_heads where the config gives none."""
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


def youtu(c: Config) -> Parts:
    """Llama's decoder with latent attention."""
    attends = latent_attention(latent(c, q_rank=False), c.flag("attention_bias"))
    return decoder(c, attends, gated_feed_forward(c), pre_norms(c))


MINICPM3 = LIKE_LLAMA._replace(
    summary="Llama's decoder with latent attention",
    source="DeepSeek-AI 2024, sec. 2.1.2; transformers 5.23.0",
    body=minicpm3,
)
YOUTU = MINICPM3._replace(body=youtu)
