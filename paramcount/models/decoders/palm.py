"""PaLM: one norm before parallel attention and gated feed-forward, and one key-value head."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.task_heads import lm_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def palm(c: Config) -> Parts:
    """Chowdhery et al. 2022, sec. 2: no biases, not even in norms."""
    norm = (rms_norm("norm", c.size("hidden_size")),)
    return decoder(c, attention(heads(c)), gated_feed_forward(c), norm)


PALM = Architecture(
    summary="decoder with parallel attention and gated feed-forward, no biases",
    source="Chowdhery et al. 2022, sec. 2",
    body=palm,
    heads={"causal": lm_head()},
)
