"""GLaM: layers with a gated feed-forward, alternating with layers with ungated experts."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import pre_norms
from paramcount.blocks.experts import StackedExperts
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.roles import FIRST, ROUTER, SECOND
from paramcount.blocks.task_heads import lm_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def glam(c: Config) -> Parts:
    """Du et al. 2021, sec. 4: every other layer has experts; each layer has a bias for each head and distance."""
    h, n_sparse = heads(c), c.size("n_sparse_layers")
    positions = bare("self_attn.relative_bias", "relative positions", c.size("n_buckets"), h.n_heads)
    common = (*attention(h), positions, *pre_norms(c))
    n_dense = c.size("num_hidden_layers") + -1 * n_sparse
    return (
        table("embed_tokens", c.size("vocab_size"), h.d_model),
        Stack("dense_layers", n_dense, (*common, *gated_feed_forward(c))),
        Stack("sparse_layers", n_sparse, (*common, *_experts(c))),
        rms_norm("norm", h.d_model, "final norm"),
    )


def _experts(c: Config) -> Parts:
    d_model, d_ff = c.size("hidden_size"), c.size("intermediate_size")
    n_experts, n_active = c.size("num_experts"), c.size("num_experts_per_tok")
    up, down = Dense(d_model, d_ff, role=FIRST), Dense(d_ff, d_model, role=SECOND)
    return (
        dense("mlp.gate", "router", d_model, n_experts, role=ROUTER),
        Part("mlp.experts", "experts", StackedExperts("up_proj", n_experts, n_active, up)),
        Part("mlp.experts", "experts", StackedExperts("down_proj", n_experts, n_active, down)),
    )


GLAM = Architecture(
    summary="decoder with ungated experts in every other layer and gated feed-forwards in the rest, no biases",
    source="Du et al. 2021, sec. 4",
    body=glam,
    heads={"causal": lm_head()},
    prefix="",
)
