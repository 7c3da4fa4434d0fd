"""Changes of one cell that would reconcile a row, and what each costs to name, in bits."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from paramcount.audit.evidence import choice
from paramcount.audit.laws import Weighed
from paramcount.audit.slips import slips
from paramcount.families import SizeError
from paramcount.families.family import Sizes
from paramcount.spec import Spec

NATURAL = 3  # values of one roundness that are looked at in an admissible interval


class Edit(NamedTuple):
    """A cell with another value: *how* the value may have come about, and the bits that naming it costs."""

    field: str
    value: int
    cost: float
    how: str


def edited(spec: Spec, changes: dict[str, int]) -> Sizes | None:
    """The sizes of *spec* with some of its cells changed; None where they state no model."""
    try:
        return spec.family.settle({**spec.given, **changes})
    except SizeError:
        return None


def cells(spec: Spec) -> list[str]:
    """The sizes that the row prints."""
    return [field for field in spec.given if field not in spec.assumed]


def candidates(spec: Spec, laws: list[Weighed], counted: Callable[[Sizes], int], low: int, high: int) -> list[Edit]:
    """The cheapest way to name each other value of each cell that is natural: by a law, by a slip, or by its roundness.

    *counted* gives the count of sizes; values named by their roundness are those with low <= count < high.
    """
    found: dict[tuple[str, int], Edit] = {}
    which = choice(len(cells(spec)) + len(spec.published))
    for edit in _named(spec, laws, counted, low, high):
        known = found.get((edit.field, edit.value))
        if edit.value != spec.given[edit.field] and edit.value > 0 and (known is None or edit.cost < known.cost):
            found[edit.field, edit.value] = edit
    return [edit._replace(cost=edit.cost + which) for edit in found.values()]


def _named(spec: Spec, laws: list[Weighed], counted: Callable[[Sizes], int], low: int, high: int) -> Iterator[Edit]:
    for field in cells(spec):
        lawful = {value: law.restores for law, _ in laws for value in law.mend(spec.sizes, field)}
        for value in lawful:
            yield Edit(field, value, 1 + choice(len(lawful)), "law")
        mistyped = [int(text) for text in slips(str(spec.given[field]))]
        for value in mistyped:
            yield Edit(field, value, 1 + choice(len(mistyped)), "slip")
        for value in _natural(spec, field, counted, low, high):
            yield Edit(field, value, 2 + _roughness(value, spec.given[field]), "round")


def _natural(spec: Spec, field: str, counted: Callable[[Sizes], int], low: int, high: int) -> Iterator[int]:
    """The roundest values of *field* whose counts lie from *low* up to *high*."""

    def at_least(target: int) -> int:
        """The smallest value whose count reaches *target*; the count grows with every size."""
        below, above = 0, 1
        while (reached := _counted(spec, field, above, counted)) is not None and reached < target:
            below, above = above, 2 * above
            if above > 2**60:
                return above
        while above - below > 1:
            middle = (below + above) // 2
            value = _counted(spec, field, middle, counted)
            below, above = (middle, above) if value is not None and value < target else (below, middle)
        return above

    first, end = at_least(low), at_least(high)
    for exponent in range(end.bit_length(), -1, -1):
        step = 2**exponent
        values = range(-(-first // step) * step, end, step)
        if values:
            yield from values[:NATURAL]
            return


def _counted(spec: Spec, field: str, value: int, counted: Callable[[Sizes], int]) -> int | None:
    """The count with *field* at *value*; sizes that are settled by division are left as they were."""
    sizes = edited(spec, {field: value})
    if sizes is None:
        sizes = {**spec.sizes, field: value}
    return counted(sizes)


def _roughness(value: int, printed: int) -> float:
    """Bits to name *value* among numbers as round as it is, from a quarter to four times the printed one."""
    step = value & -value
    return choice(max(1, 4 * printed // step)) + choice(max(1, step.bit_length() // 4))
