"""Encoders for long texts: kinds of attention, windows, convolutions that may be there."""

from hypothesis import strategies as st

from models.special.bert import as_decoder, labels
from models.special.deberta import some
from models.variations import Document, Draw


def longformer(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["type_vocab_size"] = draw(st.integers(0, 3))
    some(draw, document, "attention_window", 4, [2] * document["num_hidden_layers"])


def big_bird(draw: Draw, document: Document) -> None:
    labels(draw, document)
    as_decoder(draw, document)
    some(draw, document, "attention_type", "original_full", "block_sparse")


def nystromformer(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document.pop("inv_coeff_init_option", None)
    some(draw, document, "conv_kernel_size", None, 1, 2, 7)


def yoso(draw: Draw, document: Document) -> None:
    labels(draw, document)
    some(draw, document, "conv_window", None, 1, 2, 7)


VARY = {
    "longformer": longformer,
    "big_bird": big_bird,
    "nystromformer": nystromformer,
    "yoso": yoso,
    "mra": labels,
    "fnet": labels,
}
