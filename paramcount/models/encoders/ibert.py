"""I-BERT: RoBERTa in integer arithmetic."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, layer, layers, pooler
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, ROBERTA_LM, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.roberta import ROBERTA, ROBERTA_POOLED


def ibert(c: Config) -> Parts:
    """RoBERTa in integer arithmetic, which is never a decoder (Kim et al. 2021)."""
    return (*embeddings(c), layers(c, layer(c)), *pooler(c, ROBERTA_POOLED))


IBERT = ROBERTA._replace(
    summary="RoBERTa in integer arithmetic",
    source="Kim et al. 2021",
    body=ibert,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="ibert",
)
