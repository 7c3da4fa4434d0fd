"""Convolutions over images, video and spectrograms, whose filters have a side for each axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.leaves import Convolution
from paramcount.blocks.roles import linear
from paramcount.config import Config
from paramcount.ledger.model import Part
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size, Tensor


class Filters(NamedTuple):
    """torch.nn.Conv2d or Conv3d: d_out filters over d_in channels (those of a group) and a window of *sides*."""

    d_out: Size
    d_in: Size
    sides: tuple[Size, ...]
    bias: bool = True

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_out, self.d_in, *self.sides))
        if self.bias:
            yield Tensor("bias", (self.d_out,))

    def as_paper(self) -> Iterator[Tensor]:
        """A map of what a filter covers, as one vector (Dosovitskiy et al. 2020, eq. 1)."""
        values = self.d_in
        for side in self.sides:
            values = side * values
        return linear(None, values, self.d_out, self.bias)


def filters(name: str, component: str, d_in: Size, d_out: Size, sides: tuple[Size, ...], bias: bool = True) -> Part:
    """A convolution over as many axes as there are *sides*."""
    return Part(name, component, Filters(d_out, d_in, sides, bias))


def along(name: str, d_in: Size, d_out: Size, kernel: Size, bias: bool = True, component: str = "convolution") -> Part:
    """A convolution along time."""
    return Part(name, component, Convolution(d_out, d_in, kernel, bias))


def sizes(c: Config, key: str) -> list[Sized]:
    """The whole numbers that are listed under *key*, of which there is at least one; raises ConfigError."""
    found = c.get(key)
    if not isinstance(found, list) or not found or any(type(one) is not int or one < 1 for one in found):
        raise c.refuse(key, "valid: a list of whole numbers from 1 up")
    return [c.named(f"{key}_{at}", number, f"{c.prefix}{key}[{at}]") for at, number in enumerate(found)]
