"""DistilBERT: BERT with half the layers."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.encoder import attends, layers
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import both, choice, hidden, no_head, one_layer, two_spans, vocabulary
from paramcount.blocks.task_heads import transform as head_transform
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def distilbert(c: Config) -> Parts:
    """Sanh et al. 2019: BERT with half the layers, without segments and without a pooler."""
    h = whole_heads(c)
    d_model = h.d_model
    one = (
        *attends(h, maps=("q_lin", "k_lin", "v_lin", "out_lin")),
        layer_norm("sa_layer_norm", d_model),
        *plain(d_model, c.size("hidden_dim"), name="ffn", names=("lin1", "lin2")),
        layer_norm("output_layer_norm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, one, "transformer.layer"),
    )


DISTILBERT = Architecture(
    summary="BERT with half the layers",
    source="Sanh et al. 2019, sec. 3",
    body=distilbert,
    heads={
        "base": no_head,
        "masked": both(head_transform("vocab_transform", "vocab_layer_norm"), vocabulary("vocab_projector")),
        "sequence": both(hidden("pre_classifier"), one_layer),
        "token": one_layer,
        "question": two_spans,
        "choice": both(hidden("pre_classifier"), choice()),
    },
    prefix="distilbert",
)
