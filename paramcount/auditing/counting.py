"""Counts by the thousand: the ledger over symbols, compiled once for a family and a way of counting."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.families import FAMILIES
from paramcount.ledger.polynomial import Polynomial


def count(spec: Spec, sizes: Mapping[str, Any], reading: str) -> int:
    """The exact count of *spec*'s family with *sizes*, read as *reading* says (see Model.read)."""
    family = spec.family
    counter = _compiled(family.name, tuple(sizes[switch] for switch in family.switches), reading)
    return counter(*(sizes[field] for field in family.sizes))


@cache
def _compiled(name: str, switches: tuple[bool, ...], reading: str) -> Callable[..., int]:
    family = FAMILIES[name]
    symbols = family.symbols() | dict(zip(family.switches, switches, strict=True))
    counted: Polynomial = Polynomial({}) + family.build(**symbols).read(reading)  # 0 for a component that is shared
    return counted.function(family.sizes)
