"""Recurrent models that are no state spaces: RWKV, xLSTM and RecurrentGemma."""

from __future__ import annotations

import math

from paramcount.architectures.architecture import Architecture, lm_head, no_head, untied
from paramcount.architectures.mixers import depthwise, follows
from paramcount.architectures.parts import (
    Heads,
    Parts,
    attention,
    bare,
    dense,
    gated,
    layer_norm,
    rms_norm,
    stacks,
    table,
)
from paramcount.blocks.stored import Norm
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.sized import Sized


def rwkv(c: Config) -> Parts:
    """Peng et al. 2023, sec. 3: time mixing and channel mixing; the first layer has a norm more."""
    d_model = c.size("hidden_size")
    kinds = ["first", *["later"] * (c.layers() - 1)]
    ours = (*_time_mixing(c), *_channel_mixing(c), layer_norm("ln1", d_model), layer_norm("ln2", d_model))
    before = layer_norm("pre_ln", d_model, component="embedding norm")
    return (
        table("embeddings", c.size("vocab_size"), d_model),
        *stacks(c, "blocks", kinds, lambda kind: (before, *ours) if kind == "first" else ours, c.layers()),
        layer_norm("ln_out", d_model, component="final norm"),
    )


def _time_mixing(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    width = d_model if c.get("attention_hidden_size") is None else c.size("attention_hidden_size")
    return (
        bare("attention.time_decay", "mixer", width),
        bare("attention.time_first", "mixer", width),
        *(bare(f"attention.time_mix_{own}", "mixer", 1, 1, d_model) for own in ("key", "value", "receptance")),
        *(dense(f"attention.{own}", "mixer", d_model, width) for own in ("key", "value", "receptance")),
        dense("attention.output", "mixer", width, d_model),
    )


def _channel_mixing(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    d_ff = 4 * d_model if c.get("intermediate_size") is None else c.size("intermediate_size")
    return (
        *(bare(f"feed_forward.time_mix_{own}", "feed-forward", 1, 1, d_model) for own in ("key", "receptance")),
        dense("feed_forward.key", "feed-forward", d_model, d_ff),
        dense("feed_forward.receptance", "feed-forward", d_model, d_model),
        dense("feed_forward.value", "feed-forward", d_ff, d_model),
    )


def xlstm(c: Config) -> Parts:
    """Beck et al. 2025: layers of a matrix memory and a gated feed-forward."""
    d_model, bias = c.size("hidden_size"), c.flag("use_bias")
    width = d_model if c.get("embedding_dim") is None else c.size("embedding_dim")
    layers = "num_hidden_layers" if c.get("num_blocks") is None else "num_blocks"
    norms = (Part(f"norm_{own}", "norm", Norm(d_model, bias)) for own in ("mlstm", "ffn"))
    return (
        table("embeddings", c.size("vocab_size"), width),
        Stack("blocks", c.size(layers), (*_matrix_memory(c), *_xlstm_feed(c), *norms)),
        rms_norm("out_norm", d_model, "final norm"),
    )


def _is_fused(c: Config) -> bool:
    if c.get("weight_mode") not in ("single", "fused"):
        raise c.refuse("weight_mode", "valid: single, fused")
    return bool(c.get("weight_mode") == "fused")


def _matrix_memory(c: Config) -> Parts:
    d_model, n_heads, bias = c.size("hidden_size"), c.size("num_heads"), c.flag("use_bias")
    d_v, d_k = _scaled(c, "d_v", "v_dim_factor"), _scaled(c, "d_qk", "qk_dim_factor")
    if d_v % n_heads:
        raise c.refuse("num_heads", f"valid: a divisor of hidden_size · v_dim_factor = {d_v}")
    maps = {"q": d_k, "k": d_k, "v": d_v, "ogate_preact": d_v}
    gates = {"igate_preact": n_heads, "fgate_preact": n_heads}
    if _is_fused(c):
        maps, gates = {"qkv_opreact": 2 * d_k + 2 * d_v}, {"ifgate_preact": 2 * n_heads}
    return (
        *(dense(f"mlstm_layer.{own}", "mixer", d_model, d_out, bias) for own, d_out in maps.items()),
        *(dense(f"mlstm_layer.{own}", "mixer", d_model, d_out, bias=True) for own, d_out in gates.items()),
        Part("mlstm_layer.multihead_norm", "norm", Norm(d_v, bias)),
        dense("mlstm_layer.out_proj", "mixer", d_v, d_model, bias),
    )


def _scaled(c: Config, name: str, key: str) -> Sized:
    return c.named(name, int(c.size("hidden_size") * _factor(c, key)), f"hidden_size · {key}, rounded down")


def _factor(c: Config, key: str) -> float:
    factor = c.get(key)
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor < 1e6:
        raise c.refuse(key, "valid: a number above 0")
    return float(factor)


def _xlstm_feed(c: Config) -> Parts:
    d_model, bias, step = c.size("hidden_size"), c.flag("use_bias"), c.size("ffn_round_up_to_multiple_of")
    width = int(((int(d_model) * _factor(c, "ffn_proj_factor") + step - 1) // step) * step)
    d_ff = c.named("d_ff", width, "hidden_size · ffn_proj_factor, up to a multiple of ffn_round_up_to_multiple_of")
    ups = {"proj_up_gate_z": 2 * d_ff} if _is_fused(c) else {"proj_up_gate": d_ff, "proj_up": d_ff}
    return (
        *(dense(f"ffn.{own}", "feed-forward", d_model, d_out, bias) for own, d_out in ups.items()),
        dense("ffn.proj_down", "feed-forward", d_ff, d_model, bias),
    )


def recurrent_gemma(c: Config) -> Parts:
    """De et al. 2024, sec. 2: a linear recurrence in two layers of three, local attention in the third."""
    follows(c, "layers_block_type")
    d_model = c.size("hidden_size")
    width = c.named("d_gate", c.size("intermediate_size") // 2, "intermediate_size / 2, rounded down")
    common = (
        *gated(d_model, width, bias=True, name="mlp_block"),
        rms_norm("temporal_pre_norm", d_model),
        rms_norm("channel_pre_norm", d_model),
    )
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", _blocks(c), lambda kind: (*MIXERS[kind](c), *common), c.layers()),
        rms_norm("final_norm", d_model, "final norm"),
    )


def _blocks(c: Config) -> list[str]:
    """The kinds of block_types over and over."""
    kinds, n_layers = c.get("block_types"), c.layers()
    if not isinstance(kinds, list) or not kinds or set(kinds) - set(MIXERS):
        raise c.refuse("block_types", f"valid: a list of {' and '.join(MIXERS)}")
    if n_layers > 100 * len(kinds):  # which is how often the class repeats them
        raise c.refuse("block_types", f"valid: at least {math.ceil(n_layers / 100)} for {n_layers} layers")
    return [kinds[at % len(kinds)] for at in range(n_layers)]


def _local_attention(c: Config) -> Parts:
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    n_kv_heads = c.size_or_none("num_key_value_heads") or n_heads
    if n_kv_heads > n_heads:
        raise c.refuse("num_key_value_heads", f"valid: up to num_attention_heads = {n_heads}")
    d_head = c.size("head_dim") if "head_dim" in c.given else c.quotient("d_head", "hidden_size", "num_attention_heads")
    h = Heads(d_model, n_heads, n_kv_heads, d_head)
    return attention(h, c.flag("attention_bias"), out_bias=True, name="temporal_block")


def _recurrence(c: Config) -> Parts:
    """A recurrence whose gates are maps within each of n_heads blocks (De et al. 2024, sec. 2.4)."""
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    width = c.size_or_none("lru_width") or d_model
    if width % n_heads:
        raise c.refuse("num_attention_heads", f"valid: a divisor of the recurrence's width, {width}")
    d_block = c.named("d_block", width // n_heads, "lru_width, or hidden_size, / num_attention_heads")
    name = "temporal_block"
    return (
        dense(f"{name}.linear_y", "mixer", d_model, width, bias=True),
        dense(f"{name}.linear_x", "mixer", d_model, width, bias=True),
        dense(f"{name}.linear_out", "mixer", width, d_model, bias=True),
        depthwise(f"{name}.conv_1d", width, c.size("conv1d_width"), bias=True),
        bare(f"{name}.rg_lru.recurrent_param", "mixer", width),
        *(bare(f"{name}.rg_lru.{own}_gate_weight", "mixer", n_heads, d_block, d_block) for own in GATES),
        *(bare(f"{name}.rg_lru.{own}_gate_bias", "mixer", n_heads, d_block) for own in GATES),
    )


GATES = ("input", "recurrent")
MIXERS = {"recurrent": _recurrence, "attention": _local_attention}

RWKV = Architecture(
    summary="time mixing and channel mixing, without attention",
    source="Peng et al. 2023, sec. 3",
    body=rwkv,
    heads={"base": no_head, "causal": lm_head("embeddings", "head")},
    prefix="rwkv",
)
XLSTM = Architecture(
    summary="layers of a matrix memory and a gated feed-forward, without attention",
    source="Beck et al. 2025; transformers 5.23.0, models/xlstm",
    body=xlstm,
    heads={"base": no_head, "causal": untied},
    prefix="backbone",
)
RECURRENT_GEMMA = Architecture(
    summary="a gated linear recurrence in two layers of three, local attention in the third",
    source="De et al. 2024, sec. 2",
    body=recurrent_gemma,
    heads={"base": no_head, "causal": lm_head()},
)
