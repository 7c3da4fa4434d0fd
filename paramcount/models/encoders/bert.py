"""BERT, and BERT without segments and pooler for generation."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import CLASSIFIERS, bert_lm, both, no_head, two_answers, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

BERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice", "next-sentence"})


def bert(c: Config) -> Parts:
    """Devlin et al. 2018, sec. 3: norms after attention and feed-forward, and a pooler for the first token."""
    return (*embeddings(c), layers(c, layer(c, cross(c))), *pooler(c, BERT_POOLED))


def bert_generation(c: Config) -> Parts:
    """BERT without segments and without a pooler (Rothe et al. 2019)."""
    d_model = c.size("hidden_size")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, layer(c, cross(c))),
    )


_BERT_HEADS = {
    "base": no_head,
    "causal": bert_lm(),
    "masked": bert_lm(),
    "pretraining": both(bert_lm(), two_answers()),
    "next-sentence": two_answers(),
    **CLASSIFIERS,
}
BERT = Architecture(
    summary="encoder with learned positions, segments and norms after each sublayer",
    source="Devlin et al. 2018, sec. 3",
    body=bert,
    heads=_BERT_HEADS,
    prefix="bert",
)
BERT_GENERATION = BERT._replace(
    summary="BERT without segments and pooler, as either half of an encoder-decoder",
    source="Rothe et al. 2019",
    body=bert_generation,
    heads={"base": no_head, "causal": vocabulary("lm_head.decoder", "lm_head")},
)
