"""Sweeps over arrays of sizes: float64 to search millions of shapes, exact ints to count the winners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.arguments import checked
from paramcount.catalog.families import FAMILIES
from paramcount.catalog.family import Family
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.quantity import parse_quantity

if TYPE_CHECKING:
    import numpy
    from numpy.typing import ArrayLike, NDArray

ROUNDING = 2.0**-46  # of a float64 count: 2^-53 in each of its fewer than 2^7 sums and products


class Swept(NamedTuple):
    """A shape, its exact total, and its signed error as a share of the budget."""

    sizes: dict[str, int | bool]
    total: int
    error: float


class Sweep(NamedTuple):
    """The best shapes for a budget in parameters, the nearest first, out of *shapes_covered*."""

    budget: int
    shapes_covered: int
    best: tuple[Swept, ...]


@checked
def sweep(params: int | str, family: str = "gpt", top: int = 10, **sizes: ArrayLike | bool) -> Sweep:
    """Find the *top* shapes nearest to *params* among those spanned by the arrays *sizes*, broadcast together.

    Sizes are whole numbers below 2^53, with the family's names; sizes that are not given follow from the others if the
    family says how (d_ff = 4·d_model, n_heads = d_model/d_head, tied = True). Shapes whose d_model is not a multiple of
    a given d_head or n_heads are left out. Counts in float64 are only used to choose; those returned are exact. (int64
    would overflow silently from 9.2e18.)

    >>> import numpy as np
    >>> layers, widths = np.arange(1, 1025)[:, None], np.arange(64, 640_000, 64)
    >>> sweep("100T", n_layers=layers, d_model=widths, d_head=64, n_vocab=50257, n_ctx=2048).shapes_covered
    10238976

    Raises paramcount.errors.InputError on an unknown family or field, sizes that are not positive whole numbers, arrays
    that do not broadcast, and missing sizes.
    """
    need("sweep", "numpy")
    import numpy as np

    budget = parse_quantity(str(params), "params")
    if top < 1:
        raise InputError(f"top = {top}: not a positive whole number; valid: 10")
    chosen = _family(family)
    given = {name: value if name in chosen.switches else _column(name, value, chosen) for name, value in sizes.items()}
    shape = _shape(given) or (1,)
    columns, whole = _settled(chosen, given)
    totals = np.asarray(_totals(chosen, columns), dtype=float)
    distances = np.broadcast_to(np.abs(totals - float(budget)), shape)
    if whole is not None:
        distances = np.where(np.broadcast_to(whole, shape), distances, np.inf)
    every = {field: np.broadcast_to(column, shape) for field, column in columns.items()}
    found = []
    for place in _nearest(distances, top, budget):
        index = np.unravel_index(place, shape)
        found.append(_exact(chosen, {field: column[index] for field, column in every.items()}, budget))
    found.sort(key=lambda swept: abs(swept.total - budget))
    return Sweep(budget, int(np.isfinite(distances).sum()), tuple(found[:top]))


def _totals(family: Family, columns: dict[str, Any]) -> Any:
    """The count by formula, collected in powers of n_layers, which takes the fewest products of arrays."""
    switches = {switch: bool(columns[switch]) for switch in family.switches}
    by_layers = family.count("total", switches).coefficients("n_layers")
    return sum(part.at(columns) * columns["n_layers"] ** power for power, part in by_layers.items())


def _family(name: str) -> Family:
    if name.lower() not in FAMILIES:
        raise InputError(f"{name}: not a known family; valid: {', '.join(FAMILIES)}")
    return FAMILIES[name.lower()]


def _column(name: str, value: Any, family: Family) -> NDArray[numpy.float64]:
    import numpy as np

    if name not in family.fields:
        raise InputError(f"{name}: not a hyperparameter of {family.name}; valid: {', '.join(family.fields)}")
    try:
        given = np.asarray(value)
        column = given.astype(float)
    except (TypeError, ValueError):
        raise InputError(f"{name} = {value!r}: not numbers; valid: numpy.arange(64, 4096, 64)") from None
    if given.dtype.kind not in "iufO" or not np.all((column >= 1) & (column == np.floor(column)) & (column < 2**53)):
        raise InputError(f"{name}: sizes must be whole numbers from 1 to 2^53; valid: numpy.arange(64, 4096, 64)")
    return column


def _settled(family: Family, given: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """All sizes as arrays, and where d_model is a multiple of the given heads (None if everywhere)."""
    import numpy as np

    columns = {**family.switches, **given}
    whole = None
    if "d_model" in columns:
        for field, other in (("d_head", "n_heads"), ("n_heads", "d_head")):
            if field in family.sizes and field not in columns and other in columns:
                quotient = columns["d_model"] / columns[other]
                columns[field] = np.floor(quotient)
                whole = quotient == columns[field]
    for field, (ratio, tied_to) in family.ties.items():
        if tied_to in columns:
            columns.setdefault(field, ratio * columns[tied_to])
    if missing := [field for field in family.sizes if field not in columns]:
        raise InputError(f"{family.name}: {', '.join(missing)} not given; valid: an array or a number for each")
    return {field: columns[field] for field in family.fields}, whole


def _nearest(distances: NDArray[numpy.float64], top: int, budget: int) -> list[int]:
    """The flat indices of the *top* smallest distances, and of any that rounding cannot distinguish from them."""
    import numpy as np

    flat = distances.ravel()
    limit = np.partition(flat, top - 1)[top - 1] if top < flat.size else np.inf
    slack = 2 * ROUNDING * (float(budget) + limit) if np.isfinite(limit) else 0.0
    return [int(place) for place in np.flatnonzero(np.isfinite(flat) & (flat <= limit + slack))]


def _exact(family: Family, sizes: dict[str, Any], budget: int) -> Swept:
    whole = {field: bool(size) if field in family.switches else int(size) for field, size in sizes.items()}
    total = family.recount(whole, "total")
    return Swept(whole, total, (total - budget) / budget)


def _shape(given: dict[str, Any]) -> tuple[int, ...]:
    """The shape to which the sizes broadcast."""
    import numpy as np

    try:
        return np.broadcast_shapes(*(np.shape(value) for value in given.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in given.items() if np.shape(value))
        raise InputError(f"{shapes}: do not broadcast; valid: shapes such as (1024, 1) and (10000,)") from None
