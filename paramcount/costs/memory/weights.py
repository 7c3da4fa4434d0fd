"""The weights of a model, those of equal layers as one, with what decides their storage and training."""

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
OWN_MAPS = ("ibert",)  # types with their own linear modules, which no tool quantises or adapts
LINEAR, EXPERTS, TABLE, OTHER = "linear map", "experts", "table", "other"  # the kinds of matrices


class Weight(NamedTuple):
    """A tensor of *shape*, of which the model has *times*; its name has {} in place of a layer's number.

    One that *shares* another's data takes no memory of its own; a *frozen* one is never trained. *kind* is that of its
    matrix: a linear map or experts with *d_in* inputs and these *roles*, a table, or something else. *layers* is the
    stack of layers that it belongs to.
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
        """The number of elements of one of them."""
        return prod(self.shape)

    @property
    def d_out(self) -> int:
        """The outputs of a linear map, summed over experts."""
        return self.elements // self.d_in

    @property
    def module(self) -> str:
        """The name of its module."""
        return self.name.rpartition(".")[0]


def weights_of(spec: Spec, number: Number = plain) -> list[Weight]:
    """Every tensor of *spec* as stored, including aliases, with those of equal layers as one.

    *number* converts sizes: to ints, or with `formula_of` to formulas.
    """
    model = spec.model() if isinstance(spec.family, Counted) else spec.family.sized(spec.sizes)
    weights = _walk(model.parts, "", 1, None, number)
    design = spec.family.configured(spec.sizes)
    if design and design.config.model_type in OWN_MAPS:
        return [weight._replace(kind=OTHER, d_in=0) for weight in weights]
    return list(weights)


def own(weights: list[Weight]) -> list[Weight]:
    """The *weights* that do not share another tensor's data."""
    return [weight for weight in weights if not weight.shares]


def refuse_counted(spec: Spec, what: str) -> None:
    """Raise InputError if *spec* was counted by transformers, so that the roles of its tensors are not known."""
    if isinstance(spec.family, Counted):
        raise InputError(f"{spec.name}: {what}: which of its tensors are linear maps is not known; valid: bf16, fp32")


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
    """The innermost block that *block* wraps."""
    while hasattr(block, "block") and not isinstance(block, StackedExperts):
        block = block.block
    return block


def _matrix(block: Any, number: Number) -> dict[str, Any]:
    """The kind of *block*'s matrix, its inputs and its roles."""
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
