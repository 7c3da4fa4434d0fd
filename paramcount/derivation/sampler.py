"""Random points at which to build a class: of the scale of its base, and divisible as it needs."""

from __future__ import annotations

import math
import random
from typing import Any

from paramcount.derivation.expression import Sizes
from paramcount.derivation.fields import Fields

LAYERS = 13  # the largest value of a size that multiplies tensors
FROM_NONE = 9  # the largest value of a size that is 0 at the base


class Sampler:
    """Draws values for the sizes of *fields*; *divided* has pairs (a, b) where b, a field or number, must divide a."""

    def __init__(self, fields: Fields, divided: list[tuple[str, str | int]], seed: int):
        self._fields = fields
        self._base: Sizes = {field: fields.base[field] for field in fields.sizes}
        self._random = random.Random(seed)
        self._divisors: dict[str, list[str | int]] = {}
        for above, below in divided:
            if above in fields.sizes and (isinstance(below, int) or below in fields.sizes):
                self._divisors.setdefault(above, []).append(below)
        self._order = self._ordered()

    def draw(self) -> dict[str, Any]:
        """A random point: all values random, or only some, or multiples of the base's."""
        kind = self._random.random()
        share = 1 if kind < 0.55 else 0.5
        chosen = {field for field in self._order if self._random.random() < share}
        scaled = kind > 0.8
        even = self._random.random() < 0.75
        rounded = self._random.random() < 0.7
        point: dict[str, Any] = {}
        for field in self._order:
            if field not in chosen:
                point[field] = self._base[field]
            elif scaled:
                point[field] = self._moved(field)
            else:
                point[field] = self._value(field, point, even, rounded)
        return point

    def _moved(self, field: str) -> int:
        """One of the values with which the class was already built."""
        return self._random.choice([self._base[field], *self._fields.sizes[field]])

    def _value(self, field: str, point: dict[str, Any], even: bool, rounded: bool) -> int:
        base = self._base[field]
        if field in self._fields.many:
            rough = self._random.randint(1, max(2, min(LAYERS, 2 * base)))
        elif not base:
            return self._random.randint(0, FROM_NONE)
        else:
            rough = round(base * 2 ** self._random.uniform(-3, 1.2))
        step = 1
        for below in self._divisors.get(field, []):
            divisor = below if isinstance(below, int) else point.get(below, self._base[below])
            if divisor > 0 and (rounded or not isinstance(below, int)):
                step = math.lcm(step, divisor)
        if field in self._fields.many and step == 1:
            return max(1, rough)
        step *= 2 if even and base % 2 == 0 and base > 8 else 1
        return step * max(1, round(rough / step))

    def _ordered(self) -> list[str]:
        """The sizes, divisors before what they divide."""
        order: list[str] = []

        def visit(field: str, above: tuple[str, ...]) -> None:
            if field in order or field in above:
                return
            for below in self._divisors.get(field, []):
                if isinstance(below, str):
                    visit(below, (*above, field))
            order.append(field)

        for field in self._fields.sizes:
            visit(field, ())
        return order
