"""Ministral: Mistral with an explicit head width."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads_stating
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA
from paramcount.models.decoders.mistral import mistral


def ministral(c: Config) -> Parts:
    """As Mistral, but the config must give the head width."""
    return decoder(c, attention(heads_stating(c, "head_dim")), gated_feed_forward(c), pre_norms(c))


MINISTRAL = LIKE_LLAMA._replace(body=ministral)
MINISTRAL3 = LIKE_LLAMA._replace(body=mistral, prefixes={})
