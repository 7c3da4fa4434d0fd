"""Encoder-decoders for long inputs: LED, BigBird-Pegasus and PEGASUS-X, whose encoders attend to parts of the text."""

from __future__ import annotations

from paramcount.architectures.architecture import Parts, lm_head, no_head, spans
from paramcount.architectures.bart import ALL_HEADS, BART, BLENDERBOT
from paramcount.architectures.parts import dense, table
from paramcount.architectures.seq2seq import (
    assembled,
    decoder_layer,
    embedding_norm,
    feed_forward,
    final_norm,
    layers,
    norm,
    positions,
    square,
    tokens,
    width,
)
from paramcount.blocks.stored import Head
from paramcount.config import Config
from paramcount.model import Part

GLOBAL = ("query", "key", "value", "query_global", "key_global", "value_global")
BIGBIRD = ("self.query", "self.key", "self.value", "output")


def led(c: Config) -> Parts:
    """Beltagy et al. 2020, sec. 5: BART, with maps of their own for global tokens in the encoder's attention."""

    def side(c: Config, name: str) -> Parts:
        one = decoder_layer(c) if name == "decoder" else _encoder_layer(c, _led_attention(width(c, name)))
        rows = positions(c, name, key=f"max_{name}_position_embeddings")
        return (tokens(c, name), rows, embedding_norm(c, name), layers(c, name, one))

    return assembled(c, side)


def bigbird_pegasus(c: Config) -> Parts:
    """Zaheer et al. 2020: one switch gives all maps of attention a bias."""

    def side(c: Config, name: str) -> Parts:
        bias = c.flag("use_bias")
        if name == "decoder":
            one = decoder_layer(c, bias)
        else:
            one = _encoder_layer(c, square(width(c, name), bias, maps=BIGBIRD))
        return (tokens(c, name), positions(c, name), embedding_norm(c, name), layers(c, name, one))

    return assembled(c, side)


def pegasus_x(c: Config) -> Parts:
    """Phang et al. 2022, sec. 3: global tokens with an embedding and a norm of their own; attention has no biases."""

    def side(c: Config, name: str) -> Parts:
        if name == "decoder":
            return (tokens(c, name), layers(c, name, decoder_layer(c, bias=False)), final_norm(c, name))
        attends = (*square(width(c, name), bias=False), norm(c, "global_self_attn_layer_norm"))
        rows = table("encoder.embed_global", c.size("num_global_tokens"), c.size("d_model"), "position embedding")
        return (tokens(c, name), rows, layers(c, name, _encoder_layer(c, attends)), final_norm(c, name))

    return assembled(c, side)


def _encoder_layer(c: Config, attends: Parts) -> Parts:
    return (*attends, norm(c, "self_attn_layer_norm"), *feed_forward(c, "encoder"))


def _led_attention(d_model: int) -> Parts:
    maps = (f"self_attn.longformer_self_attn.{own}" for own in GLOBAL)
    return tuple(dense(name, "attention", d_model, d_model, bias=True) for name in (*maps, "self_attn.output"))


def _untied(config: Config, prefix: str) -> Parts:
    """Logits by weights of their own, whatever the config says."""
    if config.flag("tie_word_embeddings"):
        config.notes.append("The output head is counted as a tensor of its own, as transformers 5.23.0's class has it.")
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), config.size("d_model"))),)


LED = BART._replace(
    summary="BART's encoder and decoder, the encoder attending locally and to global tokens",
    source="Beltagy et al. 2020, sec. 5",
    body=led,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model"), "question": spans(width="d_model")},
    prefix="led",
)
BIGBIRD_PEGASUS = BART._replace(
    summary="encoder and decoder, the encoder attending to windows, global and random tokens",
    source="Zaheer et al. 2020",
    body=bigbird_pegasus,
    heads={**ALL_HEADS, "causal": _untied},
)
PEGASUS_X = BLENDERBOT._replace(
    summary="encoder and decoder, the encoder attending to blocks and global tokens",
    source="Phang et al. 2022, sec. 3",
    body=pegasus_x,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model")},
)
