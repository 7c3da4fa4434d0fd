"""ProphetNet, whose decoder predicts several tokens at once, and FSMT, with vocabularies of two languages."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, lm_head, no_head
from paramcount.architectures.parts import dense, layer_norm, plain, table
from paramcount.architectures.seq2seq import layers, note_untied, square
from paramcount.config import Config
from paramcount.model import Part, Stack

MAPS = ("query_proj", "key_proj", "value_proj", "out_proj")
EMBEDDING = "word_embeddings"


def prophetnet(c: Config) -> Parts:
    """Qi et al. 2020, sec. 3: a decoder with an embedding of each token to come, and relative positions by content."""
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


def fsmt(c: Config) -> Parts:
    """Ng et al. 2019, as transformers 5.23.0's class has it: a head within the decoder, positions as parameters."""
    n_target, d_model = c.size("tgt_vocab_size"), c.size("d_model")
    target = "decoder.embed_tokens"
    shares = f"{target}.weight" if c.flag("tie_word_embeddings") else ""
    n_source = n_target if shares else c.size("src_vocab_size")
    return (
        table("encoder.embed_tokens", n_source, d_model, shares=shares),
        *_fsmt_side(c, "encoder"),
        table(target, n_target, d_model),
        *_fsmt_side(c, "decoder"),
        table("decoder.output_projection", n_target, d_model, "output head", shares),
    )


def _fsmt_side(c: Config, side: str) -> Parts:
    """Positions are counted from the padding token's number on; the rows before are not used."""
    n_rows = c.size("max_position_embeddings") + c.size("pad_token_id", least=0) + 1
    rows: Part = table(f"{side}.embed_positions", n_rows, c.size("d_model"), "position embedding")
    return rows, layers(c, side)


PROPHETNET = Architecture(
    summary="encoder, and a decoder that predicts several tokens at once",
    source="Qi et al. 2020, sec. 3",
    body=prophetnet,
    heads={"base": no_head, "seq2seq": lm_head(EMBEDDING), "causal": lm_head(EMBEDDING)},
    prefix="prophetnet",
)
FSMT = Architecture(
    summary="encoder and decoder with a vocabulary each, and sinusoidal positions",
    source="Ng et al. 2019; transformers 5.23.0",
    body=fsmt,
    heads={"base": no_head, "seq2seq": no_head},
)
