"""Encoders with rotary positions: kinds of layers, heads of a width of their own, narrow heads."""

from hypothesis import strategies as st

from models.special.bert import labels
from models.special.deberta import some
from models.variations import Document, Draw

KINDS = ["full_attention", "sliding_attention"]


def modernbert(draw: Draw, document: Document) -> None:
    labels(draw, document)
    some(draw, document, "global_attn_every_n_layers", 1, 2, 5)
    some(draw, document, "layer_types", [draw(st.sampled_from(KINDS)) for _ in range(document["num_hidden_layers"])])


def ultrabert(draw: Draw, document: Document) -> None:
    modernbert(draw, document)
    document["prediction_head_size"] = draw(st.integers(1, 30))


def esmc(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["num_key_value_heads"] = draw(st.sampled_from([None, document["num_attention_heads"]]))


def segments(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["type_vocab_size"] = draw(st.integers(0, 3))
    some(draw, document, "head_dim", 2, 8)


def neomme(draw: Draw, document: Document) -> None:
    document["head_dim"] = 16 * draw(st.integers(1, 2))
    document["embedding_rank"] = draw(st.sampled_from([document["hidden_size"], draw(st.integers(1, 20))]))
    document["patch_size"] = draw(st.integers(1, 5))
    others = [draw(st.sampled_from(KINDS)) for _ in range(document["num_hidden_layers"] - 1)]
    some(draw, document, "layer_types", [*others, "full_attention"])


VARY = {
    "modernbert": modernbert,
    "eurobert": labels,
    "ultrabert": ultrabert,
    "esmc": esmc,
    "nomic_bert": segments,
    "gte": segments,
    "jina_embeddings_v3": segments,
    "neomme": neomme,
}
