"""ALBERT: narrow embeddings, and layers whose parameters are stored once per group."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.encoder import attends, embeddings, pooler
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.task_heads import CLASSIFIERS, both, labels, no_head, transform, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture

_ALBERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice"})


def albert(c: Config) -> Parts:
    """Lan et al. 2019, sec. 3.1: factorised embeddings, and layers that share one set of parameters per group."""
    h, d_embedding = whole_heads(c), c.size("embedding_size")
    d_model = h.d_model
    n_layers, n_groups = c.size("num_hidden_layers"), c.size("num_hidden_groups")
    c.notes.append(f"{n_layers} layers share parameters, stored once per group of layers ({n_groups} in all).")
    one: Parts = (
        *attends(h, maps=("query", "key", "value", "dense")),
        layer_norm("attention.LayerNorm", d_model),
        *plain(d_model, c.size("intermediate_size"), name="", names=("ffn", "ffn_output")),
        layer_norm("full_layer_layer_norm", d_model),
    )
    groups = Stack("albert_layers", c.size("inner_group_num"), one)
    return (
        *embeddings(c, "embedding_size"),
        dense("encoder.embedding_hidden_mapping_in", "projections", d_embedding, d_model, bias=True),
        Stack("encoder.albert_layer_groups", n_groups, (groups,), times=n_layers),
        *pooler(c, _ALBERT_POOLED, "pooler"),
    )


_ALBERT_LM = both(
    transform("predictions.dense", "predictions.LayerNorm", "embedding_size"),
    vocabulary("predictions.decoder", "predictions", "embedding_size"),
)
ALBERT = Architecture(
    summary="encoder with factorised embeddings and layers that share parameters",
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
