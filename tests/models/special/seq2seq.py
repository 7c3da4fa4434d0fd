"""Encoders with decoders: heads of each side, one embedding or several, relative positions, experts in some layers."""

from hypothesis import strategies as st

from models.special import bert, gpt
from models.special.bert import labels
from models.variations import Document, Draw, documents


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
            document |= {"is_gated_act": draw(st.sampled_from((True, False, None))), "dense_act_fn": "gelu_new"}


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
    document["d_model"] = 2 * n_encoder_heads * n_decoder_heads * draw(st.integers(2, 4))
    if not draw(st.integers(0, 9)):
        document["d_model"] = 2 * draw(st.integers(2, 20))


def marian(draw: Draw, document: Document) -> None:
    sides(draw, document)
    if draw(st.booleans()):
        document["decoder_vocab_size"] = draw(st.one_of(st.none(), st.integers(8, 99)))


def mvp(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document |= {"prompt_length": draw(st.integers(1, 9)), "prompt_mid_dim": draw(st.integers(1, 9))}


def led(draw: Draw, document: Document) -> None:
    """Positions of their own for each side, and windows as one number or one a layer."""
    sides(draw, document)
    document |= {f"max_{side}_position_embeddings": draw(st.integers(1, 40)) for side in ("encoder", "decoder")}
    if draw(st.booleans()):
        n_layers = document.get("encoder_layers", 12)
        window = st.integers(1, 9).map(lambda half: 2 * half)
        document["attention_window"] = draw(st.one_of(window, st.lists(window, min_size=n_layers, max_size=n_layers)))


def bigbird_pegasus(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document["attention_type"] = draw(st.sampled_from(("block_sparse", "original_full")))


def pegasus_x(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document["num_global_tokens"] = draw(st.integers(1, 9))


def nllb_moe(draw: Draw, document: Document) -> None:
    """Experts in every layer, in every so many, or in none; more than a token is sent to, or fewer."""
    sides(draw, document)
    document |= {f"{side}_sparse_step": draw(st.integers(0, 4)) for side in ("encoder", "decoder")}
    document["num_experts"] = draw(st.integers(1, 5))


def prophetnet(draw: Draw, document: Document) -> None:
    sides(draw, document)
    for side in ("encoder", "decoder"):
        document[f"num_{side}_attention_heads"] = document.pop(f"{side}_attention_heads")
    document["hidden_size"] = document.pop("d_model")
    document |= {"ngram": draw(st.integers(1, 4)), "num_buckets": draw(st.integers(1, 40))}


def fsmt(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document |= {f"{own}_vocab_size": draw(st.integers(8, 99)) for own in ("src", "tgt")}
    document["pad_token_id"] = draw(st.integers(0, 5))


def whisper(draw: Draw, document: Document) -> None:
    sides(draw, document)
    document |= {
        key: draw(st.integers(1, 30)) for key in ("num_mel_bins", "max_source_positions", "max_target_positions")
    }


def t5gemma(draw: Draw, document: Document) -> None:
    """Two stacks of different sizes; mostly with the decoder that the class needs."""
    labels(draw, document)
    for side in ("encoder", "decoder"):
        if draw(st.integers(0, 5)):
            document[side] = _gemma(draw)
    if draw(st.integers(0, 4)):
        document["is_encoder_decoder"] = document["architectures"] != ["T5GemmaEncoderModel"]


def _gemma(draw: Draw) -> Document:
    n_kv_heads, group, d_head = (draw(st.integers(1, top)) for top in (3, 3, 5))
    n_heads, n_layers = n_kv_heads * group, draw(st.integers(1, 4))
    inner = {"num_attention_heads": n_heads, "num_key_value_heads": n_kv_heads, "head_dim": 2 * d_head}
    inner |= {"hidden_size": n_heads * draw(st.integers(1, 5)), "intermediate_size": draw(st.integers(1, 40))}
    inner |= {
        "num_hidden_layers": n_layers,
        "vocab_size": draw(st.integers(8, 99)),
        "attention_bias": draw(st.booleans()),
    }
    if draw(st.booleans()):
        inner["layer_types"] = ["full_attention"] * n_layers
    return inner


def encoder_decoder(draw: Draw, document: Document) -> None:
    """Two models of several types, as wide as each other or not; mostly with attention from one to the other."""
    encoder = draw(st.sampled_from(("bert", "roberta", "bert-generation", "distilbert", "albert")))
    decoder = draw(st.sampled_from(("bert", "camembert", "xlm-roberta", "bert-generation", "gpt2")))
    for side, model_type in (("encoder", encoder), ("decoder", decoder)):
        document[side] = draw(documents(model_type, {**bert.VARY, **gpt.VARY}.get(model_type)))
        document[side].pop("architectures", None)
        attends = side == "decoder" and draw(st.integers(0, 4)) > 0
        document[side] |= {"is_decoder": side == "decoder", "add_cross_attention": attends}
    if not draw(st.integers(0, 4)):
        document["decoder"]["cross_attention_hidden_size"] = document["encoder"].get("hidden_size", 7)


VARY = {
    **dict.fromkeys(("t5", "mt5", "umt5"), t5),
    "longt5": longt5,
    "switch_transformers": switch,
    **dict.fromkeys(("bart", "mbart", "plbart", "pegasus", "m2m_100", "blenderbot", "blenderbot-small"), sides),
    "marian": marian,
    "mvp": mvp,
    "led": led,
    "bigbird_pegasus": bigbird_pegasus,
    "pegasus_x": pegasus_x,
    "nllb-moe": nllb_moe,
    "prophetnet": prophetnet,
    "fsmt": fsmt,
    "t5gemma": t5gemma,
    "whisper": whisper,
    "encoder-decoder": encoder_decoder,
}
