"""Exact linear algebra over the rationals: the unique combination of given columns that gives every value.

Elimination is done modulo a prime, which keeps numbers short; the result is made rational again and checked exactly
against every equation, so that the prime may lose an answer but never gives a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from paramcount.derivation.expression import Exact

PRIME = (1 << 127) - 1


def combination(columns: Sequence[Sequence[Exact]], values: Sequence[Exact]) -> list[Fraction] | None:
    """The coefficients c with Σ c·column = *values*; None if there is no solution or more than one."""
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
    """Gauss-Jordan elimination of an augmented matrix; None unless the solution is unique."""
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
    """The fraction with small numerator and denominator that has this residue (Wang 1981)."""
    bound = isqrt(PRIME // 2)
    before, after, minor, major = PRIME, residue, 0, 1
    while after > bound:
        quotient = before // after
        before, after = after, before - quotient * after
        minor, major = major, minor - quotient * major
    if not major or abs(major) > bound:
        return None
    return Fraction(after, major)
