"""Seed-OSS: Llama with a separate switch for the bias of attention's output."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def seed_oss(c: Config) -> Parts:
    """As Llama, with a separate switch for the bias of attention's output."""
    attends = attention(heads(c), c.flag("attention_bias"), c.flag("attention_out_bias"))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


SEED_OSS = LIKE_LLAMA._replace(body=seed_oss)
