"""Decoders with rotary positions and LayerNorm one after the other: StarCoder2, Nemotron, Persimmon, Jais 2."""

from __future__ import annotations

from paramcount.architectures.architecture import Parts
from paramcount.architectures.llama import LIKE_LLAMA, decoder
from paramcount.architectures.parts import Heads, attention, dense, heads, heads_stating, last_norm, layer_norm, plain
from paramcount.config import Config


def pre_layer_norms(c: Config) -> Parts:
    """LayerNorms with a bias before attention and before the feed-forward."""
    d_model = c.size("hidden_size")
    return layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model)


def starcoder2(c: Config) -> Parts:
    """Lozhkov et al. 2024, sec. 7: one switch for all biases, a feed-forward without a gate."""
    bias = c.flag("use_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias, names=("c_fc", "c_proj"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_layer_norms(c), last=last_norm(c))


def nemotron(c: Config) -> Parts:
    """Parmar et al. 2024, sec. 2: squared ReLU, no gate; the config has to state n_kv_heads."""
    return _ungated(c, heads_stating(c, "num_key_value_heads"))


def jais2(c: Config) -> Parts:
    """As Nemotron; n_kv_heads is n_heads where the config states none."""
    return _ungated(c, heads(c))


def _ungated(c: Config, h: Heads) -> Parts:
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(h, bias, bias), feed_forward, pre_layer_norms(c), last=last_norm(c))


def persimmon(c: Config) -> Parts:
    """As transformers 5.23.0's class has it: queries, keys and values in one map, LayerNorms over queries and keys."""
    d_model, d_head = c.size("hidden_size"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    attends: Parts = (
        dense("self_attn.query_key_value", "attention", d_model, 3 * d_model, bias=True),
        dense("self_attn.dense", "attention", d_model, d_model, bias=True),
    )
    if c.flag("qk_layernorm"):
        attends += tuple(layer_norm(f"self_attn.{own}_layernorm", d_head) for own in "qk")
    feed_forward = plain(d_model, c.size("intermediate_size"), names=("dense_h_to_4h", "dense_4h_to_h"))
    return decoder(c, attends, feed_forward, pre_layer_norms(c), last=last_norm(c, "final_layernorm"))


STARCODER2 = LIKE_LLAMA._replace(
    summary="decoder with rotary positions, grouped keys and values, LayerNorm and no gate",
    source="Lozhkov et al. 2024, sec. 7",
    body=starcoder2,
)
NEMOTRON = STARCODER2._replace(source="Parmar et al. 2024, sec. 2", body=nemotron)
JAIS2 = NEMOTRON._replace(source="transformers 5.23.0", body=jais2)
PERSIMMON = STARCODER2._replace(
    summary="decoder with rotary positions, LayerNorm over queries and keys too, and no gate",
    source="transformers 5.23.0",
    body=persimmon,
)
