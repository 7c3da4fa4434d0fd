"""Quotients of polynomials as text and as LaTeX."""

from __future__ import annotations

from paramcount.ledger.polynomial import Polynomial


def bracketed(text: str, factors: bool = False) -> str:
    """*text* in brackets if it is a sum (with *factors*, also a product or power), so that it can be a factor."""
    bare = text.isidentifier() or text.isdecimal() or not (" " in text or factors)
    return text if bare else f"({text})"


def latex_bracketed(formula: Polynomial, factors: bool = False) -> str:
    """The same for a polynomial in LaTeX."""
    bare = bracketed(str(formula), factors) == str(formula)
    return formula.latex() if bare else rf"\left({formula.latex()}\right)"


def over_text(above: str, term: Polynomial, factor: Polynomial) -> str:
    """above/(term·factor), where *term* is a single term."""
    factors = [str(term)] if term != 1 or factor == 1 else []
    factors += [bracketed(str(factor))] if factor != 1 else []
    if factors == ["1"]:
        return above
    below = "·".join(factors)
    below = below if len(factors) == 1 and factor != 1 else bracketed(below, factors=True)
    slash = " / " if " " in below else "/"  # long ones may be broken here
    return f"{bracketed(above)}{slash}{below}"


def over_latex(above: str, term: Polynomial, factor: Polynomial) -> str:
    """The same in LaTeX."""
    single = term == 1 or factor == 1
    below = (term * factor).latex() if single else rf"{term.latex()} \, {latex_bracketed(factor)}"
    return above if below == "1" else rf"\frac{{{above}}}{{{below}}}"
