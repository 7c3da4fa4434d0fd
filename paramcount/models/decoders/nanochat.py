"""nanochat: norms without parameters and ungated feed-forwards."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.feedforward import plain
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.apertus import APERTUS


def nanochat(c: Config) -> Parts:
    """Norms without parameters, over queries and keys too, and an ungated feed-forward."""
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias=False, names=("fc1", "fc2"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, last=())


NANOCHAT = APERTUS._replace(summary="decoder with norms without parameters and ungated feed-forwards", body=nanochat)
