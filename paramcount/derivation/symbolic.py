"""Expressions and conditions in sympy, as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import NamedTuple

import sympy

from paramcount.derivation.conditions import Condition
from paramcount.derivation.expression import Expression
from paramcount.errors import InputError
from paramcount.formula.quotients import EXPANDED, InFactors, Writing, bracketed
from paramcount.formula.symbolic import from_sympy, symbol
from paramcount.ledger.polynomial import Polynomial

_FUNCTIONS = {
    "+": sympy.Add,
    "*": sympy.Mul,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
}
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}


def to_sympy(expression: Expression, symbols: Mapping[str, str]) -> sympy.Expr:
    """*expression* in sympy, with its fields under their printed names."""
    if expression.operation == "number":
        value: Fraction = expression.arguments[0]
        return sympy.Rational(value.numerator, value.denominator)
    if expression.operation == "size":
        return symbol(symbols[expression.arguments[0]])
    parts = [to_sympy(part, symbols) for part in expression.arguments]
    if expression.operation == "/":
        return parts[0] / parts[1]
    if expression.operation == "round":  # to even, as Python does
        half = sympy.Rational(1, 2)
        lower = sympy.floor(parts[0])
        tie = sympy.Eq(parts[0] - lower, half) & sympy.Eq(sympy.Mod(lower, 2), 0)
        return sympy.Piecewise((lower, tie), (sympy.floor(parts[0] + half), True))
    return _FUNCTIONS[expression.operation](*parts)


class Stated(NamedTuple):
    """An expression as it is printed, e.g. 12·d_model²·n_layers + ⌈d_model/16⌉; people read it in factors."""

    expression: sympy.Expr

    def __str__(self) -> str:
        return self.text(EXPANDED)

    def in_factors(self) -> InFactors:
        """The same expression as people read it, the polynomials in it in factors."""
        return InFactors(self)

    def text(self, of: Writing) -> str:
        """The expression as text, its polynomials written as *of* says."""
        above, below = sympy.fraction(sympy.together(self.expression))
        if below.free_symbols:
            divisor = bracketed(Stated(below).text(of), factors=True)
            return f"{bracketed(Stated(above).text(of))}/{divisor}"
        polynomial, number = _over_number(sympy.expand(self.expression), of)
        return of.text(polynomial) if number == 1 else f"{bracketed(of.text(polynomial))}/{number}"

    def in_latex(self, of: Writing) -> str:
        """The same as LaTeX, polynomials with the GPT-3 paper's subscripts."""
        try:
            return of.latex(from_sympy(self.expression))
        except InputError:
            return str(sympy.latex(self.expression))


class Shape(NamedTuple):
    """The sides of a tensor as they are printed: n_heads·d_head × d_model."""

    sides: tuple[sympy.Expr, ...]

    def __str__(self) -> str:
        return self.text(EXPANDED)

    def in_factors(self) -> InFactors:
        """The same sides as people read them, the polynomials in them in factors."""
        return InFactors(self)

    def text(self, of: Writing) -> str:
        """The sides as text, their polynomials written as *of* says."""
        sides = [Stated(side).text(of) for side in self.sides]
        return " × ".join(map(bracketed, sides) if len(sides) > 1 else sides) or "1"

    def in_latex(self, of: Writing) -> str:
        """The same as LaTeX."""
        sides = ((Stated(side).in_latex(of), bracketed(text := Stated(side).text(of)) != text) for side in self.sides)
        several = len(self.sides) > 1
        return r" \times ".join(rf"\left({side}\right)" if several and sums else side for side, sums in sides) or "1"


def as_text(expression: sympy.Expr) -> str:
    """*expression* as text, multiplied out."""
    return str(Stated(expression))


def latex(expression: sympy.Expr) -> str:
    """*expression* as LaTeX, multiplied out."""
    return Stated(expression).in_latex(EXPANDED)


def _over_number(expanded: sympy.Expr, of: Writing) -> tuple[Polynomial, int]:
    """A polynomial, whose symbols may be written roundings, minima and maxima, and the number that it is over."""
    terms = [term.as_coeff_Mul() for term in sympy.Add.make_args(expanded)]
    below = reduce(lcm, (int(c.q) for c, _ in terms if c.is_Rational), 1)
    whole = Polynomial({})
    for c, rest in terms:
        product: Polynomial = Polynomial({(): int(c * below)})
        for factor in sympy.Mul.make_args(rest):
            base, power = factor.as_base_exp()
            if power.is_Integer and power > 0:
                base_written, times = _factor(base, of), int(power)
            else:
                base_written, times = _factor(factor, of), 1
            if factor != 1:
                product = product * Polynomial({((base_written, times),): 1})
        whole = whole + product
    return whole, below


def _factor(expression: sympy.Expr, of: Writing) -> str:
    if expression.is_Symbol:
        return str(expression)
    inner = [Stated(argument).text(of) for argument in expression.args]
    if isinstance(expression, sympy.floor):
        return f"⌊{inner[0]}⌋"
    if isinstance(expression, sympy.ceiling):
        return f"⌈{inner[0]}⌉"
    if isinstance(expression, sympy.Min | sympy.Max):
        return f"{type(expression).__name__.lower()}({', '.join(sorted(inner))})"
    if isinstance(expression, sympy.Mod):
        return f"({inner[0]} mod {inner[1]})"
    return f"({expression})"


def said(condition: Condition, symbols: Mapping[str, str]) -> str:
    """*condition* as text; d_model mod n_heads = 0 as "n_heads divides d_model"."""
    left, right = condition.left, condition.right
    if left.operation == "mod" and right.operation == "number" and not right.arguments[0]:
        above, below = (as_text(to_sympy(part, symbols)) for part in left.arguments)
        return f"{below} {'divides' if condition.relation == '==' else 'does not divide'} {above}"
    one, other = (as_text(to_sympy(part, symbols)) for part in (left, right))
    return f"{one} {_SIGNS[condition.relation]} {other}"
