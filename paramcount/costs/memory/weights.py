"""The weights of a model, those of equal layers as one, with what decides how they are stored and trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, NamedTuple

from paramcount.blocks.experts import RowsOfExperts, StackedExperts
from paramcount.blocks.leaves import Crossed, Dense, Embedding, Fused, Head
from paramcount.blocks.roles import Role
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.ledger.model import Part, Stack
from paramcount.ledger.sized import plain
from paramcount.models.design import Counted

Number = Callable[[Any], Any]
OWN_MAPS = ("ibert",)  # types whose linear maps are modules of their own, which no tool packs or adapts
LINEAR, EXPERTS, TABLE, OTHER = "linear map", "experts", "table", "other"  # what owns a matrix


class Weight(NamedTuple):
    """A tensor of *shape*, of which the model has *times*; its name holds {} where a layer's number goes.

    One that *shares* another's data takes no memory of its own; a *frozen* one is never trained. *kind* says what its
    matrix is of: a linear map or experts of *d_in* inputs and these *roles*, a table, something else.
    *layers* is the stack of layers that it lies in.
    """

    name: str
    component: str
    shape: tuple[int, ...]
    times: int
    shares: str = ""
    frozen: bool = False
    layers: Stack | None = None
    kind: str = OTHER
    d_in: int = 0
    roles: tuple[Role, ...] = ()

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


def weights_of(spec: Spec, number: Number = plain) -> list[Weight]:
    """Every tensor of *spec* as it is stored, those of equal layers as one, aliases too.

    *number* makes of a size what stands in the weights: the number that it is, or with `formula_of` its formula.
    """
    model = spec.model() if isinstance(spec.family, Counted) else spec.family.sized(spec.sizes)
    weights = _walk(model.parts, "", 1, None, number)
    design = spec.family.configured(spec.sizes)
    if design and design.config.model_type in OWN_MAPS:
        return [weight._replace(kind=OTHER, d_in=0) for weight in weights]
    return list(weights)


def own(weights: list[Weight]) -> list[Weight]:
    """Those that are no other tensor's data."""
    return [weight for weight in weights if not weight.shares]


def refuse_counted(spec: Spec, what: str) -> None:
    """Raise InputError where *spec* was counted by transformers, which does not say what its tensors do."""
    if isinstance(spec.family, Counted):
        raise InputError(f"{spec.name}: {what}: which of its tensors are linear maps is not stated; valid: bf16, fp32")


def _walk(
    parts: tuple[Part | Stack, ...], prefix: str, times: Any, layers: Stack | None, number: Number
) -> Iterator[Weight]:
    for part in parts:
        if isinstance(part, Stack):
            depth: Any = part.depth
            yield from _walk(part.layer, f"{prefix}{part.pattern()}.", times * number(depth), layers or part, number)
        else:
            yield from _of_block(part, prefix, times, layers, number)


def _of_block(part: Part, prefix: str, times: Any, layers: Stack | None, number: Number) -> Iterator[Weight]:
    block = _inner(part.block)
    for tensor in part.block.tensors():
        sides: tuple[Any, ...] = tensor.shape
        shape = tuple(number(side) for side in sides)
        name = f"{prefix}{part.name}.{tensor.name}" if part.name else prefix + tensor.name
        weight = Weight(name, part.component, shape, times, tensor.shares, tensor.computed or tensor.frozen, layers)
        is_matrix = len(shape) > 1 and not tensor.name.endswith("bias")
        yield weight._replace(**_matrix(block, number)) if is_matrix else weight


def _inner(block: Any) -> Any:
    """The block that *block* is once more, or in a larger model."""
    while hasattr(block, "block") and not isinstance(block, StackedExperts):
        block = block.block
    return block


def _matrix(block: Any, number: Number) -> dict[str, Any]:
    """What the matrix of *block* is of, its inputs and its roles."""
    kind = LINEAR
    if isinstance(block, StackedExperts | RowsOfExperts):
        kind, block = EXPERTS, block.block if isinstance(block, StackedExperts) else block.matrix
    roles = [role for role, _ in block.maps] if isinstance(block, Fused) else [getattr(block, "role", None)]
    block = block.stored if isinstance(block, Fused) else block
    if isinstance(block, Dense | Crossed):
        d_in: Any = block.d_in
        return {"kind": kind, "d_in": number(d_in), "roles": tuple(filter(None, roles))}
    if isinstance(block, Head):
        width: Any = block.d_model
        return {"kind": LINEAR, "d_in": number(width)}
    return {"kind": TABLE} if isinstance(block, Embedding) else {}
