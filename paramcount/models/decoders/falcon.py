"""Falcon: fused attention with one or a few keys and values."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.bloom import BLOOM
from paramcount.models.decoders.gpt_neox import UP_AND_DOWN, fused_attention, norms_of, tokens


def falcon(c: Config) -> Parts:
    """Almazrouei et al. 2023: keys and values for one head, for some or for all, and no biases unless given."""
    _refuse_unread(c)
    d_model, bias = whole_heads(c), c.flag("bias")
    d_ff = c.size_or_none("ffn_hidden_size") or 4 * d_model
    attn = fused_attention("self_attention", d_model, _falcon_qkv(c), bias)
    layer = (*_falcon_norms(c), *attn, *plain(d_model, d_ff, bias, names=UP_AND_DOWN))
    return (tokens(c), Stack("h", c.size("num_hidden_layers"), layer), *last_norm(c, "ln_f"))


def _falcon_qkv(c: Config) -> Sized:
    """The width of queries, keys and values together; num_kv_heads is read in the new decoder alone."""
    d_model, d_head = c.size("hidden_size"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    d_kv: Size = d_head if c.flag("multi_query") else d_model
    if c.flag("new_decoder_architecture"):
        d_kv = d_head * (c.size_or_none("num_kv_heads") or c.size("num_attention_heads"))
    d_qkv: Sized = d_model + 2 * d_kv
    return d_qkv


def _falcon_norms(c: Config) -> Parts:
    """One norm for attention and feed-forward side by side, or one each."""
    d_model = c.size("hidden_size")
    if not c.flag("parallel_attn"):
        return norms_of(d_model)
    n_norms = c.size_or_none("num_ln_in_parallel_attn") or (2 if c.flag("new_decoder_architecture") else 1)
    if n_norms == 2:
        return layer_norm("ln_attn", d_model), layer_norm("ln_mlp", d_model)
    return (layer_norm("input_layernorm", d_model),)


def _refuse_unread(c: Config) -> None:
    """Sizes under the keys of Falcon's first release, which transformers' class passes over for its defaults."""
    read = {"n_layer": "num_hidden_layers", "n_head": "num_attention_heads", "n_head_kv": "num_kv_heads"}
    for old, new in read.items():
        if c.get(old) not in (None, c.get(new)):
            raise c.refuse(old, f"transformers' class reads no such key; valid: {new}")


FALCON = BLOOM._replace(
    summary="decoder with few heads of keys and values, attention and feed-forward side by side",
    source="Almazrouei et al. 2023, and transformers 5.23.0, FalconModel",
    body=falcon,
)
