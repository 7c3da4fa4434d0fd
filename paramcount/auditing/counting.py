"""Counts by the thousand: the ledger over symbols, compiled once for a family and a way of counting."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.ledger.model import Reading
from paramcount.models.design import Design


def count(spec: Spec, sizes: Mapping[str, Any], reading: Reading) -> int:
    """The exact count of *spec*'s family with *sizes*, read as *reading* says (see Model.read)."""
    family = spec.family
    counter = _compiled(family, tuple(sizes[switch] for switch in family.switches), reading)
    return counter(*(sizes[field] for field in family.sizes))


@cache
def _compiled(family: Design, switches: tuple[bool, ...], reading: Reading) -> Callable[..., int]:
    return family.counter(reading, dict(zip(family.switches, switches, strict=True)))
