"""The subject of a derivation: a class, its constructor's fields and values, and how to build it with other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class Subject(NamedTuple):
    """A class to be built.

    *base* maps every field to its value as the constructor takes it (None if it fills in a value itself); fields of a
    nested config are written outer.inner. *build* makes the module with the given values, and those of *base* for the
    rest. *symbols* maps fields to their printed names. *given* is the name of the real config from which *base* comes,
    "" if it is the class's defaults; *defaults* are the class's defaults if a config is given and there are any.
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
    """*symbols*, with those that fields would share replaced by the fields' own names."""
    found = list(symbols.values())
    return {field: field if found.count(symbol) > 1 else symbol for field, symbol in symbols.items()}


def nested(flat: Values) -> dict[str, Any]:
    """*flat* with its outer.inner keys turned into nested dicts."""
    result: dict[str, Any] = {}
    for key, value in flat.items():
        *outer, last = key.split(".")
        place = result
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value
    return result
