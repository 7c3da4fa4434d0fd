"""XLM-RoBERTa: RoBERTa for a hundred languages, and XL with norms before the sublayers."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, layer, layers, pooler, tables
from paramcount.blocks.parts import layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.roberta import ROBERTA, ROBERTA_POOLED


def xlm_roberta_xl(c: Config) -> Parts:
    """Goyal et al. 2021: RoBERTa with norms before attention and feed-forward, none after the embeddings."""
    final = layer_norm("encoder.LayerNorm", c.size("hidden_size"), component="final norm")
    within = layer(c, cross(c, "self_attn_layer_norm"), "self_attn_layer_norm", "LayerNorm")
    return (*tables(c), layers(c, within), final, *pooler(c, ROBERTA_POOLED))


XLM_ROBERTA = ROBERTA
XLM_ROBERTA_XL = ROBERTA._replace(
    summary="RoBERTa with norms before each sublayer", source="Goyal et al. 2021", body=xlm_roberta_xl
)
