"""BigBird-PEGASUS: an encoder attending to windows, global and random tokens."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import (
    assembled,
    decoder_layer,
    embedding_norm,
    layers,
    positions,
    square,
    tokens,
    width,
)
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.bart import ALL_HEADS, BART
from paramcount.models.encoder_decoders.led import encoder_layer, untied_of

BIGBIRD = ("self.query", "self.key", "self.value", "output")


def bigbird_pegasus(c: Config) -> Parts:
    """Zaheer et al. 2020; one switch adds biases to all attention maps."""

    def side(c: Config, name: str) -> Parts:
        bias = c.flag("use_bias")
        if name == "decoder":
            one = decoder_layer(c, bias)
        else:
            one = encoder_layer(c, square(width(c, name), bias, maps=BIGBIRD))
        return (tokens(c, name), positions(c, name), embedding_norm(c, name), layers(c, name, one))

    return assembled(c, side)


BIGBIRD_PEGASUS = BART._replace(
    summary="encoder and decoder, the encoder attending to windows, global and random tokens",
    source="Zaheer et al. 2020",
    body=bigbird_pegasus,
    heads={**ALL_HEADS, "causal": untied_of},
    uncosted="attends in blocks of the source, to windows and to random blocks",
    caches=True,
)
