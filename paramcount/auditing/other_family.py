"""Rows that are all off alike: their family may be wrong, and another may agree with most of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.models.design import Design
from paramcount.models.index import PLACES

FEWEST = 3  # rows from which "all" says something
ALIKE = 2.0  # the largest error over the smallest, up to which rows are off by about as much
SHOWN = 5


def doubt(judged: Sequence[tuple[Spec, int]]) -> str:
    """A warning that the family of rows may be wrong, by their counts: "" unless all are off alike, one way."""
    errors = [spec.published[0].claim.error(counted) for spec, counted in judged]
    if len(errors) < FEWEST or not _alike(errors):
        return ""
    off = f"{min(map(abs, errors)):.1%} to {max(map(abs, errors)):.1%} {'above' if errors[0] > 0 else 'below'}"
    named = ", ".join(dict.fromkeys(spec.family.name for spec, _ in judged))
    said = f"Every row counts {off} what is printed: the family ({named}) may be wrong"
    others = sorted(_agreeing([spec for spec, _ in judged]), key=lambda one: (-one[0], one[1]))
    if not others:
        return f"{said}; none of those known agrees with most rows."
    listed = ", ".join(f"{name} ({agreeing} of {len(judged)})" for agreeing, name in others[:SHOWN])
    more = f", and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    return f"{said}; with most rows agree {listed}{more}."


def _alike(errors: Sequence[float]) -> bool:
    one_way = all(error > 0 for error in errors) or all(error < 0 for error in errors)
    return one_way and max(map(abs, errors)) <= ALIKE * min(map(abs, errors))


def _agreeing(specs: Sequence[Spec]) -> Iterator[tuple[int, str]]:
    """The families that agree with more than half of the rows, and with how many; what rows lack, defaults state.

    Those that agree with one at the most of the first, the middle and the last row are not held against the others.
    """
    some = [specs[0], specs[len(specs) // 2], specs[-1]]
    for name in dict.fromkeys((*FAMILIES, *PLACES)):
        try:
            family = family_named(name)
        except InputError:  # a type whose defaults state no model
            continue
        if family is None or not _mostly(family, some):
            continue
        agreeing = sum(_agrees(spec, family) for spec in specs)
        if 2 * agreeing > len(specs):
            yield agreeing, name


def _mostly(family: Design, some: Sequence[Spec]) -> bool:
    """Whether two of three rows agree; the third is looked at only where it decides."""
    first, second = _agrees(some[0], family), _agrees(some[1], family)
    return first if first == second else _agrees(some[2], family)


def _agrees(spec: Spec, family: Design) -> bool:
    """Whether the row's figures are what the sizes that *family* knows count to in it."""
    given = {field: value for field, value in spec.given.items() if field in family.sizes}
    try:
        other = spec._replace(family=family, sizes=family.settle(given))
        return all(figure.claim.admits(family.recount(other.sizes, figure.reading)) for figure in spec.published)
    except InputError:
        return False
