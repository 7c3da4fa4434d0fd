"""Whisper: an encoder of sound, and a decoder of text that attends to it."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import MAPS, feed_forward, final_norm, layers, norm, width
from paramcount.blocks.parts import bare, dense, frozen, table
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

KERNEL = 3


def whisper(c: Config) -> Parts:
    """Radford et al. 2022, sec. 2.2: two convolutions over frames of sound, then an encoder and a decoder."""
    return _decoder(c) if c.task == "causal" else (*_encoder(c), *_decoder(c))


def _encoder(c: Config) -> Parts:
    """Its positions are sinusoidal, and frozen parameters in transformers 5.23.0's class."""
    d_model = width(c, "encoder")
    layer = (
        *_attention(d_model, "self_attn", "attention"),
        norm(c, "self_attn_layer_norm"),
        *feed_forward(c, "encoder"),
    )
    return (
        *_convolution("encoder.conv1", c.size("num_mel_bins"), d_model),
        *_convolution("encoder.conv2", d_model, d_model),
        *frozen(table("encoder.embed_positions", c.size("max_source_positions"), d_model, "position embedding")),
        layers(c, "encoder", layer),
        final_norm(c, "encoder"),
    )


def _decoder(c: Config) -> Parts:
    d_model = width(c, "decoder")
    layer = (
        *_attention(d_model, "self_attn", "attention"),
        norm(c, "self_attn_layer_norm"),
        *_attention(d_model, "encoder_attn", "cross-attention"),
        norm(c, "encoder_attn_layer_norm"),
        *feed_forward(c, "decoder"),
    )
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_model),
        table("decoder.embed_positions", c.size("max_target_positions"), d_model, "position embedding"),
        layers(c, "decoder", layer),
        final_norm(c, "decoder"),
    )


def _attention(d_model: Size, name: str, component: str) -> Parts:
    """Four square maps, that of keys alone without a bias."""
    roles = zip(MAPS, (QUERY, KEY, VALUE, OUTPUT), strict=True)
    return tuple(dense(f"{name}.{own}", component, d_model, d_model, role != KEY, role) for own, role in roles)


def _convolution(name: str, d_in: Size, d_out: Size) -> Parts:
    kernel = bare(f"{name}.weight", "convolution", d_out, d_in, KERNEL)
    return kernel, bare(f"{name}.bias", "convolution", d_out)


_HEAD = lm_head("decoder.embed_tokens", "proj_out", "d_model")
WHISPER = Architecture(
    summary="encoder of sound and decoder of text",
    source="Radford et al. 2022, sec. 2.2",
    body=whisper,
    heads={"base": no_head, "speech": _HEAD, "causal": _HEAD},
)
