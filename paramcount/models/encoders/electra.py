"""ELECTRA: BERT with narrower embeddings, trained to detect replaced tokens."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, projection
from paramcount.blocks.task_heads import (
    DEEPER_CLASSIFIERS,
    both,
    choice,
    discriminator,
    no_head,
    summary,
    transform,
    vocabulary,
)
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def electra(c: Config) -> Parts:
    """Clark et al. 2020, sec. 2: BERT, with embeddings projected if they are narrower than the model."""
    front = (*embeddings(c, "embedding_size"), *projection(c, "embeddings_project", c.size("embedding_size")))
    return (*front, layers(c, layer(c, cross(c))))


GENERATOR = both(
    transform("generator_predictions.dense", "generator_predictions.LayerNorm", "embedding_size"),
    vocabulary("generator_lm_head", width="embedding_size"),
)
SUMMARIZED_CHOICE = both(summary, choice())
ELECTRA = Architecture(
    summary="BERT's encoder with narrower embeddings, trained to detect replaced tokens",
    source="Clark et al. 2020, sec. 2",
    body=electra,
    heads={
        "base": no_head,
        "causal": GENERATOR,
        "masked": GENERATOR,
        "pretraining": discriminator,
        **DEEPER_CLASSIFIERS,
        "choice": SUMMARIZED_CHOICE,
    },
    prefix="electra",
)
