"""Gemma 4: global attention with heads of another width, and optional experts beside the feed-forward."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.blocks.attention import Heads, attention, head_norms
from paramcount.blocks.decoder import norms
from paramcount.blocks.experts import stacked_experts
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.roles import ROUTER
from paramcount.blocks.stacks import stacks
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.gemma import GEMMA, around
from paramcount.models.decoders.gemma3n import (
    KEYLESS,
    keys_and_values,
    layer_embeddings,
    layer_input,
    without_keys_and_values,
)

FULL, SLIDING = "full_attention", "sliding_attention"
GLOBAL_HEAD_DIM = 512  # transformers 5.23.0, Gemma4TextConfig.__post_init__


class Widths(NamedTuple):
    """What layers of one kind of attention use instead of the config's head_dim and num_key_value_heads."""

    d_head: Size
    n_kv_heads: Size


def gemma4(c: Config) -> Parts:
    """Gemma 4's text model, as in transformers 5.23.0's class."""
    width = c.size("hidden_size_per_layer_input", least=0)
    if not width:
        return _decoder(c, (), _experts(c))
    embeddings = layer_embeddings(c, c.layers(), width, "per_layer_projection_norm")
    return _decoder(c, embeddings, (*layer_input(c, width), *_experts(c)))


def gemma4_unified(c: Config) -> Parts:
    """Gemma 4's unified text model, without embeddings for the layers or experts."""
    return _decoder(c, (), ())


def _decoder(c: Config, embeddings: Parts, more: Parts) -> Parts:
    """The decoder with second *embeddings* and with *more* in every layer."""
    n_layers, d_model = c.layers(), c.size("hidden_size")
    types = layer_types(c, n_layers)
    widths = {kind: _widths(c, kind, types) for kind in dict.fromkeys(types)}
    taking = keys_and_values(c, n_layers)
    if set(types) - {kind for kind, kv in zip(types, taking, strict=True) if kv != KEYLESS}:
        raise c.refuse(
            "num_kv_shared_layers", "valid: fewer, since every kind of attention needs a layer with its own keys"
        )

    def layer(kind: str) -> Parts:
        attending, kv = kind.split()
        own_type = FULL if attending == "full" else SLIDING
        return (*_attention(c, own_type, widths[own_type], kv), *_feed_forward(c, kv), *around(c), *more)

    kinds = [f"{kind.removesuffix('_attention')} {kv}" for kind, kv in zip(types, taking, strict=True)]
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *embeddings,
        *stacks(c, "layers", kinds, layer, n_layers),
        rms_norm("norm", d_model, "final norm"),
    )


def layer_types(c: Config, n_layers: int) -> list[str]:
    """Full or sliding attention for each layer: as listed, or every sixth is full; the last always is."""
    types = c.list_of("layer_types", n_layers)
    if types is None:
        types = [SLIDING if (place + 1) % 6 else FULL for place in range(n_layers)]
    if set(types) - {FULL, SLIDING}:
        raise c.refuse("layer_types", f"valid: {FULL} or {SLIDING} for each layer")
    c.goes_on = False  # the last is full regardless of the pattern
    return [*types[:-1], FULL]


def _widths(c: Config, kind: str, types: list[str]) -> Widths:
    """The widths of layers of *kind*: those in per_layer_config, or for full attention the global ones."""
    own = Widths(c.size("head_dim"), c.size("num_key_value_heads"))
    if "per_layer_config" in c.given:
        return _stated(c, kind, types, own)
    if kind == SLIDING:
        return own
    is_given = "global_head_dim" in c.given
    d_head = c.size("global_head_dim") if is_given else c.named("d_global_head", GLOBAL_HEAD_DIM, "by default")
    n_kv_heads = c.size_or_none("num_global_key_value_heads") if c.flag("attention_k_eq_v") else None
    return Widths(d_head, n_kv_heads or own.n_kv_heads)


def _stated(c: Config, kind: str, types: list[str], own: Widths) -> Widths:
    overrides = _overrides(c, len(types))
    found = [overrides.get(place, {}) for place, one in enumerate(types) if one == kind]
    if any(one != found[0] for one in found):
        raise c.refuse("per_layer_config", f"valid: the same for all {kind} layers")
    short = kind.removesuffix("_attention")
    d_head, n_kv_heads = found[0].get("head_dim"), found[0].get("num_key_value_heads")
    return Widths(
        c.named(f"d_{short}_head", d_head, "per_layer_config") if d_head else own.d_head,
        c.named(f"n_{short}_kv_heads", n_kv_heads, "per_layer_config") if n_kv_heads else own.n_kv_heads,
    )


def _overrides(c: Config, n_layers: int) -> dict[int, dict[str, int]]:
    """per_layer_config by layer number; raises ConfigError if it changes anything but heads."""
    stated = c.get("per_layer_config") or {}
    valid = "valid: layer numbers with whole numbers under head_dim and num_key_value_heads"
    try:
        overrides = {int(place): dict(own) for place, own in stated.items()}
    except (AttributeError, TypeError, ValueError):
        raise c.refuse("per_layer_config", valid) from None
    for place, own in overrides.items():
        numbers = all(type(number) is int and number > 0 for number in own.values())
        if not numbers or not 0 <= place < n_layers or set(own) - {"head_dim", "num_key_value_heads"}:
            raise c.refuse("per_layer_config", valid)
    return overrides


def _attention(c: Config, kind: str, widths: Widths, kv: str) -> Parts:
    bias = c.flag("attention_bias")
    h = Heads(c.size("hidden_size"), c.size("num_attention_heads"), widths.n_kv_heads, widths.d_head)
    parts = (*attention(h, bias, bias), *head_norms(h))
    if kv == KEYLESS:
        return without_keys_and_values(parts)
    if c.flag("attention_k_eq_v") and kind == FULL:
        return tuple(part for part in parts if part.name != "self_attn.v_proj")
    return parts


def _feed_forward(c: Config, kv: str) -> Parts:
    wide = c.flag("use_double_wide_mlp") and kv == KEYLESS
    d_ff = c.size("intermediate_size")
    return gated(c.size("hidden_size"), d_ff * 2 if wide else d_ff)


def _experts(c: Config) -> Parts:
    """Experts beside the feed-forward, a router with its own scales, and norms."""
    if not c.flag("enable_moe_block"):
        return ()
    d_model, n_experts, n_active = c.size("hidden_size"), c.size("num_experts"), c.size("top_k_experts")
    c.at_most("top_k_experts", "num_experts")
    return (
        dense("router.proj", "router", d_model, n_experts, role=ROUTER),
        bare("router.scale", "router", d_model),
        bare("router.per_expert_scale", "router", n_experts),
        *stacked_experts(d_model, c.size("moe_intermediate_size"), n_experts, n_active, "experts"),
        *norms(c, "post_feedforward_layernorm_1", "post_feedforward_layernorm_2", "pre_feedforward_layernorm_2"),
    )


GEMMA4 = GEMMA._replace(
    summary="Gemma's decoder with different heads in global layers, shared keys and values, and optional experts",
    source="transformers 5.23.0",
    body=gemma4,
    counts=("per_layer_config",),
)
GEMMA4_UNIFIED = GEMMA4._replace(
    summary="Gemma's decoder with different heads in global layers and shared keys and values", body=gemma4_unified
)
