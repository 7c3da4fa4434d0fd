"""Perceiver IO: widths of latents, heads and attention, given or shaped by queries or inputs."""

from hypothesis import strategies as st

from models.special.bert import labels
from models.special.deberta import some
from models.special.structured import small
from models.variations import Document, Draw


def perceiver(draw: Draw, document: Document) -> None:
    labels(draw, document)
    small(draw, document, "num_latents", "num_self_attends_per_block", top=5)
    small(draw, document, "self_attention_widening_factor", "cross_attention_widening_factor", top=3)
    document["d_latents"], document["d_model"] = 12 * draw(st.integers(1, 3)), 24 * draw(st.integers(1, 2))
    document["num_self_attention_heads"] = draw(st.sampled_from([1, 2, 4]))
    document["num_cross_attention_heads"] = draw(st.sampled_from([1, 3, 4]))
    some(draw, document, "qk_channels", 12, 24)
    some(draw, document, "v_channels", 12, 36)
    some(draw, document, "cross_attention_shape_for_attention", "q", "kv")


VARY = {"perceiver": perceiver}
