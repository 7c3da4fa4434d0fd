"""Whisper: an audio encoder, and a text decoder that attends to it."""

from __future__ import annotations

from paramcount.blocks.attention import of_source
from paramcount.blocks.encoder_decoder import cross, feed_forward, final_norm, layers, norm, square, width
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import frozen, table
from paramcount.blocks.roles import KEY
from paramcount.blocks.speech import encoder_layers, frames, with_keys
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.operation import SOURCE
from paramcount.models.architecture import Architecture


def whisper(c: Config) -> Parts:
    """Radford et al. 2022, sec. 2.2: two convolutions over audio frames, then an encoder and a decoder.

    A source token is a position of the encoder, which the second convolution makes from two frames.
    """
    return _decoder(c) if c.task == "causal" else (*of_source(_encoder(c)), *_decoder(c))


def _encoder(c: Config) -> Parts:
    """Its sinusoidal positions are frozen parameters in transformers 5.23.0's class."""
    d_model = width(c, "encoder")
    return (
        *frames(c, d_model, "encoder."),
        *frozen(table("encoder.embed_positions", c.size("max_source_positions"), d_model, "position embedding")),
        encoder_layers(c, "encoder."),
        final_norm(c, "encoder"),
    )


def _decoder(c: Config) -> Parts:
    d_model = width(c, "decoder")
    layer = (
        *with_keys(square(d_model), Dense(d_model, d_model, role=KEY)),
        norm(c, "self_attn_layer_norm"),
        *with_keys(cross(d_model), Each(Dense(d_model, d_model, role=KEY), SOURCE)),
        norm(c, "encoder_attn_layer_norm"),
        *feed_forward(c, "decoder"),
    )
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_model),
        table("decoder.embed_positions", c.size("max_target_positions"), d_model, "position embedding"),
        layers(c, "decoder", layer),
        final_norm(c, "decoder"),
    )


_HEAD = lm_head("decoder.embed_tokens", "proj_out", "d_model")
WHISPER = Architecture(
    summary="audio encoder and text decoder",
    source="Radford et al. 2022, sec. 2.2",
    body=whisper,
    heads={"base": no_head, "speech": _HEAD, "causal": _HEAD},
)
