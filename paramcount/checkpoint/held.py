"""A model's weight and the stored tensors it is read from: one, or the parts of a quantised weight."""

from collections.abc import Mapping
from itertools import permutations
from math import prod
from typing import NamedTuple

from paramcount.checkpoint.tensors import StoredTensor

Shape = tuple[int, ...]
Parts = Mapping[str, StoredTensor]
ACTIVATIONS = (
    *(".input_scale", ".output_scale", ".input_global_scale", ".activation_scale", ".qscale_act"),
    *(".k_scale", ".v_scale"),
)


class Held(NamedTuple):
    """A weight as the model has it: its name there, its possible shapes, and the tensors that store it.

    *packing* names how it is quantised, "" if it is not. A *flat* one records only the number of its weights, rounded
    up to an even one. Of several shapes the first is used unless another is asked for.
    """

    name: str
    shapes: tuple[Shape, ...]
    stored: tuple[StoredTensor, ...]
    packing: str = ""
    flat: bool = False

    @property
    def params(self) -> int:
        """The number of weights it stands for."""
        return prod(self.shapes[0])

    @property
    def elements(self) -> int:
        """The number of stored elements."""
        first, *rest = self.stored
        return first.elements + sum(tensor.elements for tensor in rest) if rest else first.elements

    @property
    def nbytes(self) -> int:
        """The number of stored bytes."""
        first, *rest = self.stored
        return first.nbytes + sum(tensor.nbytes for tensor in rest) if rest else first.nbytes

    def fits(self, shape: Shape) -> bool:
        """Whether it may have this shape, in this order of dimensions."""
        return shape in self.shapes or (self.flat and any(_even(prod(shape)) == prod(own) for own in self.shapes))

    def fits_turned(self, shape: Shape) -> bool:
        """Whether it has this shape with its dimensions in another order."""
        turned = permutations(shape) if self.packing and len(shape) <= 3 else [shape[::-1]]
        return any(other in self.shapes for other in turned)


class Quantisation(NamedTuple):
    """Quantisation by config.json: bits per weight and weights per scale; None if it does not say."""

    bits: int | None = None
    group: int | None = None


def _even(number: int) -> int:
    return number + number % 2


def parts_of(named: Parts, base: str, needed: tuple[str, ...], possible: tuple[str, ...]) -> tuple[StoredTensor, ...]:
    """The tensors with these suffixes, needed ones first; empty if a needed one is absent."""
    if not all(base + ending in named for ending in needed):
        return ()
    return tuple(named[base + ending] for ending in (*needed, *possible) if base + ending in named)


def activations(named: Parts, base: str) -> tuple[StoredTensor, ...]:
    """The input and output scales of a quantised layer."""
    return tuple(named[base + ending] for ending in ACTIVATIONS if base + ending in named)
