"""Equations between the columns of a table, checked against the intervals that the printed cells claim.

`train_flops = 6 * n_params * n_tokens` is impossible in a row if no numbers that round to the printed ones satisfy it.
Intervals are exact fractions; X_printed takes precedence over X if a table has both columns.
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
LARGEST = 10**300  # the most that a side may come to: a float overflows soon after
LONGEST_POWER = 100_000  # bits of a power
MOST = 5  # misprints kept for each row

_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?([KMBT%]?)")


class RelationError(ValueError):
    """A malformed equation, or a cell in it that is not a number."""


class Interval(NamedTuple):
    """All numbers from *low* to *high*."""

    low: Fraction
    high: Fraction

    def meets(self, other: "Interval") -> bool:
        """Whether the two share a number; printed intervals exclude their upper end, so touching is not enough."""
        return (self.low < other.high and other.low < self.high) or self == other

    def __str__(self) -> str:
        return f"{_short(self.low)}–{_short(self.high)}" if self.low != self.high else _short(self.low)


class Mend(NamedTuple):
    """A misprint of one cell that would make the sides of a relation meet, and the bits in its favour."""

    column: str
    printed: str
    meant: str
    bits: float


class Related(NamedTuple):
    """A relation in one row: both sides' intervals, whether they meet, and misprints of one cell that would fix it.

    *withdrawn* says why the row is not at fault if it does not hold.
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
    """The interval that a printed number claims, half a unit of its last digit either way: [2.85, 2.95] for 2.9.

    Whole numbers without a unit are rounded too, unless their column is *exact*. Raises RelationError on a text that
    is not a number.
    """
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST_NUMBER else None
    if match is None:
        raise RelationError(f"{text[:LONGEST_NUMBER]!r} is not a number")
    whole, decimals, exponent, unit = match[1].replace(",", ""), match[2] or "", int(match[3] or 0), match[4]
    power = exponent - len(decimals) + (-2 if unit == "%" else UNITS[unit])
    value, half = Fraction(int(whole + decimals)) * Fraction(10) ** power, Fraction(10) ** power / 2
    exact = exact and not decimals and not unit and not match[3]
    return Interval(value, value) if exact else Interval(value - half, value + half)


def sides(relation: str, cells: Mapping[str, str], exact: Collection[str] = ()) -> tuple[Interval, Interval]:
    """Both sides of *relation* from the printed *cells* of a row; raises RelationError, ZeroDivisionError.

    Whole numbers in the *exact* columns are taken as exact, not rounded.
    """
    left, _, right = relation.partition(" = ")
    found = _evaluated(left, cells, exact), _evaluated(right, cells, exact)
    if any(abs(end) >= LARGEST for side in found for end in side):
        raise RelationError("one side is larger than 10^300")
    return found


def relate(relation: str, row: str, cells: Mapping[str, str], exact: Collection[str] = ()) -> Related:
    """Check *relation*, an equation whose left side is a column, against the printed *cells* of a row."""
    left_text, _, right_text = relation.partition(" = ")
    left, right = sides(relation, cells, exact)
    holds = left.meets(right)
    mended = () if holds else _mended(left_text, right_text, cells, exact)
    return Related(relation, row, left, right, holds, mended, "" if holds else _off_by(left, right))


def together(found: Sequence[Related]) -> list[Related]:
    """A relation's rows, with the bits for holding as the other rows do added to each mend; worthless mends dropped.

    Withdrawn rows say nothing about the others.
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
    """−log2 of the probability that unrelated sides meet."""
    widths = [log(side.high / side.low) if side.low > 0 else log(SPREAD) for side in (one, two)]
    finest = 1 / max(2.0, float(abs(one.high)))  # two whole numbers
    return -log2(min(1.0, max(finest, sum(widths)) / log(SPREAD)))


def _exponents(printed: str) -> list[str]:
    """*printed* with its exponent one higher or lower: 1.26e+25 and 1.26e+23 for 1.26e+24."""
    match = re.fullmatch(r"(.*[eE][+-]?)(\d+)", printed)
    return [f"{match[1]}{int(match[2]) + step:0{len(match[2])}}" for step in (1, -1)] if match else []


def _cell(column: str, cells: Mapping[str, str]) -> tuple[str, str]:
    for key in (f"{column}_printed", column):
        if cells.get(key):
            return key, cells[key]
    raise RelationError(f"column {column!r} is missing or empty")


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
        raise RelationError(f"{text[:200]!r} is not a formula of columns and numbers") from None


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
            raise RelationError("a power is too large")
        if power.denominator == 1 and 0 <= power <= 100:
            return Interval(base.low ** int(power), base.high ** int(power))
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        one, two = _value(node.left, cells, exact), _value(node.right, cells, exact)
        ends = [_OPERATORS[type(node.op)](a, b) for a in one for b in two]
        return Interval(min(ends), max(ends))
    raise RelationError("a relation may only have columns, numbers and + - * / ^")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value < LARGEST


def _short(value: Fraction) -> str:
    number = float(value)
    return f"{number:.4g}"
