"""Parts of audio encoders: convolutions over frames, and layers with the names in Whisper's code."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import feed_forward, norm, square, width
from paramcount.blocks.leaves import Convolution, Dense
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.roles import KEY
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Block, Size

KERNEL = 3
FRAMES = 2  # per position of the encoder, by the second convolution's stride


def frames(c: Config, d_model: Size, prefix: str = "") -> Parts:
    """Two convolutions over audio frames (Radford et al. 2022, sec. 2.2)."""
    return (
        _convolution(f"{prefix}conv1", c.size("num_mel_bins"), d_model, FRAMES),
        _convolution(f"{prefix}conv2", d_model, d_model),
    )


def encoder_layers(c: Config, prefix: str = "", key_bias: bool = False) -> Stack:
    """Pre-norm layers with biases, except on the key map unless *key_bias*."""
    d_model = width(c, "encoder")
    maps = square(d_model)
    layer = (
        *(maps if key_bias else with_keys(maps, Dense(d_model, d_model, role=KEY))),
        norm(c, "self_attn_layer_norm"),
        *feed_forward(c, "encoder"),
    )
    return Stack(f"{prefix}layers", c.size("encoder_layers"), layer)


def last_norm(d_model: Sized, name: str) -> Part:
    """The norm after the last layer."""
    return layer_norm(name, d_model, component="final norm")


def with_keys(parts: Parts, keys: Block) -> Parts:
    """*parts* of attention, with *keys* for the key map, the only one without a bias."""
    return tuple(
        part._replace(block=keys) if isinstance(part, Part) and part.name.endswith(".k_proj") else part
        for part in parts
    )


def _convolution(name: str, d_in: Size, d_out: Size, each: int = 1) -> Part:
    return Part(name, "convolution", Convolution(d_out, d_in, KERNEL, bias=True, each=each))
