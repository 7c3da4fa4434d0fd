"""Expressions other than polynomials: roundings, minima and maxima, and every p-th of n layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from paramcount.derivation.expression import (
    ONE,
    ZERO,
    Expression,
    Sizes,
    apply,
    largest,
    minus,
    multiply,
    number,
    over,
    size,
    up_to_multiple,
)

PERIODS = range(2, 13)
NUDGE = Fraction(1, 10**12)  # away from the excluded end of an interval


def rounded(values: Sequence[int], points: Sequence[Sizes], field: str) -> Iterator[Expression]:
    """A rational times *field*, rounded (down, up, then to nearest) to a multiple of the common divisor of *values*.

    The rational is the simplest one that fits all points.
    """
    multiple = gcd(*values)
    if not multiple or any(point[field] <= 0 for point in points):
        return
    steps = [value // multiple for value in values]
    sizes = [point[field] for point in points]
    half = Fraction(1, 2)
    for operation, below, above in (("floor", 0, 1), ("ceil", -1, 0), ("round", -half, half)):
        low = max(Fraction(n + below) / x for n, x in zip(steps, sizes, strict=True))
        high = min(Fraction(n + above) / x for n, x in zip(steps, sizes, strict=True))
        low, high = max(low, Fraction(0)) + NUDGE * (operation == "ceil"), high - NUDGE * (operation == "floor")
        if low <= high:
            ratio = simplest(low, high)
            if ratio and ratio.denominator <= 10**4:
                inner = over(multiply([number(ratio.numerator), size(field)]), number(ratio.denominator))
                yield multiply([number(multiple), apply(operation, inner)])


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in [low, high]."""
    whole = low.numerator // low.denominator
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def multiples(values: Sequence[int], inner: Expression, fields: Sequence[str]) -> Iterator[Expression]:
    """*inner* rounded up or down to a multiple of a field, or of the common divisor of *values*."""
    for multiple in [number(gcd(*values)), *map(size, fields)]:
        if multiple not in (ZERO, ONE):
            yield up_to_multiple(inner, multiple)
            yield multiply([multiple, apply("floor", over(inner, multiple))])


def extremes(fields: Sequence[str]) -> Iterator[Expression]:
    """The smaller and the larger of two fields, and the excess of one over another."""
    for one in fields:
        for other in fields:
            if one < other:
                yield apply("min", size(one), size(other))
                yield apply("max", size(one), size(other))
            if one != other:
                yield largest(ZERO, minus(size(one), size(other)))


def periodic(fields: Sequence[str], others_too: Sequence[str]) -> Iterator[Expression]:
    """How many of n layers are every p-th from the o-th on, and how many are not; n is one of *fields*, p and o are
    numbers or fields, including *others_too*."""
    for layers in fields:
        n = size(layers)
        others = [size(field) for field in dict.fromkeys([*fields, *others_too]) if field != layers]
        for period in [*others, *map(number, PERIODS)]:
            starts = [other for other in others if other != period]
            starts += [number(o) for o in range(PERIODS[-1])] if period.operation == "number" else [ZERO]
            yield from _every(n, period, [minus(period, ONE), *starts])


def _every(n: Expression, period: Expression, starts: list[Expression]) -> Iterator[Expression]:
    for start in starts:
        if start.operation == "number" and period.operation == "number" and start.arguments >= period.arguments:
            continue
        last = start == minus(period, ONE)
        some = apply("floor", over(n, period)) if last else apply("ceil", over(minus(n, start), period))
        some = some if last or start == ZERO else largest(ZERO, some)
        yield some
        yield minus(n, some)


def switched(fields: Sequence[str], switches: Sequence[str]) -> Iterator[Expression]:
    """All layers if another size is at least 1, else none."""
    for layers in fields:
        for switch in switches:
            if switch != layers:
                yield multiply([size(layers), apply("min", ONE, size(switch))])


def stepped(fields: Sequence[str], others: Sequence[str]) -> Iterator[Expression]:
    """Every p-th layer from the s-th on, ⌊n/p⌋ − ⌊s/p⌋ for fields p and s; and the other layers."""
    for layers in fields:
        n = size(layers)
        for period in (size(field) for field in others if field != layers):
            for start in (size(field) for field in others if field != layers and size(field) != period):
                some = minus(apply("floor", over(n, period)), apply("floor", over(start, period)))
                yield largest(ZERO, some)
                yield minus(n, largest(ZERO, some))


def beyond(fields: Sequence[str]) -> Iterator[Expression]:
    """The layers from the k-th on, max(0, n − k) for a number k, and those before it."""
    for layers in fields:
        for k in range(1, 9):
            yield largest(ZERO, minus(size(layers), number(k)))
            yield apply("min", size(layers), number(k))
