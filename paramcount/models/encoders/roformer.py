"""RoFormer: BERT with rotary positions."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, layer, layers, projection
from paramcount.blocks.parts import frozen, layer_norm, table
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, bert_lm, no_head, spans, width_of
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.encoders.electra import SUMMARIZED_CHOICE


def roformer(c: Config) -> Parts:
    """Su et al. 2021: rotary positions, with sines in a frozen table as wide as a head."""
    d_embedding = width_of(c, "embedding_size")
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_embedding),
        table("embeddings.token_type_embeddings", c.size("type_vocab_size", 0), d_embedding, "segment embedding"),
        layer_norm("embeddings.LayerNorm", d_embedding, component="embedding norm"),
        *projection(c, "embeddings_project", d_embedding),
        *frozen(table("encoder.embed_positions", c.size("max_position_embeddings"), d_head, "position embedding")),
        layers(c, layer(c, cross(c))),
    )


_ROFORMER_LM = bert_lm(width="embedding_size")
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
