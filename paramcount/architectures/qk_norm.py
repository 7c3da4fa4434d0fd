"""Decoders that normalise queries and keys, and those that put norms elsewhere than Llama does."""

from __future__ import annotations

from paramcount.architectures.architecture import Parts
from paramcount.architectures.llama import LIKE_LLAMA, decoder, gated_feed_forward, norms, pre_norms
from paramcount.architectures.parts import (
    attention,
    bare,
    full_norms,
    head_norms,
    heads,
    heads_stating,
    plain,
    rms_norm,
)
from paramcount.config import Config


def post_norms(c: Config) -> Parts:
    """A norm behind attention and one behind the feed-forward."""
    return norms(c, "post_attention_layernorm", "post_feedforward_layernorm")


def qwen3(c: Config) -> Parts:
    """Qwen team 2025, sec. 2: as Qwen2, with norms over queries and keys and the biases switched off."""
    bias, h = c.flag("attention_bias"), heads(c)
    return decoder(c, attention(h, bias, bias), head_norms(h), gated_feed_forward(c), pre_norms(c))


def hunyuan_dense(c: Config) -> Parts:
    """As Qwen3, the norms of queries and keys under other names; the config has to say how wide a head is."""
    bias, h = c.flag("attention_bias"), heads_stating(c, "head_dim")
    qk_norms = head_norms(h, "query_layernorm", "key_layernorm")
    return decoder(c, attention(h, bias, bias), qk_norms, gated_feed_forward(c), pre_norms(c))


def exaone4(c: Config) -> Parts:
    """As Qwen3, with the other norms behind attention and feed-forward instead of before them."""
    h = heads(c)
    return decoder(c, attention(h), head_norms(h), gated_feed_forward(c), post_norms(c))


def olmo(c: Config) -> Parts:
    """Groeneveld et al. 2024, sec. 2.1: as Llama, with norms that have no parameters."""
    bias = c.flag("attention_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c), last=())


def olmo2(c: Config) -> Parts:
    """OLMo team 2024, sec. 2: norms over all queries and all keys, and behind attention and feed-forward."""
    bias, h = c.flag("attention_bias"), heads(c)
    return decoder(c, attention(h, bias, bias), full_norms(h), gated_feed_forward(c), post_norms(c))


def apertus(c: Config) -> Parts:
    """As Qwen3, without a gate; xIELU, the activation that is its default, has two numbers of its own a layer."""
    bias, h = c.flag("attention_bias"), heads(c)
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias=False)
    if c.get("hidden_act") == "xielu":
        feed_forward += tuple(bare(f"mlp.act_fn.alpha_{sign}", "feed-forward", 1) for sign in "pn")
    pre = norms(c, "attention_layernorm", "feedforward_layernorm")
    return decoder(c, attention(h, bias, bias), head_norms(h), feed_forward, pre)


def nanochat(c: Config) -> Parts:
    """Norms without parameters, over queries and keys too, and a feed-forward without a gate."""
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias=False, names=("fc1", "fc2"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, last=())


def arcee(c: Config) -> Parts:
    """As Llama, with a feed-forward without a gate."""
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_norms(c))


def bitnet(c: Config) -> Parts:
    """As Llama, with a norm more before attention's output and one before the feed-forward's."""
    bias, d_ff = c.flag("attention_bias"), c.size("intermediate_size")
    sub_norms = (rms_norm("self_attn.attn_sub_norm", c.size("hidden_size")), rms_norm("mlp.ffn_sub_norm", d_ff))
    return decoder(c, attention(heads(c), bias, bias), sub_norms, gated_feed_forward(c), pre_norms(c))


QWEN3 = LIKE_LLAMA._replace(
    summary="Llama's decoder with norms over queries and keys", source="Qwen team 2025, sec. 2", body=qwen3
)
HUNYUAN_DENSE = QWEN3._replace(source="transformers 5.23.0", body=hunyuan_dense)
EXAONE4 = QWEN3._replace(
    summary="Llama's decoder with norms over queries and keys and behind attention and feed-forward",
    source="transformers 5.23.0",
    body=exaone4,
)
OLMO = LIKE_LLAMA._replace(
    summary="Llama's decoder with norms that have no parameters", source="Groeneveld et al. 2024, sec. 2.1", body=olmo
)
OLMO2 = EXAONE4._replace(source="OLMo team 2024, sec. 2", body=olmo2)
APERTUS = LIKE_LLAMA._replace(
    summary="decoder with norms over queries and keys and a feed-forward without a gate",
    source="transformers 5.23.0",
    body=apertus,
)
NANOCHAT = APERTUS._replace(summary="decoder with norms that have no parameters, without gates", body=nanochat)
ARCEE = APERTUS._replace(summary="Llama's decoder with a feed-forward without a gate", body=arcee)
BITNET = APERTUS._replace(summary="Llama's decoder with norms before the outputs too", body=bitnet)
