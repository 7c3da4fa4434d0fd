"""Fast exact counts: the symbolic ledger, compiled once for each family and way of counting."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from math import gcd
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.ledger.model import Reading
from paramcount.models.design import Design, SizeError


def count(spec: Spec, sizes: Mapping[str, Any], reading: Reading) -> int:
    """The exact count of *spec*'s family with *sizes*, under *reading* (see Model.read)."""
    family = spec.family
    return _compiled(family, tuple([sizes[switch] for switch in family.switches]), reading)(sizes)


def steps(spec: Spec) -> tuple[int, ...]:
    """The steps by which a count of *spec* can be off: the common divisor of d_model and all its tensors, and d_model.

    A count cannot be off by less than the first; parts left out or added are mostly vectors of the second.
    """
    return _steps(spec.family, tuple((field, spec.sizes[field]) for field in spec.family.fields))


@lru_cache(maxsize=4096)
def _steps(family: Design, sizes: tuple[tuple[str, Any], ...]) -> tuple[int, ...]:
    try:
        params = [int(entry.tensor.params) for entry in family.build(**dict(sizes)).ledger()]
    except (SizeError, ValueError, ZeroDivisionError):
        return (1,)  # no model has these sizes
    width = dict(sizes).get("d_model")
    finest = gcd(*params, width or 0) or 1
    return (finest,) if width in (finest, None) else (finest, width)


@cache
def _compiled(family: Design, switches: tuple[bool, ...], reading: Reading) -> Callable[[Mapping[str, Any]], int]:
    return family.named_counter(reading, dict(zip(family.switches, switches, strict=True)))
