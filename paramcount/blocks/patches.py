"""An image as patches: the map of each, and how many there are."""

from __future__ import annotations

from paramcount.blocks.leaves import Patches
from paramcount.config import Config
from paramcount.ledger.model import Part
from paramcount.ledger.tensor import Size


def patches(c: Config, name: str, width: str = "hidden_size", bias: bool = False) -> Part:
    """The map of each patch's values, a convolution that strides by as much as it is wide."""
    side = c.size("patch_size")
    return Part(name, "patch embedding", Patches(c.size(width), c.size("num_channels"), (side, side), bias))


def places(c: Config) -> Size:
    """How many patches an image has: the square of its side over theirs, rounded down."""
    side, patch = c.size("image_size"), c.size("patch_size")
    c.at_most("patch_size", "image_size")
    each = c.follows("n_rows", f"{c.prefix}image_size / {c.prefix}patch_size, rounded down", side, patch)
    total: Size = each * each
    return total
