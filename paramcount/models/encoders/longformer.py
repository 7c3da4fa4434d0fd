"""Longformer: RoBERTa attending locally and to global tokens."""

from __future__ import annotations

from paramcount.blocks.attention import projections, whole_heads
from paramcount.blocks.encoder import embeddings, layer, layers, pooler
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, ROBERTA_LM, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

_LONGFORMER_POOLED = frozenset({"base", "choice"})
_GLOBAL = ("attention.self.query_global", "attention.self.key_global", "attention.self.value_global")


def longformer(c: Config) -> Parts:
    """Beltagy et al. 2020, sec. 3.1: RoBERTa with separate maps for global tokens."""
    one = layer(c, projections(whole_heads(c), _GLOBAL, bias=True))
    return (*embeddings(c), layers(c, one), *pooler(c, _LONGFORMER_POOLED))


LONGFORMER = Architecture(
    summary="RoBERTa with windowed attention, and separate maps for global tokens",
    source="Beltagy et al. 2020, sec. 3.1",
    body=longformer,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="longformer",
    uncosted="attends in overlapping chunks of a padded sequence",
)
