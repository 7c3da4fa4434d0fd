"""Attention-only transformers: decoders without feed-forward, norms and biases."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.task_heads import untied
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def attention_only(c: Config) -> Parts:
    """Embedding and attention layers; positions are not learned (Elhage et al. 2021)."""
    return decoder(c, attention(heads(c)), last=())


ATTENTION_ONLY = Architecture(
    summary="attention layers only, with an embedding and a separate unembedding",
    source="Elhage et al. 2021, A Mathematical Framework for Transformer Circuits",
    body=attention_only,
    heads={"causal": untied},
)
