"""A formula solved for one of its sizes: the closed form and its exact value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.formula.quotients import (
    EXPANDED,
    InFactors,
    Writing,
    bracketed,
    in_brackets,
    latex_bracketed,
    over_latex,
    over_text,
    root_latex,
)
from paramcount.ledger.polynomial import Polynomial

TOTAL = "N"  # the literature's letter for a count of parameters (Kaplan et al. 2020)


class Root(NamedTuple):
    """The positive root of a·x² + b·x + c = N for the size x = *symbol*; a and b have no negative coefficients."""

    symbol: str
    a: Polynomial
    b: Polynomial
    c: Polynomial

    def at(self, sizes: Mapping[str, int]) -> Root:
        """The root with the other sizes substituted and N still free."""
        others = {symbol: size for symbol, size in sizes.items() if symbol != self.symbol}
        return Root(self.symbol, self.a.subs(others), self.b.subs(others), self.c.subs(others))

    def value(self, total: int, sizes: Mapping[str, int]) -> Fraction | None:
        """The exact size that gives *total* parameters with the other *sizes*; None if it is irrational."""
        there = self.at(sizes)
        a, b, rest = there.a.value(), there.b.value(), total - there.c.value()
        if not a:
            return Fraction(rest, b)
        square = b * b + 4 * a * rest
        if square < 0 or isqrt(square) ** 2 != square:
            return None
        return Fraction(isqrt(square) - b, 2 * a)

    def __str__(self) -> str:
        return self.text(EXPANDED)

    def latex(self) -> str:
        """The root as LaTeX."""
        return self.in_latex(EXPANDED)

    def in_factors(self) -> InFactors:
        """The same root as people read it, the polynomials in it in factors."""
        return InFactors(self)

    def text(self, of: Writing) -> str:
        """The root as text, its polynomials written as *of* says."""
        rest = _rest(of.text(self.c * -1), "−")
        if not self.a.terms:
            return over_text(rest, *self.b.factored(), of)
        if not self.b.terms:
            return f"√({over_text(rest, *self.a.factored(), of)})"
        b, coefficient, below = self._parts()
        times = "" if coefficient == 1 else bracketed(of.text(coefficient)) + "·"
        inside = times + (bracketed(rest) if times else rest)
        text = of.text(b)
        above = f"√({bracketed(text, factors=True)}² + {inside}) − {bracketed(text)}"
        return over_text(above, *below.factored(), of)

    def in_latex(self, of: Writing) -> str:
        """The same as LaTeX."""
        rest = _rest(of.latex(self.c * -1), "-")
        if not self.a.terms:
            return over_latex(rest, *self.b.factored(), of)
        if not self.b.terms:
            return root_latex(over_latex(rest, *self.a.factored(), of), of)
        b, coefficient, below = self._parts()
        times = "" if coefficient == 1 else latex_bracketed(coefficient, of) + r" \, "
        inside = times + (in_brackets(rest, of) if times and self.c.terms else rest)
        root = root_latex(f"{latex_bracketed(b, of, factors=True)}^{{2}} + {inside}", of)
        above = f"{root} - {latex_bracketed(b, of)}"
        return over_latex(above, *below.factored(), of)

    def _parts(self) -> tuple[Polynomial, Polynomial, Polynomial]:
        """b, 4a and 2a, or b/2, a and a if b is even: (√(b² + 4a·rest) − b)/2a."""
        if all(c % 2 == 0 for c in self.b.terms.values()):
            return Polynomial({m: c // 2 for m, c in self.b.terms.items()}), self.a, self.a
        return self.b, self.a * 4, self.a * 2


def solve(formula: Polynomial, symbol: str) -> Root:
    """*formula* = N solved for the size *symbol*, which may occur to the first and second power.

    A formula grows with its sizes, so there is one positive root. Raises InputError if the size does not occur, if it
    occurs to a higher power, or if a negative term makes the root ambiguous.
    """
    parts = formula.coefficients(symbol)
    degree = max(parts, default=0)
    if degree == 0:
        valid = ", ".join(formula.symbols()) or "none, as the formula is a number"
        raise InputError(f"--solve-for {symbol}: not in the formula; valid: {valid}")
    if degree > 2:
        raise InputError(f"--solve-for {symbol}: it occurs to the power {degree}; valid: sizes to the power 1 or 2")
    a, b, c = (parts.get(power, Polynomial({})) for power in (2, 1, 0))
    if any(coefficient < 0 for part in (a, b) for coefficient in part.terms.values()):
        raise InputError(f"--solve-for {symbol}: it occurs in a negative term; valid: formulas that grow with it")
    return Root(symbol, a, b, c)


def _rest(others: str, minus: str) -> str:
    """N − c, given −c."""
    if others == "0":
        return TOTAL
    return f"{TOTAL} {minus} {others[1:]}" if others.startswith(minus) else f"{TOTAL} + {others}"
