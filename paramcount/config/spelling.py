"""Keys under the name that their model type has for them: n_embd for hidden_size, with gpt2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Spelling:
    """What a model type calls keys: its *own* names by the others that transformers reads too."""

    def __init__(self, names: Mapping[str, str]):
        self.names = names

    def own(self, key: str) -> str:
        """What the type itself calls *key*."""
        return str(self.names.get(key, key))

    def all_of(self, key: str) -> set[str]:
        """Every name under which *key* is read."""
        own = self.own(key)
        return {own, *(other for other, name in self.names.items() if name == own)}

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """*document* under the type's own names."""
        return {self.own(key): value for key, value in document.items()}

    def contradictions(self, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Each two keys of *document* that are one and have different values, in its order."""
        first: dict[str, str] = {}
        for key, value in document.items():
            one = first.setdefault(self.own(key), key)
            if one != key and document[one] != value:
                yield one, key
