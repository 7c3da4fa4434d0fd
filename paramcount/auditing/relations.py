"""Equations between the columns of a table, held against the intervals that the printed cells claim.

`train_flops = 6 * n_params * n_tokens` is impossible in a row if no numbers that round to the printed ones satisfy it.
Intervals are exact fractions; a column X that is also printed as X_printed is read from the print.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from paramcount.auditing.evidence import choice
from paramcount.auditing.misprints import slips
from paramcount.quantity import UNITS

LONGEST = 500  # characters of a side
LONGEST_NUMBER = 50  # characters of a printed number
LARGEST = 10**300  # what both sides come to at the most; a float ends soon after
LONGEST_POWER = 100_000  # bits of a power

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


class Related(NamedTuple):
    """A relation in one row: both sides' intervals, whether they meet, and misprints of one cell that would mend it."""

    relation: str
    row: str
    left: Interval
    right: Interval
    holds: bool
    mended_by: tuple[tuple[str, str, str], ...]  # column, printed, meant; the likeliest first
    off_by: str


def interval(text: str) -> Interval:
    """What a printed number claims: 2.9 is [2.85, 2.95], 60% [0.595, 0.605], 1.26e+24 half a unit of its last digit.

    A plain integer without a unit is exact. Raises RelationError on a text that is no number.
    """
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST_NUMBER else None
    if match is None:
        raise RelationError(f"{text[:LONGEST_NUMBER]!r} is no number")
    whole, decimals, exponent, unit = match[1].replace(",", ""), match[2] or "", int(match[3] or 0), match[4]
    power = exponent - len(decimals) + (-2 if unit == "%" else UNITS[unit])
    value, half = Fraction(int(whole + decimals)) * Fraction(10) ** power, Fraction(10) ** power / 2
    exact = not decimals and not unit and not match[3]
    return Interval(value, value) if exact else Interval(value - half, value + half)


def sides(relation: str, cells: Mapping[str, str]) -> tuple[Interval, Interval]:
    """Both sides of *relation* by the printed *cells* of a row; raises RelationError, ZeroDivisionError."""
    left, _, right = relation.partition(" = ")
    found = _evaluated(left, cells), _evaluated(right, cells)
    if any(abs(end) >= LARGEST for side in found for end in side):
        raise RelationError("a side comes to more than 10^300")
    return found


def relate(relation: str, row: str, cells: Mapping[str, str]) -> Related:
    """Hold *relation*, an equation whose left side is a column, against the printed *cells* of a row."""
    left_text, _, right_text = relation.partition(" = ")
    left, right = sides(relation, cells)
    holds = left.meets(right)
    mended = () if holds else _mended(left_text, right_text, cells)
    return Related(relation, row, left, right, holds, mended, "" if holds else _off_by(left, right))


def _off_by(left: Interval, right: Interval) -> str:
    for power in range(1, 7):
        factor = 10**power
        if Interval(left.low * factor, left.high * factor).meets(right):
            return f"too small by {factor:,}"
        if Interval(left.low / factor, left.high / factor).meets(right):
            return f"too large by {factor:,}"
    return ""


def _mended(left: str, right: str, cells: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    found = []
    as_is = {text: _evaluated(text, cells) for text in (left, right)}
    for column in sorted(_columns(left) | _columns(right)):
        key, printed = _cell(column, cells)
        exponents = _exponents(printed)
        meant = dict.fromkeys([*exponents, *slips(printed)])
        for text in meant:
            changed = {**cells, key: text}
            try:
                one, two = (_evaluated(t, changed) if column in _columns(t) else as_is[t] for t in (left, right))
                if one.meets(two):
                    found.append((choice(len(meant)) - 2 * (text in exponents), column, printed, text))
            except (RelationError, ZeroDivisionError):
                continue
    return tuple((column, printed, text) for _, column, printed, text in sorted(found))[:5]


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


def _evaluated(text: str, cells: Mapping[str, str]) -> Interval:
    return _value(_parsed(text), cells)


def _value(node: ast.expr, cells: Mapping[str, str]) -> Interval:
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return Interval(*[Fraction(str(node.value))] * 2)
    if isinstance(node, ast.Name):
        return interval(_cell(node.id, cells)[1])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _value(node.left, cells), _value(node.right, cells).low
        if max(end.numerator.bit_length() + end.denominator.bit_length() for end in base) * abs(power) > LONGEST_POWER:
            raise RelationError("a power that is too large")
        if power.denominator == 1 and 0 <= power <= 100:
            return Interval(base.low ** int(power), base.high ** int(power))
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        one, two = _value(node.left, cells), _value(node.right, cells)
        ends = [_OPERATORS[type(node.op)](a, b) for a in one for b in two]
        return Interval(min(ends), max(ends))
    raise RelationError("a relation is built of columns, numbers and + - * / ^ alone")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value < LARGEST


def _short(value: Fraction) -> str:
    number = float(value)
    return f"{number:.4g}"
