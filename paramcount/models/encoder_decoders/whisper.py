"""Whisper: an encoder of sound, and a decoder of text that attends to it."""

from __future__ import annotations

from paramcount.blocks.attention import of_source
from paramcount.blocks.encoder_decoder import cross, feed_forward, final_norm, layers, norm, square, width
from paramcount.blocks.leaves import Convolution, Dense
from paramcount.blocks.parts import frozen, table
from paramcount.blocks.roles import KEY
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import SOURCE
from paramcount.ledger.tensor import Block, Size
from paramcount.models.architecture import Architecture

KERNEL = 3
FRAMES = 2  # of sound to a position of the encoder, by the second convolution's stride


def whisper(c: Config) -> Parts:
    """Radford et al. 2022, sec. 2.2: two convolutions over frames of sound, then an encoder and a decoder.

    A source token is a position of the encoder, which the second convolution makes of two frames.
    """
    return _decoder(c) if c.task == "causal" else (*of_source(_encoder(c)), *_decoder(c))


def _encoder(c: Config) -> Parts:
    """Its positions are sinusoidal, and frozen parameters in transformers 5.23.0's class."""
    d_model = width(c, "encoder")
    layer = (
        *_with_keys(square(d_model), Dense(d_model, d_model, role=KEY)),
        norm(c, "self_attn_layer_norm"),
        *feed_forward(c, "encoder"),
    )
    return (
        _convolution("encoder.conv1", c.size("num_mel_bins"), d_model, FRAMES),
        _convolution("encoder.conv2", d_model, d_model),
        *frozen(table("encoder.embed_positions", c.size("max_source_positions"), d_model, "position embedding")),
        layers(c, "encoder", layer),
        final_norm(c, "encoder"),
    )


def _decoder(c: Config) -> Parts:
    d_model = width(c, "decoder")
    layer = (
        *_with_keys(square(d_model), Dense(d_model, d_model, role=KEY)),
        norm(c, "self_attn_layer_norm"),
        *_with_keys(cross(d_model), Each(Dense(d_model, d_model, role=KEY), SOURCE)),
        norm(c, "encoder_attn_layer_norm"),
        *feed_forward(c, "decoder"),
    )
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_model),
        table("decoder.embed_positions", c.size("max_target_positions"), d_model, "position embedding"),
        layers(c, "decoder", layer),
        final_norm(c, "decoder"),
    )


def _with_keys(parts: Parts, keys: Block) -> Parts:
    """*parts* of attention, with *keys* for the map to the keys, which alone has no bias."""
    return tuple(
        part._replace(block=keys) if isinstance(part, Part) and part.name.endswith(".k_proj") else part
        for part in parts
    )


def _convolution(name: str, d_in: Size, d_out: Size, each: int = 1) -> Part:
    return Part(name, "convolution", Convolution(d_out, d_in, KERNEL, bias=True, each=each))


_HEAD = lm_head("decoder.embed_tokens", "proj_out", "d_model")
WHISPER = Architecture(
    summary="encoder of sound and decoder of text",
    source="Radford et al. 2022, sec. 2.2",
    body=whisper,
    heads={"base": no_head, "speech": _HEAD, "causal": _HEAD},
)
