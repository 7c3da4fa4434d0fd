"""How tensor parallelism cuts each tensor of a block, by Megatron's rule (Shoeybi et al. 2019, sec. 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.blocks.experts import RowsOfExperts, StackedExperts
from paramcount.blocks.leaves import Crossed, Dense, Embedding, Fused, Head, Norm
from paramcount.blocks.roles import DOWN, GATE, KEY, OUTPUT, QUERY, ROUTER, UP, VALUE, Map, Role
from paramcount.blocks.shared import Shared, Sharing
from paramcount.blocks.wrapped import Each
from paramcount.ledger.sized import formula_of
from paramcount.ledger.tensor import Size

COLUMNS = {role.name for role in (QUERY, KEY, VALUE, GATE, UP)}  # each device has some columns, with their biases
ROWS = {role.name for role in (OUTPUT, DOWN)}  # each device has some rows; results are summed, then the bias is added
OF_HEADS = {role.name for role in (QUERY, KEY, VALUE, OUTPUT)}
POSITIONS = ("position embedding", "segment embedding")


class Cut(NamedTuple):
    """How a tensor is cut: along *axis*, or not at all (None), so that every device has all of it.

    *units* must divide evenly: heads, named by the symbol for their number, or columns. Without units a remainder is
    allowed, as for the vocabulary. *inputs* says that the inputs of a map are divided.
    """

    axis: int | None = None
    units: tuple[str | Size, ...] = ()
    inputs: bool = False


WHOLE = Cut()


def cuts(block: Any, component: str, paper: bool) -> list[Cut | None]:
    """How each tensor of *block* is cut, in the order of the *paper*'s reading or as stored; None if there is no rule.

    The maps of attention and of feed-forward layers are cut by role, the vocabulary by rows; every device has all
    norms, positions and routers.
    """
    match block:
        case Sharing() | Shared() | Each():
            return cuts(block.block, component, paper)
        case StackedExperts():
            return [_one_further(cut) for cut in cuts(block.block, component, paper)]
        case RowsOfExperts():
            matrix = cuts(block.matrix, component, paper)[:1]
            return [_one_further(cut) for cut in matrix] if paper else matrix
        case Fused():
            return list(_fused(block, paper))
        case Dense() | Crossed():
            return list(_map(block.role, (block.d_in, block.d_out), _axes(block, paper), block.bias))
        case Head():
            return [Cut(0), *([Cut(0)] if block.bias else [])]
        case Embedding() if component in ("token embedding", *POSITIONS):
            return [WHOLE if component in POSITIONS else Cut(0)]
        case Norm() if heads_in(block.n) is None:
            return [WHOLE, *([WHOLE] if block.bias else [])]
    return [None for _ in block.tensors()]


def heads_in(size: Size) -> str | None:
    """The symbol for the number of heads in *size*, n_kv_heads in n_kv_heads·d_head; None if there is none."""
    terms = list(formula_of(size).terms)
    names = [symbol for symbol, _ in terms[0] if symbol.endswith("heads")] if len(terms) == 1 else []
    return names[0] if names else None


def _axes(block: Dense | Crossed, paper: bool) -> tuple[int, int]:
    """The axes of the weight for the input and the output."""
    return (1, 0) if isinstance(block, Dense) and not paper else (0, 1)


def _map(role: Role | None, sides: tuple[Size, Size], axes: tuple[int, int], bias: bool) -> Iterator[Cut | None]:
    """The cuts of a map's weight and bias."""
    kind = "" if role is None else role.name
    if kind in COLUMNS:
        unit = _unit(kind, sides[1])
        yield None if unit is None else Cut(axes[1], (unit,))
        if bias:
            yield None if unit is None else Cut(0, (unit,))
    elif kind in ROWS:
        unit = _unit(kind, sides[0])
        yield None if unit is None else Cut(axes[0], (unit,), inputs=True)
        if bias:
            yield WHOLE
    else:
        known = WHOLE if kind == ROUTER.name else None
        yield known
        if bias:
            yield known


def _unit(kind: str, width: Size) -> str | Size | None:
    return heads_in(width) if kind in OF_HEADS else width


def _fused(block: Fused, paper: bool) -> Iterator[Cut | None]:
    """Maps of one input: separate in the paper's reading, one matrix as stored."""
    axes, bias = _axes(block.stored, paper), block.stored.bias
    each = [_of_one(one, block.stored.d_in, axes, bias) for one in block.maps]
    if paper:
        for found in each:
            yield from found
        return
    for of_all in zip(*each, strict=True):
        first, units = of_all[0], tuple(unit for cut in of_all if cut for unit in cut.units)
        alike = first is not None and all(cut is not None and cut.axis == first.axis for cut in of_all)
        yield first._replace(units=units) if alike and first is not None else None


def _of_one(one: Map, d_in: Size, axes: tuple[int, int], bias: bool) -> list[Cut | None]:
    return list(_map(one[0], (d_in, one[1]), axes, bias))


def _one_further(cut: Cut | None) -> Cut | None:
    """The same cut for a tensor with the experts as its first axis."""
    return cut if cut is None or cut.axis is None else cut._replace(axis=cut.axis + 1)
