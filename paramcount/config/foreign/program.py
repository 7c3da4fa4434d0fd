"""Program: how to recognise another program's file and turn its keys into a config.json of a known type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.config.foreign.keys import Keys


class Program(NamedTuple):
    """One program's files.

    *called* is its name in messages. A file has all keys in *needs*, one of each set in *any_of*, and none in *lacks*.
    Its `model_type`, if the program sets it, is one of *types*; otherwise it is absent or one of *may_be*. *config*
    makes a config.json of the keys. *passed* are keys that do not affect the count; if *strict*, any other unread
    number or switch is refused. *under* is the key of a training config that holds the model.
    """

    called: str
    config: Callable[[Keys], Mapping[str, Any]]
    needs: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    any_of: tuple[frozenset[str], ...] = ()
    types: frozenset[str] = frozenset()
    may_be: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    strict: bool = True
    under: str = ""

    def recognises(self, document: Mapping[str, Any]) -> bool:
        """Whether *document* is one of its files."""
        held = document.get(self.under) if self.under else document
        if not isinstance(held, Mapping):
            return False
        named = held.get("model_type")
        if not isinstance(named, str | None):
            return False
        if not (named in self.types if self.types else named is None or named in self.may_be):
            return False
        keys = held.keys()
        return self.needs <= keys and not self.lacks & keys and all(one & keys for one in self.any_of)

    def known_by(self) -> frozenset[str]:
        """Every key it is recognised by."""
        return self.needs.union(*self.any_of)


def renamed(keys: Keys, names: Mapping[str, str]) -> dict[str, Any]:
    """The values of the keys in *names* that are present, under their new names."""
    found = {own: keys.get(key) for key, own in names.items()}
    return {own: value for own, value in found.items() if value is not None}
