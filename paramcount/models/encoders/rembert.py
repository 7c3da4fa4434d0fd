"""RemBERT: narrow embeddings and a wide output head."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import CLASSIFIERS, both, no_head, transform, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

_REMBERT_POOLED = frozenset({"base", "sequence", "choice"})


def rembert(c: Config) -> Parts:
    """Chung et al. 2020: narrow input embeddings and a wide output head, untied."""
    d_embedding = c.size("input_embedding_size")
    return (
        *embeddings(c, "input_embedding_size"),
        dense("encoder.embedding_hidden_mapping_in", "projections", d_embedding, c.size("hidden_size"), bias=True),
        layers(c, layer(c, cross(c))),
        *pooler(c, _REMBERT_POOLED),
    )


_REMBERT_LM = both(
    transform("cls.predictions.dense", "cls.predictions.LayerNorm", "output_embedding_size"),
    vocabulary("cls.predictions.decoder", width="output_embedding_size", embedding=""),
)
REMBERT = Architecture(
    summary="BERT's encoder with narrow embeddings and a wide output head",
    source="Chung et al. 2020",
    body=rembert,
    heads={"base": no_head, "causal": _REMBERT_LM, "masked": _REMBERT_LM, **CLASSIFIERS},
    prefix="rembert",
)
