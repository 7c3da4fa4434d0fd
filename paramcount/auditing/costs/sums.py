"""Printed sums of a column over rows, as given by `# sum NAME: COLUMN = PRINTED of ROW; ROW`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.claims import Claim, columns
from paramcount.auditing.costs.explain import Explained, luck, width
from paramcount.auditing.costs.figures import Figure, FigureError, figure
from paramcount.auditing.evidence import DOUBTFUL, choice
from paramcount.auditing.relations import Interval
from paramcount.auditing.verdict import AGREES, EXPLAINED, TRUNCATED, UNEXPLAINED


class Sum(NamedTuple):
    """A printed sum, the sum of its rows, and the verdict."""

    name: str
    quantity: str
    figure: Figure
    rows: tuple[str, ...]
    summed: Interval
    verdict: str
    explanations: tuple[Explained, ...] = ()


def sums(stated: Mapping[str, str], claims: Sequence[Claim]) -> tuple[Sum, ...]:
    """Every sum stated in the head of the table. Raises FigureError on a malformed one."""
    found = [_sum(name, text, claims) for name, text in stated.items()]
    return tuple(_explained(one, found) for one in found)


def _sum(name: str, text: str, claims: Sequence[Claim]) -> Sum:
    left, _, rest = text.partition(" = ")
    printed, _, listed = rest.partition(" of ")
    quantity, rows = left.removesuffix("_printed"), [row.strip() for row in listed.split(";")]
    if quantity not in columns():
        raise FigureError(f"sum {name}: no column {left!r}; valid: accelerator_hours_printed = 39.3M of ROW; ROW")
    total = figure(printed, quantity)
    if total is None:
        raise FigureError(f"sum {name}: {printed!r} is not a figure; valid: {left} = 39.3M of ROW; ROW")
    parts = []
    for row in rows:
        claim = next((claim for claim in claims if claim.label == row), None)
        if claim is None or quantity not in claim.figures:
            raise FigureError(f"sum {name}: no row {row!r} with a figure for {quantity}")
        parts.append(claim.figures[quantity].interval)
    summed = Interval(_total([part.low for part in parts]), _total([part.high for part in parts]))
    return Sum(name, quantity, total, tuple(rows), summed, _verdict(total, summed))


def _total(ends: Sequence[Fraction]) -> Fraction:
    return sum(ends, Fraction(0))


def _verdict(total: Figure, summed: Interval) -> str:
    if total.interval.meets(summed):
        return AGREES
    return TRUNCATED if total.truncated and total.truncated.meets(summed) else UNEXPLAINED


def _explained(one: Sum, every: Sequence[Sum]) -> Sum:
    """*one*, if it does not agree, with the other sums of its quantity from which it may have been copied."""
    if one.verdict != UNEXPLAINED:
        return one
    others = [other for other in every if other.quantity == one.quantity and other.name != one.name]
    bits = luck(width(one.figure.interval)) - choice(len(others))
    low, high = one.figure.interval
    copied = [other for other in others if low <= other.figure.nominal < high and bits > 0]
    found = []
    for other in copied:
        text = f"copied from the sum {other.name}: {other.figure.printed} for {', '.join(other.rows)}"
        found.append(Explained("copied", one.quantity, text, "", bits, (one.name,)))
    return one._replace(verdict=EXPLAINED if found and bits >= DOUBTFUL else UNEXPLAINED, explanations=tuple(found))
