"""How quotients of polynomials are written, as text and as LaTeX: multiplied out, or in factors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial

LONG = 50  # letters and signs


class Writing(NamedTuple):
    """How the polynomials of a formula are written."""

    text: Callable[[Polynomial], str]
    latex: Callable[[Polynomial], str]
    in_factors: bool


EXPANDED = Writing(str, Polynomial.latex, in_factors=False)
FACTORED = Writing(lambda formula: str(factored(formula)), lambda formula: factored(formula).latex(), in_factors=True)


class Written(Protocol):
    """A formula made of polynomials."""

    def text(self, of: Writing) -> str: ...
    def in_latex(self, of: Writing) -> str: ...


class InFactors(NamedTuple):
    """A formula whose polynomials are read in factors."""

    formula: Written

    def __str__(self) -> str:
        return self.formula.text(FACTORED)

    def latex(self) -> str:
        return self.formula.in_latex(FACTORED)


def bracketed(text: str, factors: bool = False) -> str:
    """*text* in brackets where it is a sum (with *factors*, a product or power too), so that it can be a factor."""
    single = text.replace("_", "").isalnum() and text.isascii()  # a·b is an identifier of Python
    return text if single or not (factors or _is_sum(text)) else f"({text})"


def _is_sum(text: str) -> bool:
    """Whether a sign between two terms stands outside of brackets."""
    signs = [at + 1 for sign in ("+", "−") for at in range(len(text)) if text.startswith(f" {sign} ", at)]
    return any(text[:at].count("(") == text[:at].count(")") for at in signs)


def latex_bracketed(formula: Polynomial, of: Writing, factors: bool = False) -> str:
    """The same of a polynomial in LaTeX."""
    text = of.text(formula)
    latex = of.latex(formula)
    return latex if bracketed(text, factors) == text else in_brackets(latex, of)


def in_brackets(latex: str, of: Writing) -> str:
    """*latex* in brackets; read in factors, in such as a line may end within."""
    return f"({latex})" if of.in_factors else rf"\left({latex}\right)"


def over_text(above: str, term: Polynomial, factor: Polynomial, of: Writing = EXPANDED) -> str:
    """above/(term·factor), *term* being a single one."""
    if term * factor == 1:
        return above
    below = _below(term, factor, of)
    slash = " / " if " " in below or (of.in_factors and " " in above) else "/"  # a place to break long ones at
    return f"{bracketed(above)}{slash}{below}"


def _below(term: Polynomial, factor: Polynomial, of: Writing) -> str:
    if of.in_factors:
        return bracketed(of.text(term * factor), factors=True)
    if term == 1:
        return bracketed(str(factor))
    return bracketed(str(term) if factor == 1 else f"{term}·{bracketed(str(factor))}", factors=True)


def over_latex(above: str, term: Polynomial, factor: Polynomial, of: Writing = EXPANDED) -> str:
    """The same in LaTeX; read in factors, a fraction too long for a line stands in one that may be broken."""
    single = of.in_factors or term == 1 or factor == 1
    below = of.latex(term * factor) if single else rf"{term.latex()} \, {latex_bracketed(factor, of)}"
    if below == "1":
        return above
    broken = of.in_factors and (_is_long(above) or _is_long(below))
    return f"({above}) / ({below})" if broken else rf"\frac{{{above}}}{{{below}}}"


def root_latex(inside: str, of: Writing) -> str:
    """The square root in LaTeX; read in factors, one too long for a line as a power."""
    return f"({inside})^{{1/2}}" if of.in_factors and _is_long(inside) else rf"\sqrt{{{inside}}}"


def _is_long(latex: str) -> bool:
    """Whether a formula is too long to stand in a fraction or under a root, which no line ends within."""
    return len(re.sub(r"\\text|\\,|[\\{}_^ ]", "", latex)) > LONG
