"""Decoders of Qwen-MoE's make: experts of a width of their own, in some layers or in all."""

from __future__ import annotations

from paramcount.architectures.architecture import HEADS_WITH_SPANS, Architecture
from paramcount.architectures.experts import (
    every,
    feed_forward,
    listed,
    mixture,
    periodic,
    routing,
    shared,
    sparse,
    without_prediction,
)
from paramcount.architectures.llama import decoder, pre_norms
from paramcount.architectures.parts import Parts, attention, bare, dense, head_norms, heads, rms_norm
from paramcount.config import Config


def fine_grained(c: Config) -> Parts:
    """Routed experts of a width of their own, and none that is shared."""
    return mixture(c, routing(c), c.size("moe_intermediate_size"))


def qwen2_moe(c: Config) -> Parts:
    """Qwen team 2024, sec. 2.2: routed experts beside a shared one, whose output a sigmoid gates."""
    common = (attention(heads(c), c.flag("qkv_bias")), pre_norms(c))
    return sparse(c, periodic(c), {"dense": feed_forward, "sparse": with_gated_shared}, *common)


def with_gated_shared(c: Config) -> Parts:
    """Routed experts beside a shared one whose output a sigmoid gates."""
    gate = dense("mlp.shared_expert_gate", "shared experts", c.size("hidden_size"), 1)
    return (*_with_shared(c), gate)


def _with_shared(c: Config) -> Parts:
    width = c.size("shared_expert_intermediate_size", least=0)
    return (*fine_grained(c), *shared(c, width, "mlp.shared_expert"))


def qwen3_moe(c: Config) -> Parts:
    """Qwen team 2025, sec. 2: norms over each head's query and key, and no shared expert."""
    return sparse(c, periodic(c), {"dense": feed_forward, "sparse": fine_grained}, *_normed(c))


def mellum(c: Config) -> Parts:
    """As Qwen3-MoE, the layers that have experts in a list."""
    without_prediction(c, "num_mtp_layers")
    return sparse(c, listed(c, every), {"dense": feed_forward, "sparse": fine_grained}, *_normed(c))


def flint(c: Config) -> Parts:
    """As Qwen3-MoE, with a shared expert that is not gated, and a sink for each head."""
    sinks = (bare("self_attn.sinks", "attention", c.size("num_attention_heads")),)
    kinds = periodic(c)
    if c.get("mlp_only_layers") is None:
        kinds[:2] = ["dense"] * len(kinds[:2])
    return sparse(c, kinds, {"dense": feed_forward, "sparse": _with_shared}, *_normed(c), sinks)


def beam(c: Config) -> Parts:
    """As Qwen3-MoE, with gated attention and four norms a layer; the first three layers are dense."""
    h = heads(c)
    gate = (
        dense("self_attn.gate_proj", "attention", h.d_model, h.n_heads * h.d_head),
        bare("self_attn.gate_bias", "attention", h.n_heads),
    )
    norms = (
        rms_norm("pre_feedforward_layernorm", h.d_model),
        rms_norm("post_feedforward_layernorm", h.d_model),
    )
    kinds = listed(c, lambda c: ["dense" if at < 3 else "sparse" for at in range(c.layers())])
    return sparse(c, kinds, {"dense": feed_forward, "sparse": fine_grained}, *_normed(c), gate, norms)


def kolibri(c: Config) -> Parts:
    """Experts beside a shared one in every layer, and a norm before and after each half of it."""
    h = heads(c)
    ours = (*fine_grained(c), *shared(c, c.size("shared_expert_intermediate_size", least=0)))
    post = rms_norm("post_self_attn_layernorm", h.d_model), rms_norm("post_mlp_layernorm", h.d_model)
    return decoder(c, attention(h), head_norms(h), ours, pre_norms(c), post)


def _normed(c: Config) -> tuple[Parts, ...]:
    h, bias = heads(c), c.flag("attention_bias")
    return attention(h, bias, bias), head_norms(h), pre_norms(c)


QWEN2_MOE = Architecture(
    summary="Llama's decoder with routed experts and a shared one in some layers",
    source="Qwen team 2024, sec. 2.2",
    body=qwen2_moe,
    heads=HEADS_WITH_SPANS,
)
QWEN3_MOE = QWEN2_MOE._replace(
    summary="a mixture of experts with norms over queries and keys",
    source="Qwen team 2025, sec. 2",
    body=qwen3_moe,
    prefixes={"question": "transformer"},
)
MELLUM = QWEN3_MOE._replace(source="transformers 5.23.0, models/mellum", body=mellum)
FLINT = QWEN3_MOE._replace(source="transformers 5.23.0, models/flint", body=flint)
BEAM = QWEN3_MOE._replace(source="transformers 5.23.0, models/beam", body=beam)
KOLIBRI = QWEN3_MOE._replace(source="transformers 5.23.0, models/kolibri1", body=kolibri)
