"""UltraBERT: a decoder's layers with bidirectional attention."""

from __future__ import annotations

from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import no_head, one_layer, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.encoders.eurobert import EUROBERT


def _ultrabert_lm(config: Config, prefix: str) -> Parts:
    """A narrow transform, and logits over the vocabulary."""
    d_model, d_narrow = config.size("hidden_size"), config.size("prediction_head_size")
    tied_to = f"{prefix}embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    return (
        dense("head.linear1", "head transform", d_model, d_narrow),
        dense("head.linear2", "head transform", d_narrow, d_model),
        Part("head.decoder", "output head", Head(config.size("vocab_size"), d_model, tied_to)),
    )


ULTRABERT = EUROBERT._replace(
    source="transformers 5.23.0",
    heads={"base": no_head, "masked": _ultrabert_lm, "sequence": one_layer, "token": one_layer, "question": spans()},
)
