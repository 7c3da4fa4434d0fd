"""The weights of a model, one a tensor of a layer, with what decides how they are stored and trained."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

from paramcount.blocks.experts import RowsOfExperts, StackedExperts
from paramcount.blocks.leaves import Crossed, Dense, Fused
from paramcount.catalog.spec import Spec
from paramcount.ledger.model import Part, Stack
from paramcount.models.design import Counted

EXPERTS = (StackedExperts, RowsOfExperts)


class Weight(NamedTuple):
    """A tensor of *shape*, of which the model has *times*; its name holds {} where a layer's number goes.

    One that *shares* another's data takes no memory of its own; a *frozen* one is never trained. The matrix of a
    *linear* map in a layer has *d_in* inputs; *experts* says that it is one of a mixture's.
    """

    name: str
    component: str
    shape: tuple[int, ...]
    times: int
    shares: str = ""
    frozen: bool = False
    in_layer: bool = False
    linear: bool = False
    d_in: int = 0
    experts: bool = False

    @property
    def elements(self) -> int:
        """The numbers of one of them."""
        return prod(self.shape)

    @property
    def d_out(self) -> int:
        """The outputs of a linear map, those of all experts together."""
        return self.elements // self.d_in

    @property
    def module(self) -> str:
        """The name of the module that owns it."""
        return self.name.rpartition(".")[0]


def weights_of(spec: Spec) -> list[Weight]:
    """Every tensor of *spec* as it is stored, those of equal layers as one, aliases too."""
    known = isinstance(spec.family, Counted)
    model = spec.family.build() if known else spec.family.sized(spec.sizes)
    return list(_walk(model.parts, "", 1, False))


def _walk(parts: tuple[Part | Stack, ...], prefix: str, times: int, in_layer: bool) -> Iterator[Weight]:
    for part in parts:
        if isinstance(part, Stack):
            yield from _walk(part.layer, f"{prefix}{part.pattern()}.", times * int(part.depth), True)  # type: ignore[call-overload]
        else:
            yield from _of_block(part, prefix, times, in_layer)


def _of_block(part: Part, prefix: str, times: int, in_layer: bool) -> Iterator[Weight]:
    block = _inner(part.block)
    for tensor in part.block.tensors():
        shape = tensor.sides()
        name = f"{prefix}{part.name}.{tensor.name}" if part.name else prefix + tensor.name
        weight = Weight(name, part.component, shape, times, tensor.shares, tensor.computed, in_layer)
        d_in = _inputs(block, shape) if len(shape) > 1 and not tensor.name.endswith("bias") else 0
        yield weight._replace(linear=d_in > 0, d_in=d_in, experts=isinstance(block, EXPERTS))


def _inner(block: Any) -> Any:
    """The block that *block* is once more, or in a larger model."""
    while hasattr(block, "block") and not isinstance(block, StackedExperts):
        block = block.block
    return block


def _inputs(block: Any, shape: tuple[int, ...]) -> int:
    """How many inputs the matrix of *block* takes; 0 where it is no linear map."""
    if isinstance(block, EXPERTS):
        block = block.block if isinstance(block, StackedExperts) else block.matrix
    block = block.stored if isinstance(block, Fused) else block
    if isinstance(block, Dense):
        return shape[-1]
    return shape[-2] if isinstance(block, Crossed) else 0
