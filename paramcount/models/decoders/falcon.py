"""Falcon: fused attention with one or a few key-value heads."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.bloom import BLOOM
from paramcount.models.decoders.gpt_neox import UP_AND_DOWN, norms_of, tokens


def falcon(c: Config) -> Parts:
    """Almazrouei et al. 2023: one, some or all key-value heads, and no biases unless given."""
    _refuse_unread(c)
    d_model, bias = c.size("hidden_size"), c.flag("bias")
    d_ff = c.size_or_none("ffn_hidden_size") or c.tied("d_ff", 4 * d_model)
    attn = fused_attention(_heads(c), "self_attention", qkv_bias=bias, out_bias=bias)
    layer = (*_falcon_norms(c), *attn, *plain(d_model, d_ff, bias, names=UP_AND_DOWN))
    return (tokens(c), Stack("h", c.size("num_hidden_layers"), layer), *last_norm(c, "ln_f"))


def _heads(c: Config) -> Heads:
    """One key-value head for all queries, or as many as queries; only the new decoder reads num_kv_heads."""
    h, multi_query = whole_heads(c), c.flag("multi_query")
    if c.flag("new_decoder_architecture"):
        return h._replace(n_kv_heads=c.size_or_none("num_kv_heads") or h.n_heads)
    return h._replace(n_kv_heads=1) if multi_query else h


def _falcon_norms(c: Config) -> Parts:
    """One norm for parallel attention and feed-forward, or one each."""
    d_model = c.size("hidden_size")
    if not c.flag("parallel_attn"):
        return norms_of(d_model)
    n_norms = c.size_or_none("num_ln_in_parallel_attn") or (2 if c.flag("new_decoder_architecture") else 1)
    if n_norms == 2:
        return layer_norm("ln_attn", d_model), layer_norm("ln_mlp", d_model)
    return (layer_norm("input_layernorm", d_model),)


def _refuse_unread(c: Config) -> None:
    """Refuse the size keys of Falcon's first release, which transformers' class ignores."""
    read = {"n_layer": "num_hidden_layers", "n_head": "num_attention_heads", "n_head_kv": "num_kv_heads"}
    for old, new in read.items():
        if c.get(old) not in (None, c.get(new)):
            raise c.refuse(old, f"valid: {new}, the key that transformers' class reads")


FALCON = BLOOM._replace(
    summary="decoder with few key-value heads and parallel attention and feed-forward",
    source="Almazrouei et al. 2023, and transformers 5.23.0, FalconModel",
    body=falcon,
)
