"""Mistral: Llama without biases."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LLAMA


def mistral(c: Config) -> Parts:
    """Jiang et al. 2023, sec. 2: as Llama, without biases."""
    return decoder(c, attention(heads(c)), gated_feed_forward(c), pre_norms(c))


MISTRAL = LLAMA._replace(source="Jiang et al. 2023, sec. 2", body=mistral, prefixes={})
