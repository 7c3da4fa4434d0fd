"""Llama: rotary positions, grouped keys and values, RMSNorm and a gated feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.task_heads import HEADS_WITH_SPANS, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def llama(c: Config) -> Parts:
    """Touvron et al. 2023, sec. 2.2; one switch adds biases to all four attention maps, another to the feed-forward."""
    bias = c.flag("attention_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


LLAMA = Architecture(
    summary="decoder with rotary positions, grouped keys and values, RMSNorm and a gated feed-forward",
    source="Touvron et al. 2023, sec. 2.2",
    body=llama,
    heads=HEADS_WITH_SPANS,
    prefixes={"question": "transformer"},
)
LIKE_LLAMA = LLAMA._replace(source="Touvron et al. 2023, sec. 2.2; transformers 5.23.0")
INSIDE = Architecture(
    summary="Llama's decoder in a vision model",
    source="transformers 5.23.0",
    body=llama,
    heads={"base": no_head, "causal": lm_head()},
)
