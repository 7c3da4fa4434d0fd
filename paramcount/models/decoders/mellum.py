"""Mellum: a mixture of experts based on Qwen 3, with its layers listed."""

from __future__ import annotations

from paramcount.blocks.decoder import sparse
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.stacks import every, listed
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.qwen import QWEN3_MOE, fine_grained, normed


def mellum(c: Config) -> Parts:
    """As Qwen3-MoE, with a list of the layers that have experts."""
    without_prediction(c, "num_mtp_layers")
    return sparse(c, listed(c, every), {"dense": gated_feed_forward, "sparse": fine_grained}, *normed(c))


MELLUM = QWEN3_MOE._replace(source="transformers 5.23.0, models/mellum", body=mellum)
