"""TAPAS: BERT with embeddings of positions in a table."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, layer, layers, pooler
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import bert_lm, no_head, one_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

_TAPAS_POOLED = frozenset({"base", "sequence"})


def tapas(c: Config) -> Parts:
    """Herzig et al. 2020, sec. 3: BERT with an embedding for each property of a cell."""
    d_model, kinds = c.size("hidden_size"), c.get("type_vocab_sizes")
    if not isinstance(kinds, list) or not all(type(rows) is int and rows >= 0 for rows in kinds):
        raise c.refuse("type_vocab_sizes", "valid: a list of whole numbers")
    cells = (
        table(
            f"embeddings.token_type_embeddings_{i}",
            c.named(f"n_segments_{i}", rows, f"type_vocab_sizes, number {i}"),
            d_model,
            "segment embedding",
        )
        for i, rows in enumerate(kinds)
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        *cells,
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, layer(c, cross(c))),
        *pooler(c, _TAPAS_POOLED),
    )


TAPAS = Architecture(
    summary="BERT with embeddings of a table's cells",
    source="Herzig et al. 2020, sec. 3",
    body=tapas,
    heads={"base": no_head, "masked": bert_lm(), "sequence": one_layer},
    prefix="tapas",
)
