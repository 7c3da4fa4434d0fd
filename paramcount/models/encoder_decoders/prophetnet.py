"""ProphetNet, whose decoder predicts several tokens at once."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import note_untied, square
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture

MAPS = ("query_proj", "key_proj", "value_proj", "out_proj")
EMBEDDING = "word_embeddings"


def prophetnet(c: Config) -> Parts:
    """Qi et al. 2020, sec. 3: a decoder with an embedding for each future token, and relative positions by content."""
    shared = table(EMBEDDING, c.size("vocab_size"), c.size("hidden_size"))
    if not c.flag("tie_word_embeddings"):
        note_untied(c)
    return (shared, *(() if c.task == "causal" else _encoder(c)), *_decoder(c))


def _encoder(c: Config) -> Parts:
    return (*_tables(c, "encoder"), Stack("encoder.layers", c.size("num_encoder_layers"), _layer(c, "encoder")))


def _decoder(c: Config) -> Parts:
    d_model, n_heads = c.size("hidden_size"), c.size("num_decoder_attention_heads")
    relative = dense(
        "self_attn.relative_pos_embeddings", "relative positions", d_model, c.size("num_buckets") * n_heads, bias=True
    )
    layer = (*_layer(c, "decoder"), relative)
    if c.flag("add_cross_attention"):
        attends = square(d_model, name="cross_attn", maps=MAPS, component="cross-attention")
        layer = (*layer, *attends, layer_norm("cross_attn_layer_norm", d_model))
    return (
        *_tables(c, "decoder"),
        table("decoder.ngram_embeddings", c.size("ngram"), d_model, "position embedding"),
        Stack("decoder.layers", c.size("num_decoder_layers"), layer),
    )


def _tables(c: Config, side: str) -> Parts:
    d_model = c.size("hidden_size")
    shares = f"{EMBEDDING}.weight" if c.flag("tie_word_embeddings") else ""
    return (
        table(f"{side}.{EMBEDDING}", c.size("vocab_size"), d_model, shares=shares),
        table(f"{side}.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm(f"{side}.embeddings_layer_norm", d_model, component="embedding norm"),
    )


def _layer(c: Config, side: str) -> Parts:
    c.quotient(f"d_{side}_head", "hidden_size", f"num_{side}_attention_heads")
    d_model = c.size("hidden_size")
    return (
        *square(d_model, maps=MAPS),
        layer_norm("self_attn_layer_norm", d_model),
        *plain(d_model, c.size(f"{side}_ffn_dim"), name="feed_forward", names=("intermediate", "output")),
        layer_norm("feed_forward_layer_norm", d_model),
    )


PROPHETNET = Architecture(
    summary="encoder, and a decoder that predicts several tokens at once",
    source="Qi et al. 2020, sec. 3",
    body=prophetnet,
    heads={"base": no_head, "seq2seq": lm_head(EMBEDDING), "causal": lm_head(EMBEDDING)},
    prefix="prophetnet",
    uncosted="predicts several tokens at once, in extra streams beside the decoder's",
)
