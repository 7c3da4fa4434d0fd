"""MPNet: BERT with distance biases shared by all layers."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.encoder import attends, feed_forward, layers, pooler
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, ROBERTA_LM, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

_MPNET_POOLED = frozenset({"base", "choice"})


def mpnet(c: Config) -> Parts:
    """Song et al. 2020: BERT without segments, with distance biases shared by all layers."""
    h, n_heads = whole_heads(c), c.size("num_attention_heads")
    d_model = h.d_model
    one = (
        *attends(h, "attention.attn", ("q", "k", "v", "o")),
        layer_norm("attention.LayerNorm", d_model),
        *feed_forward(c),
        layer_norm("output.LayerNorm", d_model),
    )
    biases = c.size("relative_attention_num_buckets")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, one),
        table("encoder.relative_attention_bias", biases, n_heads, "relative positions"),
        *pooler(c, _MPNET_POOLED),
    )


MPNET = Architecture(
    summary="BERT with distance biases shared by all layers",
    source="Song et al. 2020",
    body=mpnet,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="mpnet",
)
