"""What is derived: a class, the fields of its constructor with their values, and how to build it with other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class Subject(NamedTuple):
    """A class to be built.

    *base* has every field's value as a constructor takes it (None where it fills in a value itself); the fields of a
    nested config are written outer.inner. *build* makes the module with the given values, and those of *base* for the
    rest. *symbols* has the name that each field is printed with. *given* is the name of the real config that *base* is
    of, "" where it is the class's defaults; *defaults* are then those, where the class has any.
    """

    name: str
    base: dict[str, Any]
    build: Callable[[Values], Any]
    symbols: dict[str, str]
    given: str = ""
    defaults: dict[str, Any] | None = None

    def at(self, changes: Values) -> dict[str, Any]:
        """The values of *base* with *changes*."""
        return {**self.base, **changes}


def distinct(symbols: dict[str, str]) -> dict[str, str]:
    """*symbols*, those that two fields would share replaced by the fields' own names."""
    found = list(symbols.values())
    return {field: field if found.count(symbol) > 1 else symbol for field, symbol in symbols.items()}


def nested(flat: Values) -> dict[str, Any]:
    """outer.inner keys as dicts in dicts."""
    result: dict[str, Any] = {}
    for key, value in flat.items():
        *outer, last = key.split(".")
        place = result
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value
    return result
