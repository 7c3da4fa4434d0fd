"""Nomic BERT: BERT with rotary positions and gated feed-forwards."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.encoder import pooler
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import both, no_head, one_layer, transform, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture

POOLED_TO_CLASSIFY = frozenset({"sequence"})


def post_norm(c: Config, maps: Parts, feed_forward: Parts, pooled: frozenset[str]) -> Parts:
    """Tokens and segments; attention by *maps* and *feed_forward*, each with a norm after."""
    d_model, n_segments = c.size("hidden_size"), c.size("type_vocab_size", 0)
    one = (
        *maps,
        layer_norm("post_attention_layernorm", d_model),
        *feed_forward,
        layer_norm("post_mlp_layernorm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.token_type_embeddings", n_segments, d_model, "segment embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        Stack("layers", c.size("num_hidden_layers"), one),
        *pooler(c, pooled),
    )


def nomic_bert(c: Config) -> Parts:
    """Nussbaum et al. 2024: BERT with rotary positions, a gated feed-forward and no biases in its maps."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    mlp = gated(c.size("hidden_size"), c.size("intermediate_size"))
    return post_norm(c, attention(h), mlp, POOLED_TO_CLASSIFY)


NOMIC_BERT = Architecture(
    summary="BERT with rotary positions and a gated feed-forward",
    source="Nussbaum et al. 2024",
    body=nomic_bert,
    heads={
        "base": no_head,
        "masked": both(
            transform("cls.predictions.transform.dense", "cls.predictions.transform.layer_norm"),
            vocabulary("cls.predictions.decoder", "cls.predictions"),
        ),
        "sequence": one_layer,
        "token": one_layer,
    },
    prefix="nomic_bert",
)
