"""CWM, Meta's code world model: Llama without biases in attention."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def cwm(c: Config) -> Parts:
    """As Llama, with no bias in attention."""
    return decoder(c, attention(heads(c)), gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


CWM = LIKE_LLAMA._replace(body=cwm)
