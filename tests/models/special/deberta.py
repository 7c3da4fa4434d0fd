"""DeBERTa: what relative attention shares, and keys that its config class does not declare."""

from hypothesis import strategies as st

from models.special.bert import labels
from models.variations import Document, Draw

KINDS = [None, [], ["c2p"], ["p2c"], ["p2c", "c2p"], "c2p", "p2c|c2p", "C2P | p2p"]


def some(draw: Draw, document: Document, key: str, *values: object) -> None:
    """One of *values*, or no such key."""
    if draw(st.booleans()):
        document[key] = draw(st.sampled_from(values))


def deberta(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["relative_attention"] = draw(st.integers(0, 3)) > 0
    document["type_vocab_size"] = draw(st.integers(0, 2))
    some(draw, document, "pos_att_type", *KINDS)
    some(draw, document, "max_relative_positions", -1, 0, 3, 17)
    some(draw, document, "embedding_size", 5, document["hidden_size"])
    some(draw, document, "talking_head", True, False)
    some(draw, document, "pooler_hidden_size", document["hidden_size"])


def deberta_v2(draw: Draw, document: Document) -> None:
    deberta(draw, document)
    some(draw, document, "share_att_key", True, False)
    some(draw, document, "position_buckets", -1, 0, 4, 9)
    some(draw, document, "norm_rel_ebd", "layer_norm", "none", "LAYER_NORM | other")
    some(draw, document, "conv_kernel_size", 0, 3, 5)
    some(draw, document, "conv_act", "gelu")
    some(draw, document, "conv_groups", 1, 2)
    some(draw, document, "attention_head_size", document["hidden_size"] // document["num_attention_heads"])


VARY = {"deberta": deberta, "deberta-v2": deberta_v2}
