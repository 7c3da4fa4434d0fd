"""Encoders of BERT's make: how many labels there are, and what a decoder of that make needs."""

from hypothesis import strategies as st

from models.variations import Document, Draw


def labels(draw: Draw, document: Document) -> None:
    """No number of labels, a number, names for them, or both, which need not agree."""
    if draw(st.booleans()):
        document["num_labels"] = draw(st.integers(1, 4))
    if draw(st.booleans()):
        document["id2label"] = {str(i): f"label {i}" for i in range(draw(st.integers(1, 4)))}


def as_decoder(draw: Draw, document: Document) -> None:
    """Mostly cross-attention only in a decoder."""
    if draw(st.integers(0, 9)):
        document["is_decoder"] = draw(st.booleans())
        document["add_cross_attention"] = document["is_decoder"] and draw(st.booleans())


def bert(draw: Draw, document: Document) -> None:
    labels(draw, document)
    as_decoder(draw, document)
    document["type_vocab_size"] = draw(st.integers(0, 3))


def ernie(draw: Draw, document: Document) -> None:
    bert(draw, document)
    document["task_type_vocab_size"] = draw(st.integers(0, 4))


def layoutlm(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["max_2d_position_embeddings"] = draw(st.integers(1, 40))


VARY = {
    **dict.fromkeys(("bert", "roberta", "camembert", "xlm-roberta", "xlm-roberta-xl", "roberta-prelayernorm"), bert),
    **dict.fromkeys(("data2vec-text", "megatron-bert", "bert-generation"), bert),
    "ibert": labels,
    "ernie": ernie,
    "layoutlm": layoutlm,
}
