"""Encoders that are told more than tokens: entities, cells, layout, markup; widths that may be equal."""

from hypothesis import strategies as st

from models.special.bert import bert, labels
from models.special.deberta import some
from models.variations import Document, Draw


def small(draw: Draw, document: Document, *keys: str, top: int = 30) -> None:
    """A small number under each of *keys*."""
    for key in keys:
        document[key] = draw(st.integers(1, top))


def luke(draw: Draw, document: Document) -> None:
    labels(draw, document)
    small(draw, document, "entity_vocab_size")
    document["entity_emb_size"] = draw(st.sampled_from([document["hidden_size"], draw(st.integers(1, 20))]))


def tapas(draw: Draw, document: Document) -> None:
    bert(draw, document)
    document["type_vocab_sizes"] = draw(st.lists(st.integers(0, 9), max_size=8))


def roc_bert(draw: Draw, document: Document) -> None:
    bert(draw, document)
    small(draw, document, "pronunciation_embed_dim", "shape_embed_dim")
    document["pronunciation_vocab_size"], document["shape_vocab_size"] = (
        draw(st.integers(2, 30)),
        draw(st.integers(2, 30)),
    )


def lilt(draw: Draw, document: Document) -> None:
    labels(draw, document)
    small(draw, document, "max_2d_position_embeddings")
    some(draw, document, "channel_shrink_ratio", 1, 2, 3)


def markuplm(draw: Draw, document: Document) -> None:
    labels(draw, document)
    small(draw, document, "max_xpath_tag_unit_embeddings", "max_xpath_subs_unit_embeddings")
    small(draw, document, "xpath_unit_hidden_size", "max_depth", top=6)


VARY = {"luke": luke, "tapas": tapas, "roc_bert": roc_bert, "lilt": lilt, "markuplm": markuplm}
