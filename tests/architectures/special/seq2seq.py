"""Encoders with decoders: heads of each side, one embedding or several, relative positions, experts in some layers."""

from hypothesis import strategies as st

from architectures.special.bert import labels
from architectures.variations import Document, Draw


def t5(draw: Draw, document: Document) -> None:
    """A feed-forward that is gated or not, a decoder as deep as the encoder or not, a head tied or not."""
    labels(draw, document)
    document["relative_attention_num_buckets"] = draw(st.integers(1, 40))
    _depth(draw, document)
    if draw(st.booleans()):
        document["tie_word_embeddings"] = draw(st.booleans())
    if draw(st.booleans()):
        activation = draw(st.sampled_from(("relu", "gelu_new", "gated-gelu", "gated-silu")))
        document["feed_forward_proj"] = activation
        if draw(st.booleans()):
            document |= {"is_gated_act": activation.startswith("gated-"), "dense_act_fn": "gelu_new"}


def longt5(draw: Draw, document: Document) -> None:
    t5(draw, document)
    if draw(st.booleans()):
        document["encoder_attention_type"] = draw(st.sampled_from(("local", "transient-global")))


def switch(draw: Draw, document: Document) -> None:
    """As many sparse layers as there are layers, fewer, more or none; or every so many, as saved configs say too."""
    document["relative_attention_num_buckets"] = draw(st.integers(1, 40))
    document["num_layers"] = draw(st.integers(1, 9))
    _depth(draw, document)
    for side in ("encoder", "decoder"):
        document[f"num_sparse_{side}_layers"] = draw(st.integers(0, 6))
        if not draw(st.integers(0, 2)):
            document[f"{side}_sparse_step"] = draw(st.integers(0, 4))


def _depth(draw: Draw, document: Document) -> None:
    given = draw(st.sampled_from(("given", "null", "absent")))
    if given == "null":
        document["num_decoder_layers"] = None
    elif given == "absent":
        document.pop("num_decoder_layers", None)


def sides(draw: Draw, document: Document) -> None:
    """Heads of their own for encoder and decoder, which mostly divide the width."""
    labels(draw, document)
    n_encoder_heads, n_decoder_heads = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    document |= {"encoder_attention_heads": n_encoder_heads, "decoder_attention_heads": n_decoder_heads}
    document["d_model"] = 2 * n_encoder_heads * n_decoder_heads * draw(st.integers(1, 3))
    if not draw(st.integers(0, 9)):
        document["d_model"] = 2 * draw(st.integers(1, 20))


def marian(draw: Draw, document: Document) -> None:
    sides(draw, document)
    if draw(st.booleans()):
        document["decoder_vocab_size"] = draw(st.one_of(st.none(), st.integers(8, 99)))


def mvp(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document |= {"prompt_length": draw(st.integers(1, 9)), "prompt_mid_dim": draw(st.integers(1, 9))}


VARY = {
    **dict.fromkeys(("t5", "mt5", "umt5"), t5),
    "longt5": longt5,
    "switch_transformers": switch,
    **dict.fromkeys(("bart", "mbart", "plbart", "pegasus", "m2m_100", "blenderbot", "blenderbot-small"), sides),
    "marian": marian,
    "mvp": mvp,
}
