"""Gemma 1 to 3: heads with an independent width, and norms on both sides of the sublayers."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, head_norms, heads
from paramcount.blocks.decoder import decoder, norms, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def around(c: Config) -> Parts:
    """A norm before and one after each of attention and feed-forward."""
    return (*pre_norms(c), *norms(c, "pre_feedforward_layernorm", "post_feedforward_layernorm"))


def attends(c: Config, h: Heads) -> Parts:
    """Attention with one switch for all its biases."""
    bias = c.flag("attention_bias")
    return attention(h, bias, bias)


def gemma(c: Config) -> Parts:
    """Gemma team 2024, sec. 2."""
    return decoder(c, attends(c, heads(c)), gated_feed_forward(c), pre_norms(c))


def gemma2(c: Config) -> Parts:
    """Gemma team 2024 (Gemma 2), sec. 2: norms before and after."""
    return decoder(c, attends(c, heads(c)), gated_feed_forward(c), around(c))


def gemma3(c: Config) -> Parts:
    """Gemma team 2025, sec. 2: as Gemma 2, with norms over queries and keys."""
    h = heads(c)
    return decoder(c, attends(c, h), head_norms(h), gated_feed_forward(c), around(c))


GEMMA = LIKE_LLAMA._replace(
    summary="Llama's decoder with heads of independent width", source="Gemma team 2024, sec. 2", body=gemma
)
GEMMA2 = GEMMA._replace(
    summary="Gemma's decoder with norms before and after", source="Gemma team 2024 (Gemma 2), sec. 2", body=gemma2
)
GEMMA3 = GEMMA._replace(
    summary="Gemma 2's decoder with norms over queries and keys", source="Gemma team 2025, sec. 2", body=gemma3
)
