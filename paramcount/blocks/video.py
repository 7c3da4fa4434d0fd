"""Video patches spanning several frames, and squares of patches merged into one text token."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.config import Config
from paramcount.ledger.model import Part
from paramcount.ledger.tensor import Size


def patches_in_time(c: Config, name: str, d_model: Size, bias: bool = False) -> Part:
    """The map of each patch's values, a convolution with stride equal to its size."""
    side = c.size("patch_size")
    sides = c.size("temporal_patch_size"), side, side
    return filters(name, "patch embedding", c.size("in_channels"), d_model, sides, bias)


def patch_squares(c: Config, name: str, component: str, d_model: Size, d_out: Size) -> Part:
    """A map of each square of neighbouring patches, a convolution with stride equal to its size."""
    side = c.size("spatial_merge_size")
    return filters(name, component, d_model, d_out, (side, side))
