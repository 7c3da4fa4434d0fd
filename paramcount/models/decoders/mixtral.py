"""Mixtral: Mistral with experts instead of the feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import wide_experts
from paramcount.blocks.task_heads import HEADS_WITH_SPANS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def mixtral(c: Config) -> Parts:
    """Jiang et al. 2024, sec. 2: every layer's feed-forward is a mixture of experts."""
    return decoder(c, attention(heads(c)), wide_experts(c), pre_norms(c))


MIXTRAL = Architecture(
    summary="Llama's decoder with experts instead of the feed-forward",
    source="Jiang et al. 2024, sec. 2",
    body=mixtral,
    heads=HEADS_WITH_SPANS,
)
