"""Leading terms: the approximations quoted in the literature, and how far the exact count is from them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from paramcount.formula.quotients import EXPANDED, InFactors, Writing, over_latex, over_text
from paramcount.ledger.polynomial import Monomial, Polynomial, leading, over

# Models get wider by having more heads, not larger ones: d_head stays near 64–128 from GPT-1 to GPT-3, and
# n_heads·d_head grows with d_model. So attention, 4·d_model·d_head·n_heads·n_layers, and FFN, 2·d_model·d_ff·n_layers,
# are both of third order; embeddings, biases and norms are of second or first.
WEIGHTS = {"d_head": 0}


def leading_terms(formula: Polynomial) -> Polynomial:
    """The leading terms of *formula* when d_model, d_ff, n_heads, n_layers, n_vocab and n_ctx grow alike and d_head is
    constant.

    For a GPT they are 4·d_model·d_head·n_heads·n_layers + 2·d_model·d_ff·n_layers, which is Kaplan et al. 2020, eq.
    2.1, N ≈ 2·d_model·n_layers·(2·d_attn + d_ff), and with d_attn = n_heads·d_head = d_model and d_ff = 4·d_model their
    12·n_layers·d_model². By component they are the parameters of Kaplan et al. 2020, Table 1 (attention and
    feed-forward) and n_vocab·d_model, n_ctx·d_model for the embeddings.

    Take them of the exact formula and rewrite afterwards: assumptions do not change which terms lead.
    """
    return leading(formula, WEIGHTS)


class Quotient(NamedTuple):
    """above / (below·factor), where *below* is a single term."""

    above: Polynomial
    below: Polynomial
    factor: Polynomial

    def text(self, of: Writing) -> str:
        return over_text(of.text(self.above), self.below, self.factor, of)

    def in_latex(self, of: Writing) -> str:
        return over_latex(of.latex(self.above), self.below, self.factor, of)


class Shortfall(NamedTuple):
    """A sum of quotients: exact count / leading terms − 1."""

    quotients: tuple[Quotient, ...]

    def __str__(self) -> str:
        return self.text(EXPANDED)

    def latex(self) -> str:
        """The sum as LaTeX."""
        return self.in_latex(EXPANDED)

    def in_factors(self) -> InFactors:
        """The same sum as people read it, the polynomials in it in factors."""
        return InFactors(self)

    def text(self, of: Writing) -> str:
        """The sum as text, its polynomials written as *of* says."""
        return " + ".join(quotient.text(of) for quotient in self.quotients).replace("+ −", "− ") or "0"

    def in_latex(self, of: Writing) -> str:
        """The same as LaTeX."""
        return " + ".join(quotient.in_latex(of) for quotient in self.quotients) or "0"

    def value(self, sizes: Mapping[str, int]) -> Fraction:
        """The exact shortfall at *sizes*; 0.5 means that the exact count is 1.5 times the leading terms."""
        parts = ((q.above.subs(sizes).value(), (q.below * q.factor).subs(sizes).value()) for q in self.quotients)
        return sum((Fraction(above, below) for above, below in parts), Fraction(0))


def shortfall(exact: Polynomial, terms: Polynomial) -> Shortfall:
    """How far *exact* is above its leading *terms*, relative to them, in lowest terms.

    For a GPT under the usual assumptions: (n_vocab + n_ctx + 2)/(12·d_model·n_layers) + 13/(12·d_model).
    Raises ValueError if there are no terms.
    """
    if not terms.terms:
        raise ValueError("0 has no leading terms")
    common, factor = terms.factored()
    ((monomial, content),) = common.terms.items()
    groups: dict[Monomial, dict[Monomial, int]] = {}
    for term, c in (exact + terms * -1).terms.items():
        above, below = over(term, monomial)
        groups.setdefault(below, {})[above] = c
    ordered = [below for below, _ in Polynomial(dict.fromkeys(groups, 1)).ordered()]
    return Shortfall(tuple(_quotient(groups[below], content, below, factor) for below in ordered))


def _quotient(above: dict[Monomial, int], content: int, below: Monomial, factor: Polynomial) -> Quotient:
    shared = gcd(content, *above.values())
    reduced = Polynomial({monomial: c // shared for monomial, c in above.items()})
    return Quotient(reduced, Polynomial({below: content // shared}), factor)
