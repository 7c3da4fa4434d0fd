"""Arcee: Llama without a gate."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import plain
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.apertus import APERTUS


def arcee(c: Config) -> Parts:
    """As Llama, with an ungated feed-forward."""
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_norms(c))


ARCEE = APERTUS._replace(summary="Llama's decoder with an ungated feed-forward", body=arcee)
