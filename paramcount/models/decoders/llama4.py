"""Llama 4: routed experts and a shared one in some layers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import pre_norms, sparse
from paramcount.blocks.experts import crossed_experts, routing, shared
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import ROUTER
from paramcount.blocks.stacks import numbers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.afmoe import AFMOE


def llama4(c: Config) -> Parts:
    """Some layers with routed experts and a shared one, the others with a wider feed-forward; norms without weights."""
    bias, d_model = c.flag("attention_bias"), c.size("hidden_size")
    feeds = {"dense": lambda c: gated(d_model, c.size("intermediate_size_mlp"), name="feed_forward"), "sparse": _llama4}
    return sparse(c, _interleaved(c), feeds, attention(heads(c), bias, bias), pre_norms(c))


def _llama4(c: Config) -> Parts:
    to, d_model, d_ff = routing(c, "num_local_experts"), c.size("hidden_size"), c.size("intermediate_size")
    return (
        dense("feed_forward.router", "router", d_model, to.n_experts, role=ROUTER),
        *crossed_experts(d_model, d_ff, to.n_experts, to.n_active, "feed_forward.experts"),
        *shared(c, d_ff, "feed_forward.shared_expert"),
    )


def _interleaved(c: Config) -> list[str]:
    n_layers, step = c.layers(), c.size("interleave_moe_layer_step").looked_at()
    named = numbers(c, "moe_layers")
    with_experts = set(range(step - 1, n_layers, step)) if c.get("moe_layers") is None else named
    return ["sparse" if at in with_experts else "dense" for at in range(n_layers)]


LLAMA4_TEXT = AFMOE._replace(
    uncosted="runs every token through every expert in transformers' code",
    caches=True,
    summary="routed experts and a shared one in some layers",
    source="transformers 5.23.0, models/llama4",
    body=llama4,
)
