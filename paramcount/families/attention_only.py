"""Attention-only transformers: what is left of a decoder without feed-forward, norms and biases."""

from typing import Any

from paramcount.blocks import Attention, Embedding, OutputHead
from paramcount.families.family import Family
from paramcount.model import Model, Part, Stack


def attention_only(**sizes: Any) -> Model:
    """Embedding, attention layers, and an unembedding of its own; positions are not learned (Elhage et al. 2021)."""
    d_model, n_vocab = sizes["d_model"], sizes["n_vocab"]
    attention = Attention(d_model, sizes["n_heads"], sizes["d_head"], bias=False)
    return Model(
        (
            Part("token_embedding", "token embedding", Embedding(n_vocab, d_model)),
            Stack("layers", sizes["n_layers"], (Part("attention", "attention", attention),)),
            Part("output_head", "output head", OutputHead(n_vocab, d_model)),
        )
    )


ATTENTION_ONLY = Family(
    name="attention-only",
    summary="attention layers alone between an embedding and an unembedding of its own; no norms, no biases",
    source="Elhage et al. 2021, A Mathematical Framework for Transformer Circuits",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "n_vocab"),
    switches={},
    ties={},
    build=attention_only,
)
