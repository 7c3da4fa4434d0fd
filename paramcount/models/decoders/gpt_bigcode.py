"""SantaCoder and StarCoder: GPT-2 with one key-value head."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, at_source, attend_across, fused_attention, qkv, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, fused, last_norm, layer_norm
from paramcount.blocks.roles import OUTPUT, QUERY
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, GPT2_HEADS, d_ff_of, layers, norms_of, positions, tokens


def gpt_bigcode(c: Config) -> Parts:
    """GPT-2's decoder in linear maps, with one key-value head for all queries (Ben Allal et al. 2023)."""
    h = whole_heads(c)
    if c.flag("multi_query") and c.flag("add_cross_attention"):
        raise c.refuse("add_cross_attention", "valid: false, or multi_query = false")
    few = h._replace(n_kv_heads=1) if c.flag("multi_query") else h
    attn = fused_attention(few, "attn", ("c_attn", "c_proj"), qkv_bias=True, out_bias=True)
    feed_forward = plain(h.d_model, d_ff_of(c), names=("c_fc", "c_proj"))
    layer = layers(c, norms_of(h.d_model), attn, feed_forward, _cross_attention(c, h))
    return (*tokens(c), positions(c), layer, *last_norm(c, "ln_f"))


def _cross_attention(c: Config, h: Heads) -> Parts:
    """The same in linear maps."""
    if not c.flag("add_cross_attention"):
        return ()
    width = h.n_heads * h.d_head
    return (
        at_source(fused("crossattention.c_attn", "cross-attention", h.d_model, qkv(h)[1:], bias=True)),
        dense("crossattention.q_attn", "cross-attention", h.d_model, width, bias=True, role=QUERY),
        dense("crossattention.c_proj", "cross-attention", width, h.d_model, bias=True, role=OUTPUT),
        attend_across(h),
        layer_norm("ln_cross_attn", h.d_model),
    )


GPT_BIGCODE = GPT2._replace(
    summary="GPT-2's decoder with one key-value head for all queries",
    source="Ben Allal et al. 2023",
    body=gpt_bigcode,
    heads={task: head for task, head in GPT2_HEADS.items() if task != "question"},
)
