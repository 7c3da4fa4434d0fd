"""Attention-only transformers: what is left of a decoder without feed-forward, norms and biases."""

from typing import Any

from paramcount.blocks.attention import Attention
from paramcount.families.compose import language_model
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part


def attention_only(**s: Any) -> Model:
    """Embedding, attention layers, and an unembedding of its own; positions are not learned (Elhage et al. 2021)."""
    attention = Attention(s["d_model"], s["n_heads"], s["d_head"], bias=False)
    return language_model(s, (Part("attention", "attention", attention),))


ATTENTION_ONLY = Family(
    name="attention-only",
    summary="attention layers alone between an embedding and an unembedding of its own; no norms, no biases",
    source="Elhage et al. 2021, A Mathematical Framework for Transformer Circuits",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "n_vocab"),
    switches={},
    ties={},
    build=attention_only,
)
