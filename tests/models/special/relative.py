"""XLNet, Funnel and MPNet: feed-forward widths, blocks, summaries."""

from hypothesis import strategies as st

from models.special.bert import labels
from models.special.deberta import some
from models.variations import Document, Draw


def xlnet(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["d_inner"] = draw(st.integers(1, 40))
    document["d_model"] = document["n_head"] * draw(st.integers(1, 6))
    document["d_head"] = None
    some(draw, document, "d_head", document["d_model"] // document["n_head"], 0)
    some(draw, document, "summary_proj_to_labels", True, False)


def funnel(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["block_sizes"] = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    document["d_head"] = draw(st.integers(1, 6))
    document["d_inner"] = draw(st.integers(1, 40))
    document["num_decoder_layers"] = draw(st.integers(0, 3))
    some(draw, document, "block_repeats", [2] * len(document["block_sizes"]), [1])


def mpnet(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["relative_attention_num_buckets"] = draw(st.integers(1, 40))


VARY = {"xlnet": xlnet, "funnel": funnel, "mpnet": mpnet}
