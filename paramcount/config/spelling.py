"""Translates keys to their model type's own names: n_embd for hidden_size in gpt2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Spelling:
    """A model type's *own* name for each alternative that transformers also reads."""

    def __init__(self, names: Mapping[str, str]):
        self.names = names

    def own(self, key: str) -> str:
        """The type's own name for *key*."""
        return str(self.names.get(key, key))

    def all_of(self, key: str) -> set[str]:
        """Every name under which *key* is read."""
        own = self.own(key)
        return {own, *(other for other, name in self.names.items() if name == own)}

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """*document* with the type's own names as keys."""
        return {self.own(key): value for key, value in document.items()}

    def contradictions(self, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Pairs of keys in *document* that mean the same but have different values, in its order."""
        first: dict[str, str] = {}
        for key, value in document.items():
            one = first.setdefault(self.own(key), key)
            if one != key and document[one] != value:
                yield one, key
