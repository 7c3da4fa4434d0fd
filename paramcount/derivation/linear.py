"""Exact linear algebra: the one combination of given columns that meets every value, over the rationals.

Elimination is done modulo a prime, which keeps numbers short; what it finds is made rational again and then held
against every equation exactly, so that the prime can cost an answer and never give a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from paramcount.derivation.expression import Exact

PRIME = (1 << 127) - 1


def combination(columns: Sequence[Sequence[Exact]], values: Sequence[Exact]) -> list[Fraction] | None:
    """The coefficients c with Σ c·column = *values*; None where there are none or more than one solution."""
    rows = [[_residue(column[i]) for column in columns] + [_residue(values[i])] for i in range(len(values))]
    solved = _eliminated(rows, len(columns))
    if solved is None:
        return None
    found = [_rational(residue) for residue in solved]
    if any(c is None for c in found):
        return None
    exact = [c for c in found if c is not None]
    for i, value in enumerate(values):
        if sum((c * column[i] for c, column in zip(exact, columns, strict=True) if c), Fraction(0)) != value:
            return None
    return exact


def _residue(value: Exact) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


def _eliminated(rows: list[list[int]], width: int) -> list[int] | None:
    """Gauss-Jordan of an augmented matrix; None unless the solution is the only one."""
    for place in range(width):
        pivot = next((i for i in range(place, len(rows)) if rows[i][place]), None)
        if pivot is None:
            return None
        rows[place], rows[pivot] = rows[pivot], rows[place]
        inverse = pow(rows[place][place], -1, PRIME)
        lead = rows[place] = [entry * inverse % PRIME for entry in rows[place]]
        for i, row in enumerate(rows):
            if i != place and (factor := row[place]):
                rows[i] = [(entry - factor * first) % PRIME for entry, first in zip(row, lead, strict=True)]
    if any(row[width] for row in rows[width:]):
        return None
    return [row[width] for row in rows[:width]]


def _rational(residue: int) -> Fraction | None:
    """The fraction of small numerator and denominator with that residue (Wang 1981)."""
    bound = isqrt(PRIME // 2)
    before, after, minor, major = PRIME, residue, 0, 1
    while after > bound:
        quotient = before // after
        before, after = after, before - quotient * after
        minor, major = major, minor - quotient * major
    if not major or abs(major) > bound:
        return None
    return Fraction(after, major)
