"""A weight as a model has it, and the stored tensors that it is read from: one, or the parts of a quantised one."""

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
    """A weight as the model has it: its name there, the shapes that it may have, and the tensors it is stored in.

    *packing* names how it is quantised, "" where it is stored as it is. A *flat* one keeps the number of its weights
    alone, rounded up to an even one. Of several shapes the first is taken where none is asked for.
    """

    name: str
    shapes: tuple[Shape, ...]
    stored: tuple[StoredTensor, ...]
    packing: str = ""
    flat: bool = False

    @property
    def params(self) -> int:
        """The weights it stands for."""
        return prod(self.shapes[0])

    @property
    def elements(self) -> int:
        """Elements as they are stored."""
        first, *rest = self.stored
        return first.elements + sum(tensor.elements for tensor in rest) if rest else first.elements

    @property
    def nbytes(self) -> int:
        """Bytes as they are stored."""
        first, *rest = self.stored
        return first.nbytes + sum(tensor.nbytes for tensor in rest) if rest else first.nbytes

    def fits(self, shape: Shape) -> bool:
        """Whether it may be the weight of this shape, in this order of its sides."""
        return shape in self.shapes or (self.flat and any(_even(prod(shape)) == prod(own) for own in self.shapes))

    def fits_turned(self, shape: Shape) -> bool:
        """Whether it is the weight of this shape with its sides in another order."""
        turned = permutations(shape) if self.packing and len(shape) <= 3 else [shape[::-1]]
        return any(other in self.shapes for other in turned)


class Quantisation(NamedTuple):
    """What config.json says of it: the bits of a weight and how many weights share a scale; None where it does not."""

    bits: int | None = None
    group: int | None = None


def _even(number: int) -> int:
    return number + number % 2


def parts_of(named: Parts, base: str, needed: tuple[str, ...], possible: tuple[str, ...]) -> tuple[StoredTensor, ...]:
    """The tensors of these endings, the needed ones first; none where a needed one is absent."""
    if not all(base + ending in named for ending in needed):
        return ()
    return tuple(named[base + ending] for ending in (*needed, *possible) if base + ending in named)


def activations(named: Parts, base: str) -> tuple[StoredTensor, ...]:
    """The scales of what goes into a quantised layer and comes out of it."""
    return tuple(named[base + ending] for ending in ACTIVATIONS if base + ending in named)
