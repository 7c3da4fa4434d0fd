"""Beam: a mixture of experts based on Qwen 3 with gated attention and four norms per layer."""

from __future__ import annotations

from paramcount.blocks.attention import heads
from paramcount.blocks.decoder import sparse
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.stacks import listed
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.qwen import QWEN3_MOE, fine_grained, normed


def beam(c: Config) -> Parts:
    """As Qwen3-MoE, with gated attention and four norms per layer; the first three layers are dense."""
    h = heads(c)
    c.divides(h.n_kv_heads, h.n_heads)  # otherwise the class refuses the config
    gate = (
        dense("self_attn.gate_proj", "attention", h.d_model, h.n_heads * h.d_head),
        bare("self_attn.gate_bias", "attention", h.n_heads),
    )
    norms = (
        rms_norm("pre_feedforward_layernorm", h.d_model),
        rms_norm("post_feedforward_layernorm", h.d_model),
    )
    kinds = listed(c, lambda c: ["dense" if at < 3 else "sparse" for at in range(c.layers())])
    return sparse(c, kinds, {"dense": gated_feed_forward, "sparse": fine_grained}, *normed(c), gate, norms)


BEAM = QWEN3_MOE._replace(source="transformers 5.23.0, models/beam", body=beam)
