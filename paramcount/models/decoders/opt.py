"""OPT: GPT-3's shape under fairseq's names, with two more position rows than positions."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, across, attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")
UNUSED_ROWS = 2  # fairseq numbers positions from after the padding token's id


def opt(c: Config) -> Parts:
    """Zhang et al. 2022 and its released code: the embedding may be narrower, norms may lack parameters."""
    h, d_embedding, bias = whole_heads(c), _d_embedding(c), c.flag("enable_bias")
    d_model, affine = h.d_model, c.flag("layer_norm_elementwise_affine")
    norms = _norms(d_model) if affine else ()
    feed_forward = plain(d_model, c.size("ffn_dim"), bias, name="", names=("fc1", "fc2"))
    into, out = _projections(c, d_embedding)
    has_final = c.flag("do_layer_norm_before") and not c.flag("_remove_final_layer_norm")
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_embedding),
        positions(c, "decoder.embed_positions"),
        *into,
        Stack("decoder.layers", c.size("num_hidden_layers"), (*_attention(h, bias), *feed_forward, *norms)),
        *out,
        *((layer_norm("decoder.final_layer_norm", d_model, component="final norm"),) if has_final and affine else ()),
    )


def _d_embedding(c: Config) -> Size:
    return c.size_or_none("word_embed_proj_dim") or c.size("hidden_size")


def positions(c: Config, name: str) -> Part:
    return table(name, c.size("max_position_embeddings") + UNUSED_ROWS, c.size("hidden_size"), "position embedding")


def _projections(c: Config, d_embedding: Size) -> tuple[Parts, Parts]:
    """Maps from the embedding's width to the model's and back, if they differ."""
    d_model = c.size("hidden_size")
    if not c.taken("projected", d_embedding != d_model):
        return (), ()
    into = dense("decoder.project_in", "projections", d_embedding, d_model)
    return (into,), (dense("decoder.project_out", "projections", d_model, d_embedding),)


def _attention(h: Heads, bias: bool = True) -> Parts:
    return attention(h, bias, bias, names=PROJECTIONS)


def _norms(d_model: Size) -> Parts:
    return layer_norm("self_attn_layer_norm", d_model), layer_norm("final_layer_norm", d_model)


def pre_norm_layer(h: Heads, d_ff: Size) -> Parts:
    return (*_attention(h), *plain(h.d_model, d_ff, name="", names=("fc1", "fc2")), *_norms(h.d_model))


def cross_attention(h: Heads, d_other: Size) -> Parts:
    """Attention to keys and values from another model, *d_other* wide."""
    cross = across(h, True, names=PROJECTIONS, d_source=d_other)
    return (*cross, layer_norm("encoder_attn_layer_norm", h.d_model))


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
