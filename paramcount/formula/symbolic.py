"""Formulas in sympy: rewritten under assumptions, and solved for a size."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from paramcount.errors import InputError
from paramcount.formula.relations import Relation
from paramcount.formula.roots import TOTAL, solve
from paramcount.ledger.polynomial import Polynomial

DEGREE = 12  # of a rewritten formula: keeps the work to seconds

Pair = tuple[sympy.Expr, sympy.Expr]


def symbol(name: str) -> sympy.Symbol:
    """The size *name* as a sympy symbol, a positive integer."""
    return sympy.Symbol(name, positive=True, integer=True)


def to_sympy(polynomial: Polynomial) -> sympy.Expr:
    """*polynomial* in sympy, with symbols of the same names."""
    terms = (c * sympy.prod(symbol(s) ** p for s, p in monomial) for monomial, c in polynomial.terms.items())
    return sympy.Add(*terms)


def from_sympy(expression: sympy.Expr) -> Polynomial:
    """*expression* as a polynomial; raises InputError if it is not one, or if a coefficient is not whole."""
    names = sorted(expression.free_symbols, key=str)
    try:
        terms = sympy.Poly(expression, *names, sympy.Dummy()).terms()  # with a dummy, since a number has no symbols
    except sympy.PolynomialError:
        raise InputError(f"{expression} is not a polynomial; valid: sums and products of sizes") from None
    result = Polynomial({})
    for powers, c in terms:
        term = Polynomial({(): 1})
        for name, power in zip(names, powers, strict=False):
            for _ in range(power):
                term = term * Polynomial.symbol(str(name))
        if not c.is_Integer:
            raise InputError(f"{term} would have the coefficient {c}; valid: whole coefficients")
        result = result + term * int(c)
    return result


def solve_for(polynomial: Polynomial, name: str) -> sympy.Expr:
    """The size *name* for which N = *polynomial*, the positive root, as an expression in N and the other sizes.

    Raises InputError if the size does not occur or occurs to a power above 2.
    """
    root = solve(polynomial, name)
    a, b, rest = to_sympy(root.a), to_sympy(root.b), symbol(TOTAL) - to_sympy(root.c)
    return (sympy.sqrt(b**2 + 4 * a * rest) - b) / (2 * a) if root.a.terms else rest / b


def assume(polynomial: Polynomial, relations: Iterable[Relation]) -> Polynomial:
    """*polynomial* rewritten exactly under *relations*: equal to it wherever they hold.

    Left sides are replaced: n_heads·d_head = d_model replaces n_heads·d_head by d_model, and d_ff = 4·d_model (or
    4·d_model = d_ff) removes d_ff. Relations with a single size on the left are applied to the others first, whatever
    their order. Raises InputError if the relations contradict each other, if it is unclear what to replace, or if the
    result has coefficients that are not whole.
    """
    return Rewriting(relations).apply(polynomial)


class Rewriting:
    """Relations prepared for rewriting any number of formulas, as in `assume`."""

    def __init__(self, relations: Iterable[Relation]):
        relations = list(relations)
        self._given = ", ".join(map(str, relations))
        self._sizes: dict[sympy.Symbol, sympy.Expr] = {}
        pairs = self._left(_turned(*map(to_sympy, relation.cleared())) for relation in relations)
        while lone := next((pair for pair in pairs if pair[0].as_coeff_Mul()[1].is_Symbol), None):
            pairs.remove(lone)
            self._settle(*lone)
            pairs = self._left(pairs)
        self._check(pairs)
        # The left sides share no sizes with each other or with the right sides, so with their sizes first in lex order
        # the relations are a Gröbner basis, and the result does not depend on how they were written.
        self._basis = [one - other for one, other in pairs]
        self._first = [size for one, _ in pairs for size in sorted(one.free_symbols, key=str)]

    def apply(self, polynomial: Polynomial) -> Polynomial:
        """*polynomial*, rewritten."""
        expression = self._put(to_sympy(polynomial))
        if self._basis:
            sizes = expression.free_symbols.union(*(one.free_symbols for one in self._basis)) - {*self._first}
            order = [*self._first, *sorted(sizes, key=str)]
            expression = sympy.reduced(expression, self._basis, *order, order="lex")[1]
        try:
            return from_sympy(expression)
        except InputError as error:
            raise self._error(str(error)) from None

    def _left(self, pairs: Iterable[Pair]) -> list[Pair]:
        """*pairs* with settled sizes substituted, without those that have become trivial."""
        left = []
        for pair in pairs:
            one, other = map(self._put, pair)
            if one.is_number:
                one, other = other, one
            if one.is_number and one != other:
                raise self._error("they contradict each other; valid: equations that can hold together")
            if one != other:
                left.append((one, other))
        return left

    def _settle(self, one: sympy.Expr, other: sympy.Expr) -> None:
        coefficient, size = one.as_coeff_Mul()
        value = sympy.expand(other / coefficient)
        if size in value.free_symbols:
            raise self._error(f"{size} is defined in terms of itself; valid: a size in terms of others")
        self._sizes[size] = value
        self._sizes = {other: self._put(value) for other, value in self._sizes.items()}
        for size, value in self._sizes.items():
            if value.is_number and not (value.is_Integer and value > 0):
                raise self._error(f"{size} would be {value}; valid: whole numbers from 1")

    def _check(self, pairs: list[Pair]) -> None:
        seen: set[sympy.Symbol] = set()
        right = {size for _, other in pairs for size in other.free_symbols}
        for one, _ in pairs:
            if one.is_Add or one.free_symbols & (seen | right):
                valid = "valid: left sides that are single sizes, or products that share no size with another side"
                raise self._error(f"it is unclear what to replace {from_sympy(one)} by; {valid}")
            seen |= one.free_symbols

    def _put(self, expression: sympy.Expr) -> sympy.Expr:
        """*expression* with every settled size substituted."""
        found = sorted(expression.free_symbols, key=str)
        if not any(size in self._sizes for size in found):
            return expression
        degrees = [max(1, _degree(self._sizes.get(size, size))) for size in found]
        monomials = sympy.Poly(expression, *found).monoms()
        if max(sum(p * d for p, d in zip(powers, degrees, strict=True)) for powers in monomials) > DEGREE:
            raise self._error(f"it gives a polynomial of degree above {DEGREE}; valid: lower powers")
        return sympy.expand(expression.xreplace(self._sizes))

    def _error(self, what: str) -> InputError:
        return InputError(f"--assume {self._given}: {what}")


def _turned(one: sympy.Expr, other: sympy.Expr) -> Pair:
    """4·d_model = d_ff as d_ff = 4·d_model: whole coefficients stay whole."""
    return (other, one) if other.is_Symbol and one.as_coeff_Mul()[0] != 1 else (one, other)


def _degree(expression: sympy.Expr) -> int:
    return int(sympy.Poly(expression, *expression.free_symbols, sympy.Dummy()).total_degree())
