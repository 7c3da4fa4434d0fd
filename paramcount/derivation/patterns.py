"""Tensors by pattern: that of every layer is one, its index a *, and layers of unlike shape are told apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from paramcount.derivation.observe import Shapes

_DIGITS = re.compile(r"(\d+)")
FEW = 3  # indices that a list of unlike modules may have and still be written out


class Group(NamedTuple):
    """The tensors of a pattern that have one shape at a point: that shape, how many, and how many distinct indices
    stand at each * (empty where their number is not the product of these)."""

    shape: tuple[int, ...]
    number: int
    levels: tuple[int, ...]

    @property
    def params(self) -> int:
        """The parameters of them all."""
        return self.number * math.prod(self.shape)


Groups = dict[str, list[Group]]


class Patterns:
    """Which digits of a name are an index: those whose values change from point to point, or are many."""

    def __init__(self, observed: Iterable[Shapes]):
        seen: dict[tuple[str, int], set[frozenset[int]]] = {}
        for shapes in observed:
            places: dict[tuple[str, int], set[int]] = {}
            for name in shapes:
                texts, digits = _split(name)
                for place, digit in enumerate(digits):
                    places.setdefault((_skeleton(texts), place), set()).add(digit)
            for key, found in places.items():
                seen.setdefault(key, set()).add(frozenset(found))
        self._indices = {key for key, sets in seen.items() if len(sets) > 1 or len(max(sets, key=len)) > FEW}

    def groups(self, shapes: Shapes) -> Groups:
        """The tensors of one point by pattern; in a pattern by shape, in the order in which the shapes appear."""
        found: dict[str, dict[tuple[int, ...], list[tuple[int, ...]]]] = {}
        for name, shape in shapes.items():
            texts, digits = _split(name)
            skeleton = _skeleton(texts)
            wild = [(skeleton, place) in self._indices for place in range(len(digits))]
            parts = ["*" if star else str(digit) for star, digit in zip(wild, digits, strict=True)]
            pattern = "".join(text + part for text, part in zip(texts, [*parts, ""], strict=True))
            index = tuple(digit for star, digit in zip(wild, digits, strict=True) if star)
            found.setdefault(pattern, {}).setdefault(shape, []).append(index)
        return {
            pattern: [_group(shape, indices) for shape, indices in shapes_found.items()]
            for pattern, shapes_found in found.items()
        }


def _group(shape: tuple[int, ...], indices: list[tuple[int, ...]]) -> Group:
    levels = tuple(len({index[place] for index in indices}) for place in range(len(indices[0])))
    return Group(shape, len(indices), levels if math.prod(levels) == len(indices) else ())


def _split(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    parts = _DIGITS.split(name)
    return tuple(parts[::2]), tuple(map(int, parts[1::2]))


def _skeleton(texts: tuple[str, ...]) -> str:
    return "#".join(texts)
