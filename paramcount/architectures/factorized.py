"""Encoders whose embeddings may be narrower than the model, and ALBERT, whose layers are stored once a group."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, no_head, spans
from paramcount.architectures.encoder_heads import (
    CLASSIFIERS,
    DEEPER_CLASSIFIERS,
    bert_lm,
    both,
    choice,
    discriminator,
    summary,
    transform,
    vocabulary,
    width_of,
)
from paramcount.architectures.encoder_parts import cross, embeddings, layer, layers, pooler, projection, square
from paramcount.architectures.parts import dense, layer_norm, plain, table, whole_heads
from paramcount.config import Config
from paramcount.model import Stack

_ALBERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice"})
_REMBERT_POOLED = frozenset({"base", "sequence", "choice"})


def albert(c: Config) -> Parts:
    """Lan et al. 2019, sec. 3.1: factorized embeddings, and layers that share one set of parameters a group."""
    d_model, d_embedding = whole_heads(c), c.size("embedding_size")
    n_layers, n_groups = c.size("num_hidden_layers"), c.size("num_hidden_groups")
    c.notes.append(f"{n_layers} layers, whose parameters are stored once for each group of layers: {n_groups} in all.")
    one: Parts = (
        *square(d_model, maps=("query", "key", "value", "dense")),
        layer_norm("attention.LayerNorm", d_model),
        *plain(d_model, c.size("intermediate_size"), name="", names=("ffn", "ffn_output")),
        layer_norm("full_layer_layer_norm", d_model),
    )
    groups = Stack("albert_layers", c.size("inner_group_num"), one)
    return (
        *embeddings(c, "embedding_size"),
        dense("encoder.embedding_hidden_mapping_in", "projections", d_embedding, d_model, bias=True),
        Stack("encoder.albert_layer_groups", n_groups, (groups,)),
        *pooler(c, _ALBERT_POOLED, "pooler"),
    )


def electra(c: Config) -> Parts:
    """Clark et al. 2020, sec. 2: BERT, its embeddings projected where they are not as wide as the model."""
    front = (*embeddings(c, "embedding_size"), *projection(c, "embeddings_project", c.size("embedding_size")))
    return (*front, layers(c, layer(c, cross(c))))


def rembert(c: Config) -> Parts:
    """Chung et al. 2020: narrow embeddings going in, wide ones coming out, which are not tied."""
    d_embedding = c.size("input_embedding_size")
    return (
        *embeddings(c, "input_embedding_size"),
        dense("encoder.embedding_hidden_mapping_in", "projections", d_embedding, c.size("hidden_size"), bias=True),
        layers(c, layer(c, cross(c))),
        *pooler(c, _REMBERT_POOLED),
    )


def roformer(c: Config) -> Parts:
    """Su et al. 2021: rotary positions, whose sines are a frozen table as wide as a head."""
    d_embedding = width_of(c, "embedding_size")
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_embedding),
        table("embeddings.token_type_embeddings", c.size("type_vocab_size", 0), d_embedding, "segment embedding"),
        layer_norm("embeddings.LayerNorm", d_embedding, component="embedding norm"),
        *projection(c, "embeddings_project", d_embedding),
        table("encoder.embed_positions", c.size("max_position_embeddings"), d_head, "position embedding"),
        layers(c, layer(c, cross(c))),
    )


_ALBERT_LM = both(
    transform("predictions.dense", "predictions.LayerNorm", "embedding_size"),
    vocabulary("predictions.decoder", "predictions", "embedding_size"),
)
GENERATOR = both(
    transform("generator_predictions.dense", "generator_predictions.LayerNorm", "embedding_size"),
    vocabulary("generator_lm_head", width="embedding_size"),
)
_REMBERT_LM = both(
    transform("cls.predictions.dense", "cls.predictions.LayerNorm", "output_embedding_size"),
    vocabulary("cls.predictions.decoder", width="output_embedding_size", embedding=""),
)
_ROFORMER_LM = bert_lm(width="embedding_size")
SUMMARIZED_CHOICE = both(summary, choice())

ALBERT = Architecture(
    summary="encoder with factorized embeddings, its layers sharing their parameters",
    source="Lan et al. 2019, sec. 3.1",
    body=albert,
    heads={
        "base": no_head,
        "masked": _ALBERT_LM,
        "pretraining": both(_ALBERT_LM, labels("sop_classifier.classifier", bias=True)),
        **CLASSIFIERS,
    },
    prefix="albert",
)
ELECTRA = Architecture(
    summary="BERT's encoder with narrower embeddings, telling replaced tokens",
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
REMBERT = Architecture(
    summary="BERT's encoder with narrow embeddings and a wide output head",
    source="Chung et al. 2020",
    body=rembert,
    heads={"base": no_head, "causal": _REMBERT_LM, "masked": _REMBERT_LM, **CLASSIFIERS},
    prefix="rembert",
)
ROFORMER = Architecture(
    summary="BERT's encoder with rotary positions",
    source="Su et al. 2021",
    body=roformer,
    heads={
        "base": no_head,
        "causal": _ROFORMER_LM,
        "masked": _ROFORMER_LM,
        **DEEPER_CLASSIFIERS,
        "question": spans(),
        "choice": SUMMARIZED_CHOICE,
    },
    prefix="roformer",
)
