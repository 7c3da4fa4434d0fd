"""FNet: Fourier transforms instead of attention."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, feed_forward, layers, of_the_first
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.task_heads import CLASSIFIERS, bert_lm, both, no_head, two_answers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def fnet(c: Config) -> Parts:
    """Lee-Thorp et al. 2021, sec. 3: Fourier transforms instead of attention."""
    d_model = c.size("hidden_size")
    one = (
        layer_norm("fourier.output.LayerNorm", d_model),
        *feed_forward(c),
        layer_norm("output.LayerNorm", d_model),
    )
    return (
        *embeddings(c),
        dense("embeddings.projection", "projections", d_model, d_model, bias=True),
        layers(c, one),
        of_the_first(d_model),
    )


FNET = Architecture(
    summary="BERT with Fourier transforms instead of attention",
    source="Lee-Thorp et al. 2021, sec. 3",
    body=fnet,
    heads={
        "base": no_head,
        "masked": bert_lm(),
        "pretraining": both(bert_lm(), two_answers()),
        "next-sentence": two_answers(),
        **CLASSIFIERS,
    },
    prefix="fnet",
    uncosted="mixes tokens by Fourier transforms, which are not matrix products",
)
