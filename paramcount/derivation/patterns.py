"""Groups tensors by pattern: names with * for a layer's index, with different shapes kept apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from paramcount.derivation.observe import Shapes

_DIGITS = re.compile(r"(\d+)")
FEW = 3  # a list with up to this many modules may be written out without *


class Group(NamedTuple):
    """The tensors of a pattern with one shape at a point: the shape, their number, and the number of distinct indices
    at each * (empty if the number of tensors is not their product)."""

    shape: tuple[int, ...]
    number: int
    levels: tuple[int, ...]

    @property
    def params(self) -> int:
        """The number of parameters of all these tensors."""
        return self.number * math.prod(self.shape)


Groups = dict[str, list[Group]]


class Patterns:
    """Finds which digits in names are indices: those whose values vary between points, or are many."""

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
        """The tensors of one point by pattern, and within a pattern by shape, in order of appearance."""
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
