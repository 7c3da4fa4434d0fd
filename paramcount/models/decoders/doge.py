"""Doge: experts that are single vectors."""

from __future__ import annotations

from math import isqrt

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import StackedExperts, routing
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Bare, Dense
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import SEEN
from paramcount.models.architecture import Architecture


def doge(c: Config) -> Parts:
    """Scaled residuals, values that mask attention, and optionally experts with one input and one output vector."""
    h, bias = heads(c), c.flag("attention_bias")
    attend = (
        *attention(h, bias, bias),
        bare("self_attn.A", "attention", h.n_kv_heads),
        Part("self_attn.dt_proj", "attention", Each(Dense(h.n_kv_heads * h.d_head, h.n_kv_heads, bias), SEEN)),
    )
    scales = (bare("input_residual", "residual", h.d_model), bare("post_attention_residual", "residual", h.d_model))
    feed = gated(h.d_model, c.size("intermediate_size"), c.flag("mlp_bias"))
    vectors = _vectors(c) if c.flag("is_moe") else ()
    return decoder(c, attend, head_norms(h), feed, vectors, pre_norms(c), scales)


def _vectors(c: Config) -> Parts:
    """He 2024, sec. 2: the router scores two sets of keys, each the square root of the number of experts."""
    to, d_model = routing(c), c.size("hidden_size")
    n_keys = c.named("n_keys", isqrt(int(c.size("num_experts"))), "the square root of num_experts")
    experts = StackedExperts("weight", to.n_experts, to.n_active, Bare("weight", (d_model,)))
    return (
        dense("mlp.router_gate", "router", d_model, 2 * n_keys),
        Part("mlp.down_embed", "experts", experts),
        Part("mlp.up_embed", "experts", experts),
    )


DOGE = Architecture(
    summary="Llama's decoder with scaled residuals and, optionally, thousands of single-vector experts",
    source="transformers 5.23.0, models/doge",
    body=doge,
    heads=DECODER_HEADS,
)
