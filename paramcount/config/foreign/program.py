"""Program: how a file of another program is recognised, and how its keys become a config.json of a known type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.config.foreign.keys import Keys


class Program(NamedTuple):
    """The files of one program.

    One is *called* so in what is said of it. It has all keys that it *needs*, one of each set of *any_of*, and none
    that it *lacks*; where its own `model_type` says whose it is, that is one of *types*, else there is none, or one
    that it *may_be*. *config* makes a config.json of its keys. *passed* are keys that move no count, and where *strict*
    no other number or switch is passed over. *under* is the key of a training's config that the model stands under.
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
        if not (named in self.types if self.types else named is None or named in self.may_be):
            return False
        keys = held.keys()
        return self.needs <= keys and not self.lacks & keys and all(one & keys for one in self.any_of)

    def known_by(self) -> frozenset[str]:
        """Every key by which it is recognised."""
        return self.needs.union(*self.any_of)


def renamed(keys: Keys, names: Mapping[str, str]) -> dict[str, Any]:
    """What stands under the keys of *names* that are there, under the names that it gives them."""
    found = {own: keys.get(key) for key, own in names.items()}
    return {own: value for own, value in found.items() if value is not None}
