"""Encoders for other texts and ends: languages, proteins, characters, spans."""

from hypothesis import strategies as st

from models.special.bert import as_decoder, bert, labels
from models.special.deberta import some
from models.special.structured import small
from models.variations import Document, Draw


def xmod(draw: Draw, document: Document) -> None:
    bert(draw, document)
    document["languages"] = draw(st.lists(st.sampled_from(["en_XX", "de_DE", "zh_CN"]), max_size=4))
    some(draw, document, "adapter_reduction_factor", 1, 2, 3, 50)


def esm(draw: Draw, document: Document) -> None:
    labels(draw, document)
    as_decoder(draw, document)
    document["vocab_size"] = draw(st.integers(8, 40))
    document["pad_token_id"] = 1
    some(draw, document, "emb_layer_norm_before", True, False, None)
    some(draw, document, "position_embedding_type", "absolute", "rotary", None)


def canine(draw: Draw, document: Document) -> None:
    labels(draw, document)
    small(draw, document, "downsampling_rate", "upsampling_kernel_size", top=5)
    small(draw, document, "num_hash_buckets")
    document["num_hash_functions"] = draw(st.sampled_from([1, 2, document["hidden_size"]]))


VARY = {"xmod": xmod, "esm": esm, "canine": canine, "splinter": labels}
DEFAULTS = {"esm": {"vocab_size": 33, "pad_token_id": 1, "mask_token_id": 32}}
