"""PEGASUS: sinusoidal positions as frozen parameters; and PEGASUS-X for long inputs."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import (
    assembled,
    decoder_layer,
    final_norm,
    layers,
    norm,
    sinusoids,
    square,
    tokens,
    width,
)
from paramcount.blocks.parts import table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.blenderbot import BLENDERBOT
from paramcount.models.encoder_decoders.led import encoder_layer


def pegasus(c: Config) -> Parts:
    """Zhang et al. 2019: as Blenderbot, with sinusoidal positions."""

    def side(c: Config, name: str) -> Parts:
        return (tokens(c, name), sinusoids(c, name), layers(c, name), final_norm(c, name))

    return assembled(c, side)


PEGASUS = BLENDERBOT._replace(
    summary="encoder and decoder with sinusoidal positions, which are frozen parameters",
    source="Zhang et al. 2019; transformers 5.23.0",
    body=pegasus,
)


def pegasus_x(c: Config) -> Parts:
    """Phang et al. 2022, sec. 3: global tokens with their own embedding and norm; attention has no biases."""

    def side(c: Config, name: str) -> Parts:
        if name == "decoder":
            return (tokens(c, name), layers(c, name, decoder_layer(c, bias=False)), final_norm(c, name))
        attends = (*square(width(c, name), bias=False), norm(c, "global_self_attn_layer_norm"))
        rows = table("encoder.embed_global", c.size("num_global_tokens"), c.size("d_model"), "position embedding")
        return (tokens(c, name), rows, layers(c, name, encoder_layer(c, attends)), final_norm(c, name))

    return assembled(c, side)


PEGASUS_X = BLENDERBOT._replace(
    summary="encoder and decoder, the encoder attending to blocks and global tokens",
    source="Phang et al. 2022, sec. 3",
    body=pegasus_x,
    uncosted="attends in blocks of a padded source, and to global tokens",
    caches=True,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model")},
)
