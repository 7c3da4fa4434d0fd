"""BLOOM: a GPT with ALiBi in place of learned positions and a norm after the embedding."""

from typing import Any

from paramcount.blocks.norm import LayerNorm
from paramcount.families.compose import final_norm, language_model, usual_layer
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part


def bloom(**s: Any) -> Model:
    """BLOOM (Scao et al. 2022, sec. 3.2.2): ALiBi has no parameters, the embedding norm a gain and a bias."""
    d_model = s["d_model"]
    norm = Part("embedding_norm", "embedding norm", LayerNorm(d_model))
    return language_model(s, usual_layer(s), (norm,), (final_norm(d_model),))


BLOOM = Family(
    name="bloom",
    summary="BLOOM: pre-norm decoder with ALiBi, biases and a norm after the embedding",
    source="Scao et al. 2022, sec. 3.2.2",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
    switches={"tied": True},
    ties={"d_ff": (4, "d_model")},
    build=bloom,
)
