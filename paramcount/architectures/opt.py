"""Decoders of fairseq's make: OPT, BioGPT, XGLM and TrOCR's, with two position rows more than positions."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, lm_head, no_head
from paramcount.architectures.parts import Heads, attention, dense, layer_norm, plain, table, whole_heads
from paramcount.blocks.stored import Head
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.tensor import Size

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")
UNUSED_ROWS = 2  # fairseq counts positions from the padding token's number on


def opt(c: Config) -> Parts:
    """Zhang et al. 2022 and its released code: an embedding that may be narrower, norms that may be bare."""
    d_model, d_embedding, bias = whole_heads(c), _d_embedding(c), c.flag("enable_bias")
    affine = c.flag("layer_norm_elementwise_affine")
    norms = _norms(d_model) if affine else ()
    feed_forward = plain(d_model, c.size("ffn_dim"), bias, name="", names=("fc1", "fc2"))
    has_final = c.flag("do_layer_norm_before") and not c.flag("_remove_final_layer_norm")
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_embedding),
        _positions(c, "decoder.embed_positions"),
        *_projections(d_model, d_embedding),
        Stack("decoder.layers", c.size("num_hidden_layers"), (*_attention(d_model, bias), *feed_forward, *norms)),
        *((layer_norm("decoder.final_layer_norm", d_model, component="final norm"),) if has_final and affine else ()),
    )


def biogpt(c: Config) -> Parts:
    """Luo et al. 2022: GPT-2's decoder under fairseq's names."""
    d_model = whole_heads(c)
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        _positions(c, "embed_positions"),
        Stack("layers", c.size("num_hidden_layers"), _layer(d_model, c.size("intermediate_size"))),
        layer_norm("layer_norm", d_model, component="final norm"),
    )


def xglm(c: Config) -> Parts:
    """Lin et al. 2021: sinusoidal positions, which are no parameters."""
    d_model = whole_heads(c)
    layer = _layer(d_model, c.size("ffn_dim"))
    if c.flag("add_cross_attention"):
        layer = (*layer, *_cross_attention(d_model, d_model))
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
        layer_norm("layer_norm", d_model, component="final norm"),
    )


def trocr(c: Config) -> Parts:
    """The decoder of text alone; its attention to images stands in every layer, and it has no norm at the end."""
    d_model = whole_heads(c)
    d_image = c.size_or_none("cross_attention_hidden_size") or d_model
    layer = (*_layer(d_model, c.size("decoder_ffn_dim")), *_cross_attention(d_model, d_image))
    norm = layer_norm("decoder.layernorm_embedding", d_model, component="embedding norm")
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_model),
        *((_positions(c, "decoder.embed_positions"),) if c.flag("use_learned_position_embeddings") else ()),
        *((norm,) if c.flag("layernorm_embedding") else ()),
        Stack("decoder.layers", c.size("num_hidden_layers"), layer),
    )


def _d_embedding(c: Config) -> Size:
    return c.size_or_none("word_embed_proj_dim") or c.size("hidden_size")


def _positions(c: Config, name: str) -> Part:
    return table(name, c.size("max_position_embeddings") + UNUSED_ROWS, c.size("hidden_size"), "position embedding")


def _projections(d_model: Size, d_embedding: Size) -> Parts:
    """From the embedding's width to the model's and back, where they differ."""
    if d_embedding == d_model:
        return ()
    return (
        dense("decoder.project_in", "projections", d_embedding, d_model),
        dense("decoder.project_out", "projections", d_model, d_embedding),
    )


def _attention(d_model: Size, bias: bool = True) -> Parts:
    return attention(Heads(d_model, 1, 1, d_model), bias, bias, names=PROJECTIONS)


def _norms(d_model: Size) -> Parts:
    return layer_norm("self_attn_layer_norm", d_model), layer_norm("final_layer_norm", d_model)


def _layer(d_model: Size, d_ff: Size) -> Parts:
    return (*_attention(d_model), *plain(d_model, d_ff, name="", names=("fc1", "fc2")), *_norms(d_model))


def _cross_attention(d_model: Size, d_other: Size) -> Parts:
    """Keys and values come from another model, *d_other* wide."""
    widths = {"q_proj": d_model, "k_proj": d_other, "v_proj": d_other, "out_proj": d_model}
    maps = (dense(f"encoder_attn.{own}", "cross-attention", d, d_model, bias=True) for own, d in widths.items())
    return (*maps, layer_norm("encoder_attn_layer_norm", d_model))


def _opt_head(config: Config, prefix: str) -> Parts:
    tied_to = f"{prefix}decoder.embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), _d_embedding(config), tied_to)),)


def _opt_labels(config: Config, prefix: str) -> Parts:
    return (dense("score", "classifier", _d_embedding(config), config.n_labels()),)


def _opt_spans(config: Config, prefix: str) -> Parts:
    return (dense("qa_outputs", "classifier", _d_embedding(config), 2, bias=True),)


OPT = Architecture(
    summary="decoder with learned positions, LayerNorm and a plain feed-forward, under fairseq's names",
    source="Zhang et al. 2022, arXiv:2205.01068, and its released code",
    body=opt,
    heads={"base": no_head, "causal": _opt_head, "sequence": _opt_labels, "question": _opt_spans},
)
BIOGPT = OPT._replace(
    source="Luo et al. 2022",
    body=biogpt,
    heads={
        "base": no_head,
        "causal": lm_head(name="output_projection"),
        "sequence": labels(),
        "token": labels("classifier", bias=True),
    },
    prefix="biogpt",
)
XGLM = OPT._replace(
    summary="decoder with sinusoidal positions, LayerNorm and a plain feed-forward, under fairseq's names",
    source="Lin et al. 2021",
    body=xglm,
    heads={"base": no_head, "causal": lm_head()},
)
TROCR = OPT._replace(
    summary="decoder with attention to an image's encoder, which is not counted",
    source="Li et al. 2021",
    body=trocr,
    heads={"causal": lm_head("decoder.embed_tokens", "output_projection")},
)
