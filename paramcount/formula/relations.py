"""Parses assumptions as users write them, n_heads*d_head = d_model, without evaluating any code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.polynomial import Polynomial
from paramcount.quantity import LARGEST

MOST = 20  # relations at once
LONGEST = 200  # characters of one
DEEPEST = 20  # parentheses within each other
DEGREE = 4  # of a side
VALID = "valid: an equation such as n_heads*d_head=d_model, of whole numbers, sizes, + - * / ^ ( )"

_TOKEN = re.compile(r"[0-9]+(?:_[0-9]+)*|[A-Za-z_][A-Za-z0-9_]*|[-+*/^()]")
_PLAIN = str.maketrans("·×⋅−", "***-")
_RAISED, _LEVEL = "⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"


class Side(NamedTuple):
    """One side of an equation: a quotient of polynomials, and its printed form."""

    above: Polynomial
    below: Polynomial
    text: str = ""

    def value(self, sizes: Mapping[str, int]) -> Fraction:
        """The value of the side at *sizes*."""
        return Fraction(self.above.subs(sizes).value(), self.below.subs(sizes).value())


class Relation(NamedTuple):
    """An assumed equation between sizes: its left side is replaced by its right side."""

    left: Side
    right: Side

    def __str__(self) -> str:
        return f"{self.left.text} = {self.right.text}"

    def cleared(self) -> tuple[Polynomial, Polynomial]:
        """Both sides without divisors: d_head = d_model/n_heads becomes d_head·n_heads and d_model."""
        return self.left.above * self.right.below, self.right.above * self.left.below

    def symbols(self) -> set[str]:
        return {symbol for side in self.cleared() for symbol in side.symbols()}

    def holds(self, sizes: Mapping[str, int]) -> bool:
        left, right = self.cleared()
        return left.subs(sizes).value() == right.subs(sizes).value()

    def refutation(self, sizes: Mapping[str, int]) -> str:
        """The values of the sides at *sizes*: n_heads·d_head = 3072, d_model = 2048."""
        sides = [side for side in self if (side.above.symbols() or side.below.symbols())]
        return ", ".join(f"{side.text} = {side.value(sizes)}" for side in sides)


def read_relations(texts: Iterable[str], symbols: Sequence[str]) -> list[Relation]:
    """The equations in *texts* between sizes called *symbols*; several in one text are separated by , or ;

    Raises InputError on anything other than equations between quotients of polynomials of degree at most 4.
    """
    pieces = [piece.strip() for text in texts for piece in re.split("[,;]", text) if piece.strip()]
    if len(pieces) > MOST:
        raise InputError(f"--assume: {len(pieces)} equations; valid: at most {MOST}")
    return [_relation(piece, symbols) for piece in pieces]


def _relation(text: str, symbols: Sequence[str]) -> Relation:
    asked = text if len(text) <= 60 else text[:60] + "…"
    if len(text) > LONGEST:
        raise InputError(f"--assume {asked}: longer than {LONGEST} characters; {VALID}")
    sides = text.split("=")
    if len(sides) != 2:
        raise InputError(f"--assume {asked}: it has {'no' if len(sides) < 2 else 'more than one'} = sign; {VALID}")
    left, right = (_Reader(side, symbols, asked).side() for side in sides)
    relation = Relation(left, right)
    if max(side.degree() for side in relation.cleared()) > DEGREE:
        raise InputError(f"--assume {asked}: its degree is above {DEGREE}; {VALID}")
    return relation


class _Reader:
    """Reads one side by recursive descent, with limits on length, depth and degree."""

    def __init__(self, text: str, symbols: Sequence[str], asked: str):
        level = str.maketrans(_RAISED, _LEVEL)
        plain = re.sub(f"[{_RAISED}]+", lambda run: "^" + run[0].translate(level), text.translate(_PLAIN))
        plain = plain.replace("**", "^")
        self.symbols, self.asked = symbols, asked
        self.tokens = _TOKEN.findall(plain)[::-1]  # the next one last
        self.plain = "".join(reversed(self.tokens))
        if stray := _TOKEN.sub("", plain).strip():
            raise self.error(f"{stray[0]!r} is not allowed")

    def error(self, what: str, valid: str = VALID) -> InputError:
        return InputError(f"--assume {self.asked}: {what}; {valid}")

    def side(self) -> Side:
        side = self.sum(0)
        if self.tokens:
            raise self.error(f"{self.tokens[-1]!r} is out of place")
        return side._replace(text=_printed(self.plain))

    def next_is(self, choices: str) -> str:
        return self.tokens.pop() if self.tokens and self.tokens[-1] in choices else ""

    def sum(self, depth: int) -> Side:
        total = self.product(depth, -1 if self.next_is("-") else 1)
        while sign := self.next_is("+-"):
            term = self.product(depth, -1 if sign == "-" else 1)
            total = self.bounded(total.above * term.below + term.above * total.below, total.below * term.below)
        return total

    def product(self, depth: int, sign: int) -> Side:
        product = self.power(depth)
        while operator := self.next_is("*/"):
            factor = self.power(depth)
            if operator == "/":
                if len(factor.above.terms) != 1:  # a sum might be 0
                    raise self.error("a division by a sum")
                factor = Side(factor.below, factor.above)
            product = self.times(product, factor)
        return Side(product.above * sign, product.below)

    def power(self, depth: int) -> Side:
        base = self.atom(depth)
        if not self.next_is("^"):
            return base
        exponent = self.tokens.pop() if self.tokens else ""
        most = 120 if not base.above.degree() and not base.below.degree() else DEGREE
        if not exponent.isdecimal() or len(exponent) > 3 or not 1 <= int(exponent) <= most:
            raise self.error(f"^{exponent[:12]} is not a power from 1 to {most}")
        result = base
        for _ in range(int(exponent) - 1):
            result = self.times(result, base)
        return result

    def atom(self, depth: int) -> Side:
        token = self.tokens.pop() if self.tokens else ""
        if token == "(" and depth < DEEPEST:
            inner = self.sum(depth + 1)
            if not self.next_is(")"):
                raise self.error("a ) is missing")
            return inner
        if token == "(":
            raise self.error(f"parentheses nested more than {DEEPEST} deep")
        if token[:1].isdecimal():
            return self.bounded(Polynomial({(): int(token)}), Polynomial({(): 1}))
        if not token or token in "+-*/^)":
            raise self.error(f"{token!r} is out of place" if token else "a size or number is missing")
        if token not in self.symbols:
            raise self.error(f"{token} is not a size here", f"valid: {', '.join(self.symbols)}")
        return Side(Polynomial.symbol(token), Polynomial({(): 1}))

    def times(self, one: Side, other: Side) -> Side:
        if max(one.above.degree() + other.above.degree(), one.below.degree() + other.below.degree()) > 2 * DEGREE:
            raise self.error(f"its degree is above {DEGREE}")
        return self.bounded(one.above * other.above, one.below * other.below)

    def bounded(self, above: Polynomial, below: Polynomial) -> Side:
        if any(abs(c) > LARGEST for side in (above, below) for c in side.terms.values()):
            raise self.error("a number larger than 1e36")
        return Side(above, below)


def _printed(plain: str) -> str:
    raise_ = str.maketrans(_LEVEL, _RAISED)
    text = re.sub(r"\^([0-9]+)", lambda power: power[1].translate(raise_), plain)
    return text.replace("*", "·").replace("+", " + ").replace("-", " − ").strip()
