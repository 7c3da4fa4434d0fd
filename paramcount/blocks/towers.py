"""What the towers of images are composed of: patches, a learned grid of positions, pre-norm layers."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.convolutions import filters
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import layer_norm, table
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.tensor import Size

PATCHES, PROJECTOR = "patch embedding", "projector"


def patches(c: Config, name: str, d_model: Size, bias: bool = True, channels: str = "num_channels") -> Part:
    """A linear map of each square patch, as a convolution that strides by its own side (Dosovitskiy et al. 2020)."""
    side = c.size("patch_size")
    return filters(name, PATCHES, c.size(channels), d_model, (side, side), bias)


def patches_in_time(c: Config, name: str, d_model: Size, bias: bool = False) -> Part:
    """The same of patches that are some frames deep."""
    side = c.size("patch_size")
    return filters(name, PATCHES, c.size("in_channels"), d_model, (c.size("temporal_patch_size"), side, side), bias)


def grid(c: Config, name: str, d_model: Size) -> Part:
    """A learned position for each patch of a square image of the config's size, whose rest no patch covers."""
    n_side = c.follows("n_side", "image_size / patch_size, rounded down", c.size("image_size"), c.size("patch_size"))
    return table(name, n_side * n_side, d_model, "position embedding")


def siglip_layer(c: Config, d_model: Size) -> Parts:
    """Pre-norm attention and feed-forward with biases, under the names of CLIP's and SigLIP's released code."""
    c.quotient("d_head", "hidden_size", "num_attention_heads")
    return (
        *attention(Heads(d_model, 1, 1, d_model), True, True, names=("q_proj", "k_proj", "v_proj", "out_proj")),
        *plain(d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        layer_norm("layer_norm1", d_model),
        layer_norm("layer_norm2", d_model),
    )
