"""Persimmon: fused attention with LayerNorm over queries and keys, and an ungated feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.decoder import decoder, pre_layer_norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.starcoder2 import STARCODER2


def persimmon(c: Config) -> Parts:
    """As in transformers 5.23.0's class: queries, keys and values in one map, LayerNorms over queries and keys."""
    h = whole_heads(c)
    attends = fused_attention(h, "self_attn", qkv_bias=True, out_bias=True)
    if c.flag("qk_layernorm"):
        attends += tuple(layer_norm(f"self_attn.{own}_layernorm", h.d_head) for own in "qk")
    feed_forward = plain(h.d_model, c.size("intermediate_size"), names=("dense_h_to_4h", "dense_4h_to_h"))
    return decoder(c, attends, feed_forward, pre_layer_norms(c), last=last_norm(c, "final_layernorm"))


PERSIMMON = STARCODER2._replace(
    summary="decoder with rotary positions, LayerNorm over queries and keys too, and an ungated feed-forward",
    source="transformers 5.23.0",
    body=persimmon,
)
