"""BigBird: BERT attending to windows, global and random tokens."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.encoder import MAPS, cross, embeddings, feed_forward, layers, pooler
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, bert_lm, both, no_head, two_answers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

_BIG_BIRD_POOLED = frozenset({"base", "causal", "masked", "pretraining", "sequence", "token", "choice"})


def _sparse_attention(c: Config, name: str, component: str) -> Parts:
    """Attention with optional biases on queries, keys and values."""
    h = whole_heads(c)
    return (
        *attention(h, c.flag("use_bias"), True, name, MAPS, component),
        layer_norm(f"{name}.output.LayerNorm", h.d_model),
    )


def big_bird(c: Config) -> Parts:
    """Zaheer et al. 2020: BERT with random, windowed and global attention."""
    if c.get("attention_type") not in ("block_sparse", "original_full"):
        raise c.refuse("attention_type", "valid: block_sparse, original_full")
    across = _sparse_attention(c, "crossattention", "cross-attention") if cross(c) else ()
    norm = layer_norm("output.LayerNorm", c.size("hidden_size"))
    one = (*_sparse_attention(c, "attention", "attention"), *across, *feed_forward(c), norm)
    return (*embeddings(c), layers(c, one), *pooler(c, _BIG_BIRD_POOLED, "pooler"))


def _big_bird_answers(config: Config, prefix: str) -> Parts:
    """An extra feed-forward before the two numbers."""
    d_model, name = config.size("hidden_size"), "qa_classifier"
    names = ("intermediate.dense", "output.dense")
    return (
        *plain(d_model, config.size("intermediate_size"), name=name, names=names, component="classifier"),
        layer_norm(f"{name}.output.LayerNorm", d_model, component="classifier"),
        dense(f"{name}.qa_outputs", "classifier", d_model, 2, bias=True),
    )


BIG_BIRD = Architecture(
    summary="BERT with random, windowed and global attention",
    source="Zaheer et al. 2020",
    body=big_bird,
    heads={
        "base": no_head,
        "causal": bert_lm(),
        "masked": bert_lm(),
        "pretraining": both(bert_lm(), two_answers()),
        **DEEPER_CLASSIFIERS,
        "question": _big_bird_answers,
    },
    prefix="bert",
    uncosted="attends in blocks, to windows and to random blocks",
)
