"""RoCBert: BERT with embeddings of how characters sound and look."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import dense, table
from paramcount.blocks.task_heads import CLASSIFIERS, bert_lm, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture

_ROC_BERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice"})


def roc_bert(c: Config) -> Parts:
    """Su et al. 2022: BERT with embeddings of how characters sound and look."""
    d_model = c.size("hidden_size")
    d_sound, d_shape = c.size("pronunciation_embed_dim"), c.size("shape_embed_dim")
    d_in: Sized = d_model
    for d_extra, key in ((d_sound, "enable_pronunciation"), (d_shape, "enable_shape")):
        d_in = d_in + d_extra if c.flag(key) else d_in
    joined = c.flag("concat_input")
    return (
        *embeddings(c),
        table("embeddings.pronunciation_embed", c.size("pronunciation_vocab_size"), d_sound),
        table("embeddings.shape_embed", c.size("shape_vocab_size"), d_shape),
        *((dense("embeddings.map_inputs_layer", "projections", d_in, d_model, bias=True),) if joined else ()),
        layers(c, layer(c, cross(c))),
        *pooler(c, _ROC_BERT_POOLED),
    )


ROC_BERT = Architecture(
    summary="BERT with embeddings of how characters sound and look",
    source="Su et al. 2022",
    body=roc_bert,
    heads={"base": no_head, "causal": bert_lm(), "masked": bert_lm(), "pretraining": bert_lm(), **CLASSIFIERS},
    prefix="roc_bert",
)
