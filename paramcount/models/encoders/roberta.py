"""RoBERTa: BERT trained only on masked tokens; and a variant with norms before the sublayers."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, ROBERTA_LM, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.bert import BERT

ROBERTA_POOLED = frozenset({"base", "choice"})


def roberta(c: Config) -> Parts:
    """As BERT; max_position_embeddings includes the rows its code reserves for padding (Liu et al. 2019)."""
    return (*embeddings(c), layers(c, layer(c, cross(c))), *pooler(c, ROBERTA_POOLED))


def roberta_prelayernorm(c: Config) -> Parts:
    """RoBERTa with norms before attention and feed-forward, and a final norm."""
    final = layer_norm("LayerNorm", c.size("hidden_size"), component="final norm")
    within = layer(c, cross(c, "LayerNorm"), "LayerNorm", "intermediate.LayerNorm")
    return (*embeddings(c), layers(c, within), final, *pooler(c, ROBERTA_POOLED))


ROBERTA = BERT._replace(
    summary="BERT's encoder, trained only on masked tokens",
    source="Liu et al. 2019",
    body=roberta,
    heads={"base": no_head, "causal": ROBERTA_LM, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="roberta",
)
ROBERTA_PRELAYERNORM = ROBERTA._replace(
    summary="RoBERTa with norms before each sublayer",
    source="transformers 5.23.0",
    body=roberta_prelayernorm,
    prefix="roberta_prelayernorm",
)
