"""A warning for tables whose rows are all off by about as much: the family may be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.models.design import Design
from paramcount.models.index import PLACES

FEWEST = 3  # rows needed before "all" means something
ALIKE = 2.0  # errors count as alike if the largest is at most this many times the smallest
SHOWN = 5


def doubt(judged: Sequence[tuple[Spec, int]]) -> str:
    """A warning that the rows' family may be wrong; "" unless all counts are off alike, in the same direction."""
    errors = [spec.published[0].claim.error(counted) for spec, counted in judged]
    if len(errors) < FEWEST or not _alike(errors):
        return ""
    off = f"{min(map(abs, errors)):.1%} to {max(map(abs, errors)):.1%} {'above' if errors[0] > 0 else 'below'}"
    named = ", ".join(dict.fromkeys(spec.family.name for spec, _ in judged))
    said = f"Every count is {off} the printed figure, so the family ({named}) may be wrong"
    others = sorted(_agreeing([spec for spec, _ in judged]), key=lambda one: (-one[0], one[1]))
    if not others:
        return f"{said}; no known family agrees with most rows."
    listed = ", ".join(f"{name} ({agreeing} of {len(judged)})" for agreeing, name in others[:SHOWN])
    more = f", and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    return f"{said}. Families that agree with most rows: {listed}{more}."


def _alike(errors: Sequence[float]) -> bool:
    one_way = all(error > 0 for error in errors) or all(error < 0 for error in errors)
    return one_way and max(map(abs, errors)) <= ALIKE * min(map(abs, errors))


def _agreeing(specs: Sequence[Spec]) -> Iterator[tuple[int, str]]:
    """The families that agree with more than half of the rows, and with how many; defaults fill in missing sizes.

    Those that agree with at most one of the first, middle and last rows are not tried on the others.
    """
    some = [specs[0], specs[len(specs) // 2], specs[-1]]
    for name in dict.fromkeys((*FAMILIES, *PLACES)):
        try:
            family = family_named(name)
        except InputError:  # a type whose defaults make no model
            continue
        if family is None or not _mostly(family, some):
            continue
        agreeing = sum(_agrees(spec, family) for spec in specs)
        if 2 * agreeing > len(specs):
            yield agreeing, name


def _mostly(family: Design, some: Sequence[Spec]) -> bool:
    """Whether two of three rows agree; the third is tried only if needed."""
    first, second = _agrees(some[0], family), _agrees(some[1], family)
    return first if first == second else _agrees(some[2], family)


def _agrees(spec: Spec, family: Design) -> bool:
    """Whether the row's figures agree with its count in *family*, by the sizes that the family has."""
    given = {field: value for field, value in spec.given.items() if field in family.sizes}
    try:
        other = spec._replace(family=family, sizes=family.settle(given))
        return all(figure.claim.admits(family.recount(other.sizes, figure.reading)) for figure in spec.published)
    except InputError:
        return False
