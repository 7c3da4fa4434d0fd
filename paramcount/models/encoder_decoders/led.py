"""LED: BART with an encoder attending locally and to global tokens."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import (
    assembled,
    decoder_layer,
    embedding_norm,
    feed_forward,
    layers,
    norm,
    positions,
    tokens,
    width,
)
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import lm_head, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.encoder_decoders.bart import BART

GLOBAL = ("query", "key", "value", "query_global", "key_global", "value_global")


def led(c: Config) -> Parts:
    """Beltagy et al. 2020, sec. 5: BART, with separate maps for global tokens in the encoder's attention."""

    def side(c: Config, name: str) -> Parts:
        one = decoder_layer(c) if name == "decoder" else encoder_layer(c, _led_attention(width(c, name)))
        rows = positions(c, name, key=f"max_{name}_position_embeddings")
        return (tokens(c, name), rows, embedding_norm(c, name), layers(c, name, one))

    return assembled(c, side)


def encoder_layer(c: Config, attends: Parts) -> Parts:
    return (*attends, norm(c, "self_attn_layer_norm"), *feed_forward(c, "encoder"))


def _led_attention(d_model: int) -> Parts:
    maps = zip(GLOBAL, (QUERY, KEY, VALUE, QUERY, KEY, VALUE), strict=True)
    own = "self_attn.longformer_self_attn"
    into = (dense(f"{own}.{name}", "attention", d_model, d_model, True, role) for name, role in maps)
    return (*into, dense("self_attn.output", "attention", d_model, d_model, True, OUTPUT))


def untied_of(config: Config, prefix: str) -> Parts:
    """Logits with separate weights, whatever the config says."""
    if config.flag("tie_word_embeddings"):
        config.notes.append("The output head is counted as a separate tensor, as in transformers 5.23.0's class.")
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), config.size("d_model"))),)


LED = BART._replace(
    summary="BART's encoder and decoder, the encoder attending locally and to global tokens",
    source="Beltagy et al. 2020, sec. 5",
    body=led,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model"), "question": spans(width="d_model")},
    prefix="led",
    uncosted="attends in overlapping chunks of a padded source",
    caches=True,
)
