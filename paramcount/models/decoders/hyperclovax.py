"""HyperCLOVA X: Llama with norms after attention and feed-forward too."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, norms, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def hyperclovax(c: Config) -> Parts:
    """As Llama, with norms after attention and feed-forward too if the config asks for them."""
    bias = c.flag("attention_bias")
    post_norms = norms(c, "post_norm1", "post_norm2") if c.flag("use_post_norm") else ()
    feed_forward = gated_feed_forward(c, c.flag("mlp_bias"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_norms(c), post_norms)


HYPERCLOVAX = LIKE_LLAMA._replace(summary="Llama's decoder with norms before and after", body=hyperclovax)
