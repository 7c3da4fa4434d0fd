"""Encoders with relative positions: XLNet, Funnel and MPNet."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, no_head
from paramcount.architectures.encoder_heads import (
    DEEPER_CLASSIFIERS,
    ROBERTA_LM,
    answers,
    both,
    discriminator,
    hidden,
    one_layer,
    summary,
    vocabulary,
)
from paramcount.architectures.encoder_parts import feed_forward, layers, pooler, square
from paramcount.architectures.parts import bare, dense, layer_norm, plain, table, whole_heads
from paramcount.config import Config
from paramcount.model import Stack
from paramcount.tensor import Size

_MPNET_POOLED = frozenset({"base", "choice"})
_FUNNEL_BLOCKS_ALONE = frozenset({"sequence", "choice"})


def _relative(name: str, d_model: Size, n_heads: Size, d_head: Size, kernel: str) -> Parts:
    """The map of distances, the vectors for the query's position and segment, and two segments' (Yang et al. 2019)."""
    biases = (bare(f"{name}.r_{own}_bias", "relative positions", n_heads, d_head) for own in "wrs")
    segments = bare(f"{name}.seg_embed", "relative positions", 2, n_heads, d_head)
    return (bare(f"{name}.{kernel}", "relative positions", d_model, n_heads, d_head), *biases, segments)


def xlnet(c: Config) -> Parts:
    """Yang et al. 2019, sec. 2: Transformer-XL's attention, and a vector that stands for a token to be predicted."""
    d_model, n_heads = c.size("d_model"), c.size("n_head")
    d_head = c.quotient("d_head", "d_model", "n_head")
    if c.get("d_head") not in (None, 0, d_head):
        raise c.refuse("d_head", f"valid: d_model / n_head = {d_head}")
    one = (
        *(bare(f"rel_attn.{own}", "attention", d_model, n_heads, d_head) for own in "qkvo"),
        *_relative("rel_attn", d_model, n_heads, d_head, "r"),
        layer_norm("rel_attn.layer_norm", d_model),
        *plain(d_model, c.size("d_inner"), name="ff", names=("layer_1", "layer_2")),
        layer_norm("ff.layer_norm", d_model),
    )
    return (
        table("word_embedding", c.size("vocab_size"), d_model),
        bare("mask_emb", "token embedding", 1, 1, d_model),
        Stack("layer", c.size("n_layer"), one),
    )


def _funnel_layer(c: Config) -> Parts:
    d_model, n_heads, d_head = c.size("d_model"), c.size("n_head"), c.size("d_head")
    return (
        dense("attention.q_head", "attention", d_model, n_heads * d_head),
        dense("attention.k_head", "attention", d_model, n_heads * d_head, bias=True),
        dense("attention.v_head", "attention", d_model, n_heads * d_head, bias=True),
        dense("attention.post_proj", "attention", n_heads * d_head, d_model, bias=True),
        *_relative("attention", d_model, n_heads, d_head, "r_kernel"),
        layer_norm("attention.layer_norm", d_model),
        *plain(d_model, c.size("d_inner"), name="ffn", names=("linear_1", "linear_2")),
        layer_norm("ffn.layer_norm", d_model),
    )


def _blocks(c: Config) -> list[int]:
    """How many layers each block has."""
    blocks, repeats = c.get("block_sizes"), c.get("block_repeats")
    if not isinstance(blocks, list) or not all(type(one) is int and one >= 0 for one in blocks):
        raise c.refuse("block_sizes", "valid: a list of whole numbers")
    if repeats is not None and (not isinstance(repeats, list) or len(repeats) != len(blocks)):
        raise c.refuse("block_repeats", "valid: a list as long as block_sizes")
    return blocks


def funnel(c: Config) -> Parts:
    """Dai et al. 2020, sec. 2.2: blocks of layers between which the sequence is shortened, and a decoder to undo it."""
    one, d_model = _funnel_layer(c), c.size("d_model")
    blocks = (
        Stack(f"encoder.blocks.{i}", c.named(f"n_block_{i}_layers", size, f"block_sizes, number {i}"), one)
        for i, size in enumerate(_blocks(c))
    )
    decoder = (Stack("decoder.layers", c.size("num_decoder_layers", 0), one),)
    alone = c.task in _FUNNEL_BLOCKS_ALONE or c.class_name() == "FunnelBaseModel"
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        layer_norm("embeddings.layer_norm", d_model, component="embedding norm"),
        *blocks,
        *(() if alone else decoder),
    )


def _funnel_choice(config: Config, prefix: str) -> Parts:
    return (dense("classifier.linear_out", "classifier", config.size("hidden_size"), 1, bias=True),)


def mpnet(c: Config) -> Parts:
    """Song et al. 2020: BERT without segments, with biases by distance that all layers share."""
    d_model, n_heads = whole_heads(c), c.size("num_attention_heads")
    one = (
        *square(d_model, "attention.attn", ("q", "k", "v", "o")),
        layer_norm("attention.LayerNorm", d_model),
        *feed_forward(c),
        layer_norm("output.LayerNorm", d_model),
    )
    biases = c.size("relative_attention_num_buckets")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, one),
        table("encoder.relative_attention_bias", biases, n_heads, "relative positions"),
        *pooler(c, _MPNET_POOLED),
    )


def _one_score(config: Config, prefix: str) -> Parts:
    return (dense("logits_proj", "classifier", config.size("hidden_size"), 1, bias=True),)


XLNET = Architecture(
    summary="encoder over all orders of the tokens, with Transformer-XL's relative positions",
    source="Yang et al. 2019, sec. 2",
    body=xlnet,
    heads={
        "base": no_head,
        "causal": vocabulary("lm_loss", width="d_model", embedding="word_embedding"),
        "sequence": both(summary, labels("logits_proj", bias=True)),
        "token": one_layer,
        "question": answers,
        "choice": both(summary, _one_score),
    },
    prefix="transformer",
)
FUNNEL = Architecture(
    summary="encoder in blocks that shorten the sequence",
    source="Dai et al. 2020, sec. 2.2",
    body=funnel,
    heads={
        "base": no_head,
        "masked": vocabulary("lm_head"),
        "pretraining": discriminator,
        "sequence": both(hidden("classifier.linear_hidden"), labels("classifier.linear_out", bias=True)),
        "token": one_layer,
        "question": answers,
        "choice": both(hidden("classifier.linear_hidden"), _funnel_choice),
    },
    prefix="funnel",
)
MPNET = Architecture(
    summary="BERT with biases by distance that all layers share",
    source="Song et al. 2020",
    body=mpnet,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="mpnet",
)
