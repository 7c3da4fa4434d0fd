"""Decoders of Llama's make: rotary positions, grouped keys and values, RMSNorm and a gated feed-forward."""

from __future__ import annotations

from paramcount.architectures.architecture import HEADS_WITH_SPANS, Architecture, Parts
from paramcount.architectures.parts import attention, bare, dense, gated, heads, heads_stating, rms_norm, table
from paramcount.config import Config
from paramcount.model import Stack


def decoder(c: Config, *layer: Parts, last: Parts | None = None) -> Parts:
    """Tokens, n_layers of the parts of *layer*, and a final RMSNorm or what *last* puts in its place."""
    d_model = c.size("hidden_size")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        Stack("layers", c.size("num_hidden_layers"), tuple(part for parts in layer for part in parts)),
        *((rms_norm("norm", d_model, "final norm"),) if last is None else last),
    )


def norms(c: Config, *names: str) -> Parts:
    """RMSNorms over d_model."""
    return tuple(rms_norm(name, c.size("hidden_size")) for name in names)


def pre_norms(c: Config) -> Parts:
    """A norm before attention and one before the feed-forward."""
    return norms(c, "input_layernorm", "post_attention_layernorm")


def gated_feed_forward(c: Config, bias: bool = False) -> Parts:
    """The gated feed-forward of the config's widths."""
    return gated(c.size("hidden_size"), c.size("intermediate_size"), bias)


def llama(c: Config) -> Parts:
    """Touvron et al. 2023, sec. 2.2; one switch gives all four maps of attention a bias, another the feed-forward."""
    bias = c.flag("attention_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


def mistral(c: Config) -> Parts:
    """Jiang et al. 2023, sec. 2: as Llama, without biases."""
    return decoder(c, attention(heads(c)), gated_feed_forward(c), pre_norms(c))


def ministral(c: Config) -> Parts:
    """As Mistral, where the config has to say how wide a head is."""
    return decoder(c, attention(heads_stating(c, "head_dim")), gated_feed_forward(c), pre_norms(c))


def qwen2(c: Config) -> Parts:
    """Qwen team 2024, sec. 2.2: as Llama, with a bias on queries, keys and values."""
    return decoder(c, attention(heads(c), qkv_bias=True), gated_feed_forward(c), pre_norms(c))


def cwm(c: Config) -> Parts:
    """As Llama, with no bias in attention."""
    return decoder(c, attention(heads(c)), gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


def ernie4_5(c: Config) -> Parts:
    """As Llama, with one switch for the biases of attention and feed-forward."""
    bias = c.flag("use_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c, bias), pre_norms(c))


def seed_oss(c: Config) -> Parts:
    """As Llama, with a switch of its own for the bias of attention's output."""
    attends = attention(heads(c), c.flag("attention_bias"), c.flag("attention_out_bias"))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


def helium(c: Config) -> Parts:
    """As Llama, with attention's output d_model × d_model, however wide the heads are together."""
    d_model = c.size("hidden_size")
    inputs = attention(heads(c), c.flag("attention_bias"))[:3]
    output = dense("self_attn.o_proj", "attention", d_model, d_model)
    return decoder(c, inputs, (output,), gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


def granite_swa(c: Config) -> Parts:
    """As Llama, with an attention sink a head."""
    bias, h = c.flag("attention_bias"), heads(c)
    attends = (*attention(h, bias, bias), bare("self_attn.sinks", "attention", h.n_heads))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


def hyperclovax(c: Config) -> Parts:
    """As Llama, with norms behind attention and feed-forward too where the config asks for them."""
    bias = c.flag("attention_bias")
    post_norms = norms(c, "post_norm1", "post_norm2") if c.flag("use_post_norm") else ()
    feed_forward = gated_feed_forward(c, c.flag("mlp_bias"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_norms(c), post_norms)


def diffllama(c: Config) -> Parts:
    """Ye et al. 2024 on Llama: four vectors a layer, d_head wide, weigh the two maps of differential attention."""
    bias, h = c.flag("attention_bias"), heads(c)
    weights = tuple(bare(f"self_attn.lambda_{own}", "attention", h.d_head) for own in ("q1", "k1", "q2", "k2"))
    return decoder(c, attention(h, bias, bias), weights, gated_feed_forward(c), pre_norms(c))


LLAMA = Architecture(
    summary="decoder with rotary positions, grouped keys and values, RMSNorm and a gated feed-forward",
    source="Touvron et al. 2023, sec. 2.2",
    body=llama,
    heads=HEADS_WITH_SPANS,
    prefixes={"question": "transformer"},
)
LIKE_LLAMA = LLAMA._replace(source="Touvron et al. 2023, sec. 2.2; transformers 5.23.0")
MISTRAL = LLAMA._replace(source="Jiang et al. 2023, sec. 2", body=mistral, prefixes={})
MINISTRAL = LIKE_LLAMA._replace(body=ministral)
MINISTRAL3 = LIKE_LLAMA._replace(body=mistral, prefixes={})
QWEN2 = LLAMA._replace(
    summary="Llama's decoder with a bias on queries, keys and values",
    source="Qwen team 2024, sec. 2.2",
    body=qwen2,
)
CWM = LIKE_LLAMA._replace(body=cwm)
ERNIE4_5 = LIKE_LLAMA._replace(body=ernie4_5)
SEED_OSS = LIKE_LLAMA._replace(body=seed_oss)
HELIUM = LIKE_LLAMA._replace(body=helium)
GRANITE_SWA = LIKE_LLAMA._replace(summary="Llama's decoder with attention sinks", body=granite_swa)
HYPERCLOVAX = LIKE_LLAMA._replace(summary="Llama's decoder with norms before and behind", body=hyperclovax)
DIFFLLAMA = LIKE_LLAMA._replace(
    summary="Llama's decoder with differential attention", source="Ye et al. 2024, sec. 2.1", body=diffllama
)
