"""SantaCoder and StarCoder: GPT-2 with one head of keys and values."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, GPT2_HEADS, d_ff_of, layers, norms_of, positions, tokens


def gpt_bigcode(c: Config) -> Parts:
    """GPT-2's decoder in linear maps, with one head of keys and values for all queries (Ben Allal et al. 2023)."""
    d_model = whole_heads(c)
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads")
    if c.flag("multi_query") and c.flag("add_cross_attention"):
        raise c.refuse("add_cross_attention", "valid: false, or multi_query = false")
    d_kv = d_head if c.flag("multi_query") else d_model
    attn = (
        dense("attn.c_attn", "attention", d_model, d_model + 2 * d_kv, bias=True),
        dense("attn.c_proj", "attention", d_model, d_model, bias=True),
    )
    feed_forward = plain(d_model, d_ff_of(c), names=("c_fc", "c_proj"))
    layer = layers(c, norms_of(d_model), attn, feed_forward, _cross_attention(c))
    return (*tokens(c), positions(c), layer, *last_norm(c, "ln_f"))


def _cross_attention(c: Config) -> Parts:
    """The same in linear maps."""
    if not c.flag("add_cross_attention"):
        return ()
    d_model = c.size("hidden_size")
    return (
        dense("crossattention.c_attn", "cross-attention", d_model, 2 * d_model, bias=True),
        dense("crossattention.q_attn", "cross-attention", d_model, d_model, bias=True),
        dense("crossattention.c_proj", "cross-attention", d_model, d_model, bias=True),
        layer_norm("ln_cross_attn", d_model),
    )


GPT_BIGCODE = GPT2._replace(
    summary="GPT-2's decoder with one head of keys and values for all queries",
    source="Ben Allal et al. 2023",
    body=gpt_bigcode,
    heads={task: head for task, head in GPT2_HEADS.items() if task != "question"},
)
