"""Flint: a mixture of experts based on Qwen 3 with sinks and a shared expert."""

from __future__ import annotations

from paramcount.blocks.decoder import sparse
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare
from paramcount.blocks.stacks import periodic
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.qwen import QWEN3_MOE, normed, with_shared


def flint(c: Config) -> Parts:
    """As Qwen3-MoE, with an ungated shared expert, and a sink for each head."""
    sinks = (bare("self_attn.sinks", "attention", c.size("num_attention_heads")),)
    kinds = periodic(c)
    if c.get("mlp_only_layers") is None:
        kinds[:2] = ["dense"] * len(kinds[:2])
    return sparse(c, kinds, {"dense": gated_feed_forward, "sparse": with_shared}, *normed(c), sinks)


FLINT = QWEN3_MOE._replace(source="transformers 5.23.0, models/flint", body=flint)
