"""Funnel: blocks that shorten the sequence."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import answers, both, discriminator, hidden, labels, no_head, one_layer, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.encoders.xlnet import relative

_FUNNEL_BLOCKS_ALONE = frozenset({"sequence", "choice"})


def _funnel_layer(c: Config) -> Parts:
    d_model, n_heads, d_head = c.size("d_model"), c.size("n_head"), c.size("d_head")
    return (
        dense("attention.q_head", "attention", d_model, n_heads * d_head, role=QUERY),
        dense("attention.k_head", "attention", d_model, n_heads * d_head, True, KEY),
        dense("attention.v_head", "attention", d_model, n_heads * d_head, True, VALUE),
        dense("attention.post_proj", "attention", n_heads * d_head, d_model, True, OUTPUT),
        *relative("attention", d_model, n_heads, d_head, "r_kernel"),
        layer_norm("attention.layer_norm", d_model),
        *plain(d_model, c.size("d_inner"), name="ffn", names=("linear_1", "linear_2")),
        layer_norm("ffn.layer_norm", d_model),
    )


def _blocks(c: Config) -> list[int]:
    """The number of layers in each block."""
    blocks, repeats = c.get("block_sizes"), c.get("block_repeats")
    if not isinstance(blocks, list) or not all(type(one) is int and one >= 0 for one in blocks):
        raise c.refuse("block_sizes", "valid: a list of whole numbers")
    if repeats is not None and (not isinstance(repeats, list) or len(repeats) != len(blocks)):
        raise c.refuse("block_repeats", "valid: a list as long as block_sizes")
    return blocks


def funnel(c: Config) -> Parts:
    """Dai et al. 2020, sec. 2.2: blocks that shorten the sequence, and a decoder that restores it."""
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


FUNNEL = Architecture(
    summary="encoder with blocks that shorten the sequence",
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
    uncosted="shortens the sequence between its blocks",
)
