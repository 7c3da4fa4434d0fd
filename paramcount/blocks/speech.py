"""What encoders of sound are composed of: convolutions over frames, and layers as Whisper's code names them."""

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
FRAMES = 2  # of sound to a position of the encoder, by the second convolution's stride


def frames(c: Config, d_model: Size, prefix: str = "") -> Parts:
    """Two convolutions over the frames of sound (Radford et al. 2022, sec. 2.2)."""
    return (
        _convolution(f"{prefix}conv1", c.size("num_mel_bins"), d_model, FRAMES),
        _convolution(f"{prefix}conv2", d_model, d_model),
    )


def encoder_layers(c: Config, prefix: str = "", key_bias: bool = False) -> Stack:
    """Pre-norm layers with biases, of which the map to the keys has none unless *key_bias*."""
    d_model = width(c, "encoder")
    maps = square(d_model)
    layer = (
        *(maps if key_bias else with_keys(maps, Dense(d_model, d_model, role=KEY))),
        norm(c, "self_attn_layer_norm"),
        *feed_forward(c, "encoder"),
    )
    return Stack(f"{prefix}layers", c.size("encoder_layers"), layer)


def last_norm(d_model: Sized, name: str) -> Part:
    """The norm behind the last layer."""
    return layer_norm(name, d_model, component="final norm")


def with_keys(parts: Parts, keys: Block) -> Parts:
    """*parts* of attention, with *keys* for the map to the keys, which alone has no bias."""
    return tuple(
        part._replace(block=keys) if isinstance(part, Part) and part.name.endswith(".k_proj") else part
        for part in parts
    )


def _convolution(name: str, d_in: Size, d_out: Size, each: int = 1) -> Part:
    return Part(name, "convolution", Convolution(d_out, d_in, KERNEL, bias=True, each=each))
