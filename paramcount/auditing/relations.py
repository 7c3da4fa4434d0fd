"""Equations between the columns of a table, held against the intervals that the printed cells claim.

`train_flops = 6 * n_params * n_tokens` is impossible in a row if no numbers that round to the printed ones satisfy it.
Intervals are exact fractions; a column X that is also printed as X_printed is read from the print.
"""

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import log, log2
from typing import NamedTuple

from paramcount.auditing.evidence import SPREAD, choice, odds
from paramcount.auditing.misprints import KINDS, misprints
from paramcount.quantity import UNITS

LONGEST = 500  # characters of a side
LONGEST_NUMBER = 50  # characters of a printed number
LARGEST = 10**300  # what both sides come to at the most; a float ends soon after
LONGEST_POWER = 100_000  # bits of a power
MOST = 5  # misprints of a row that are kept

_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?([KMBT%]?)")


class RelationError(ValueError):
    """An equation that is none, or a cell in it that is no number."""


class Interval(NamedTuple):
    """All numbers from *low* to *high*."""

    low: Fraction
    high: Fraction

    def meets(self, other: "Interval") -> bool:
        """Whether the two share a number; a printed interval leaves out its upper end, so touching is not enough."""
        return (self.low < other.high and other.low < self.high) or self == other

    def __str__(self) -> str:
        return f"{_short(self.low)}–{_short(self.high)}" if self.low != self.high else _short(self.low)


class Mend(NamedTuple):
    """A misprint of one cell that would make the sides of a relation meet, and the bits that it has for it."""

    column: str
    printed: str
    meant: str
    bits: float


class Related(NamedTuple):
    """A relation in one row: both sides' intervals, whether they meet, and misprints of one cell that would mend it.

    *withdrawn* says why it is no fault of the row's that it does not hold.
    """

    relation: str
    row: str
    left: Interval
    right: Interval
    holds: bool
    mended_by: tuple[Mend, ...]  # the likeliest first
    off_by: str
    withdrawn: str = ""


def interval(text: str, exact: bool = False) -> Interval:
    """What a printed number claims: 2.9 is [2.85, 2.95], 60% [0.595, 0.605], 1.26e+24 half a unit of its last digit.

    A whole number without a unit is rounded too, unless its column is said to be *exact*. Raises RelationError on a
    text that is no number.
    """
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST_NUMBER else None
    if match is None:
        raise RelationError(f"{text[:LONGEST_NUMBER]!r} is no number")
    whole, decimals, exponent, unit = match[1].replace(",", ""), match[2] or "", int(match[3] or 0), match[4]
    power = exponent - len(decimals) + (-2 if unit == "%" else UNITS[unit])
    value, half = Fraction(int(whole + decimals)) * Fraction(10) ** power, Fraction(10) ** power / 2
    exact = exact and not decimals and not unit and not match[3]
    return Interval(value, value) if exact else Interval(value - half, value + half)


def sides(relation: str, cells: Mapping[str, str], exact: Collection[str] = ()) -> tuple[Interval, Interval]:
    """Both sides of *relation* by the printed *cells* of a row; raises RelationError, ZeroDivisionError.

    Whole numbers in the columns that are *exact* are not rounded.
    """
    left, _, right = relation.partition(" = ")
    found = _evaluated(left, cells, exact), _evaluated(right, cells, exact)
    if any(abs(end) >= LARGEST for side in found for end in side):
        raise RelationError("a side comes to more than 10^300")
    return found


def relate(relation: str, row: str, cells: Mapping[str, str], exact: Collection[str] = ()) -> Related:
    """Hold *relation*, an equation whose left side is a column, against the printed *cells* of a row."""
    left_text, _, right_text = relation.partition(" = ")
    left, right = sides(relation, cells, exact)
    holds = left.meets(right)
    mended = () if holds else _mended(left_text, right_text, cells, exact)
    return Related(relation, row, left, right, holds, mended, "" if holds else _off_by(left, right))


def together(found: Sequence[Related]) -> list[Related]:
    """A relation's rows, each mend worth as much more as it is to hold as the others do; those worth nothing left out.

    What *found* withdraws tells nothing of the others.
    """
    telling = [related for related in found if not related.withdrawn]
    holding = sum(related.holds for related in telling)
    bits = 0.0 if holding == len(telling) else max(0.0, odds(holding, len(telling) - 1))
    return [related._replace(mended_by=_worth(related.mended_by, bits)) for related in found]


def _worth(mended: Sequence[Mend], more: float) -> tuple[Mend, ...]:
    weighed = (mend._replace(bits=mend.bits + more) for mend in mended)
    return tuple(mend for mend in weighed if mend.bits > 0)


def _off_by(left: Interval, right: Interval) -> str:
    for power in range(1, 7):
        factor = 10**power
        if Interval(left.low * factor, left.high * factor).meets(right):
            return f"too small by {factor:,}"
        if Interval(left.low / factor, left.high / factor).meets(right):
            return f"too large by {factor:,}"
    return ""


def _mended(left: str, right: str, cells: Mapping[str, str], exact: Collection[str]) -> tuple[Mend, ...]:
    found = []
    as_is = {text: _evaluated(text, cells, exact) for text in (left, right)}
    columns = sorted(_columns(left) | _columns(right))
    for column in columns:
        key, printed = _cell(column, cells)
        costs = dict(misprints(printed)) | dict.fromkeys(_exponents(printed), choice(KINDS) + choice(2))
        for text, cost in costs.items():
            changed = {**cells, key: text}
            try:
                one, two = (_evaluated(t, changed, exact) if column in _columns(t) else as_is[t] for t in (left, right))
                if one.meets(two):
                    found.append(Mend(column, printed, text, _meeting(one, two) - cost - choice(len(columns))))
            except (RelationError, ZeroDivisionError):
                continue
    return tuple(sorted(found, key=lambda mend: (-round(mend.bits, 6), mend)))[:MOST]


def _meeting(one: Interval, two: Interval) -> float:
    """−log2 of the chance that sides which have nothing to do with each other meet."""
    widths = [log(side.high / side.low) if side.low > 0 else log(SPREAD) for side in (one, two)]
    finest = 1 / max(2.0, float(abs(one.high)))  # two whole numbers
    return -log2(min(1.0, max(finest, sum(widths)) / log(SPREAD)))


def _exponents(printed: str) -> list[str]:
    """1.26e+24 with its exponent one more or one less."""
    match = re.fullmatch(r"(.*[eE][+-]?)(\d+)", printed)
    return [f"{match[1]}{int(match[2]) + step:0{len(match[2])}}" for step in (1, -1)] if match else []


def _cell(column: str, cells: Mapping[str, str]) -> tuple[str, str]:
    for key in (f"{column}_printed", column):
        if cells.get(key):
            return key, cells[key]
    raise RelationError(f"no column {column!r}, or nothing in it")


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise RelationError(f"{text[:40]}… has {len(text):,} characters, more than {LONGEST:,}")
    try:
        return ast.parse(text.replace("^", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RelationError(f"{text[:200]!r} is no formula of columns and numbers") from None


@lru_cache(maxsize=1024)
def _columns(text: str) -> set[str]:
    return {node.id for node in ast.walk(_parsed(text)) if isinstance(node, ast.Name)}


def spoken_of(relation: str) -> set[str]:
    """The columns that *relation* names; raises RelationError."""
    left, _, right = relation.partition(" = ")
    return _columns(left) | _columns(right)


def _evaluated(text: str, cells: Mapping[str, str], exact: Collection[str]) -> Interval:
    return _value(_parsed(text), cells, exact)


def _value(node: ast.expr, cells: Mapping[str, str], exact: Collection[str]) -> Interval:
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return Interval(*[Fraction(str(node.value))] * 2)
    if isinstance(node, ast.Name):
        return interval(_cell(node.id, cells)[1], node.id in exact)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _value(node.left, cells, exact), _value(node.right, cells, exact).low
        if max(end.numerator.bit_length() + end.denominator.bit_length() for end in base) * abs(power) > LONGEST_POWER:
            raise RelationError("a power that is too large")
        if power.denominator == 1 and 0 <= power <= 100:
            return Interval(base.low ** int(power), base.high ** int(power))
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        one, two = _value(node.left, cells, exact), _value(node.right, cells, exact)
        ends = [_OPERATORS[type(node.op)](a, b) for a in one for b in two]
        return Interval(min(ends), max(ends))
    raise RelationError("a relation is built of columns, numbers and + - * / ^ alone")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value < LARGEST


def _short(value: Fraction) -> str:
    number = float(value)
    return f"{number:.4g}"
