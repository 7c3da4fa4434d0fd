"""Nyströmformer: BERT with approximated attention."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.encoder import embeddings, layer, layers
from paramcount.blocks.parts import bare
from paramcount.blocks.products import Product
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, bert_lm, both, choice, hidden, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def windowed(c: Config, window: str) -> Parts:
    """BERT, with a convolution over each head's values if the config has a *window* for it."""
    kernel, h = c.size_or_none(window), whole_heads(c)
    filters = bare("attention.self.conv.weight", "convolution", h.n_heads, 1, kernel, 1) if kernel else None
    values = Part("", "convolution", Product(kernel * (h.n_heads * h.d_head))) if kernel else None
    convolution = (filters, values) if filters and values else ()
    return (*embeddings(c, spare=2), layers(c, layer(c, convolution)))


def nystromformer(c: Config) -> Parts:
    """Xiong et al. 2021: attention by landmarks, and a parallel convolution."""
    if c.flag("inv_coeff_init_option"):
        raise c.refuse("inv_coeff_init_option", "valid: false, the only value the released class accepts")
    return windowed(c, "conv_kernel_size")


NYSTROMFORMER = Architecture(
    summary="BERT with attention by landmarks",
    source="Xiong et al. 2021",
    body=nystromformer,
    heads={
        "base": no_head,
        "masked": bert_lm(),
        **DEEPER_CLASSIFIERS,
        "question": spans(),
        "choice": both(hidden("pre_classifier"), choice()),
    },
    prefix="nystromformer",
    uncosted="attends to landmarks, using an iteratively approximated inverse",
)
