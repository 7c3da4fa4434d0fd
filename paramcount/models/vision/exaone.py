"""EXAONE 4.5's image and video tower: Qwen2.5-VL's, with heads that share keys and values."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, fused_attention
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.vision.qwen_vl import FUSED, QWEN2_5_VL, SEEING_QWEN2, gated_tower


def exaone4_5(c: Config) -> Parts:
    """transformers 5.23.0: queries, keys and values of grouped heads in one map."""
    n_heads, d_head = c.size("num_heads"), c.quotient("d_head", "hidden_size", "num_heads", rest=True)
    h = Heads(c.size("hidden_size"), n_heads, c.size("num_key_value_heads"), d_head)
    return gated_tower(c, fused_attention(h, "attn", FUSED, True, True))


EXAONE4_5_VISION = QWEN2_5_VL._replace(
    summary="Qwen2.5-VL's tower with grouped queries", source="transformers 5.23.0", body=exaone4_5
)
EXAONE4_5 = SEEING_QWEN2._replace(
    summary="a vision tower whose merger is its projector, and EXAONE 4", source="transformers 5.23.0"
)
