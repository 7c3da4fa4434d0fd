"""Convolutions over images, video and spectrograms, with one filter dimension per axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.leaves import Convolution
from paramcount.blocks.roles import linear
from paramcount.ledger.model import Part
from paramcount.ledger.tensor import Size, Tensor


class Filters(NamedTuple):
    """torch.nn.Conv2d or Conv3d: d_out filters over d_in channels (per group) and a window of *sides*."""

    d_out: Size
    d_in: Size
    sides: tuple[Size, ...]
    bias: bool = True

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in, *self.sides))
        if self.bias:
            yield Tensor("bias", (self.d_out,))

    def as_paper(self) -> Iterator[Tensor]:
        """A map from what a filter covers, as one vector (Dosovitskiy et al. 2020, eq. 1)."""
        values = self.d_in
        for side in self.sides:
            values = side * values
        return linear(None, values, self.d_out, self.bias)


def filters(name: str, component: str, d_in: Size, d_out: Size, sides: tuple[Size, ...], bias: bool = True) -> Part:
    """A convolution with one axis for each of *sides*."""
    return Part(name, component, Filters(d_out, d_in, sides, bias))


def along(name: str, d_in: Size, d_out: Size, kernel: Size, bias: bool = True, component: str = "convolution") -> Part:
    """A convolution over time."""
    return Part(name, component, Convolution(d_out, d_in, kernel, bias))
