"""Checks the fields that are not in a formula by changing them again: all at once, and one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from paramcount.derivation.conditions import hold
from paramcount.derivation.points import Sample
from paramcount.derivation.search import Found
from paramcount.derivation.terms import agrees

POINTS = 6
SMALL = (1, 2, 3, 5, 9)  # integers to try: a period or a first layer has an effect when it is small


def effective(found: Found) -> tuple[str, Any] | None:
    """A field wrongly judged to have no effect, with a value that shows it; None if there is none."""
    points = found.points
    generator = random.Random(7)
    drawn, _ = points.random(POINTS, seed=99)
    deep = _deep(found)
    for sample in _inside(found, [*deep, *drawn]):
        together = {field: generator.choice(values) for field, values in points.fields.shaken.items()}
        if _agrees(found, sample, together):
            continue
        for field, value in together.items():
            if _agrees(found, sample, {field: value}) is False:
                return field, value
    for sample in _inside(found, [*deep, *drawn[:2]]):
        for field, value in _small(found):
            if _agrees(found, sample, {field: value}) is False:
                return field, value
    return None


def _deep(found: Found) -> list[Sample]:
    """The base with its own number of layers."""
    points = found.points
    sample = points.at({field: points.workshop.subject.base[field] for field in points.shallow})
    return [sample] if sample else []


def _inside(found: Found, samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if hold(found.conditions, sample.sizes)]


def _small(found: Found) -> Iterator[tuple[str, int]]:
    base = found.points.fields.base
    for field in found.points.fields.shaken:
        if type(base[field]) is int:
            yield from ((field, value) for value in SMALL if value != base[field])


def _agrees(found: Found, sample: Sample, changes: dict[str, Any]) -> bool | None:
    """Whether the formula still agrees with *changes*; None if the class refuses them."""
    shapes = found.points.workshop.shapes({**sample.point, **changes})
    return None if shapes is None else agrees(found.terms, sample.sizes, found.patterns.groups(shapes))
