"""Megatron-BERT: BERT with norms before the sublayers."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, layer, layers, pooler, tables
from paramcount.blocks.parts import layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.bert import BERT, BERT_POOLED


def megatron_bert(c: Config) -> Parts:
    """Shoeybi et al. 2019: BERT with norms before attention and feed-forward, none after the embeddings."""
    final = layer_norm("encoder.ln", c.size("hidden_size"), component="final norm")
    return (*tables(c), layers(c, layer(c, cross(c, "ln"), "ln", "ln")), final, *pooler(c, BERT_POOLED))


MEGATRON_BERT = BERT._replace(
    summary="BERT with norms before each sublayer", source="Shoeybi et al. 2019", body=megatron_bert
)
