"""Formulas in sympy: rewritten under assumptions, and solved for a size. The only room with sympy."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from paramcount.errors import InputError
from paramcount.formula.relations import Relation
from paramcount.formula.roots import TOTAL, solve
from paramcount.ledger.polynomial import Polynomial

DEGREE = 12  # of a rewritten formula, which keeps any assumption's work to seconds

Pair = tuple[sympy.Expr, sympy.Expr]


def symbol(name: str) -> sympy.Symbol:
    """The size *name* as a sympy symbol: positive and whole."""
    return sympy.Symbol(name, positive=True, integer=True)


def to_sympy(polynomial: Polynomial) -> sympy.Expr:
    """*polynomial* over sympy symbols of the same names."""
    terms = (c * sympy.prod(symbol(s) ** p for s, p in monomial) for monomial, c in polynomial.terms.items())
    return sympy.Add(*terms)


def from_sympy(expression: sympy.Expr) -> Polynomial:
    """The polynomial that *expression* is; raises InputError where it is none, or a coefficient is not whole."""
    names = sorted(expression.free_symbols, key=str)
    try:
        terms = sympy.Poly(expression, *names, sympy.Dummy()).terms()  # the dummy, as a number has no symbol
    except sympy.PolynomialError:
        raise InputError(f"{expression} is no polynomial; valid: sums and products of sizes") from None
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
    """The size *name* that gives N = *polynomial* parameters, as an expression in N and the other sizes.

    The positive root. Raises InputError where the size does not occur or occurs to a power above 2.
    """
    root = solve(polynomial, name)
    a, b, rest = to_sympy(root.a), to_sympy(root.b), symbol(TOTAL) - to_sympy(root.c)
    return (sympy.sqrt(b**2 + 4 * a * rest) - b) / (2 * a) if root.a.terms else rest / b


def assume(polynomial: Polynomial, relations: Iterable[Relation]) -> Polynomial:
    """*polynomial* rewritten under *relations*, exactly: equal to it wherever they hold.

    The left sides lead: n_heads·d_head = d_model puts d_model in the place of n_heads·d_head, d_ff = 4·d_model (or
    4·d_model = d_ff) leaves no d_ff. A relation with one size alone on its left is put into the others first, however
    they are ordered.
    Raises InputError where the relations contradict each other or leave open which side leads, or where the result has
    coefficients that are not whole.
    """
    return Rewriting(relations).apply(polynomial)


class Rewriting:
    """Relations made ready to rewrite any number of formulas, as *assume* says."""

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
        # The left sides have no size in common and none of theirs stands on the right, so with their sizes first in
        # lex order the relations are a Gröbner basis, and what remains is the same however all was written.
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
        """*pairs* with what is settled put in, without those that have become true."""
        left = []
        for pair in pairs:
            one, other = map(self._put, pair)
            if one.is_number:
                one, other = other, one
            if one.is_number and one != other:
                raise self._error("it contradicts itself; valid: equations that can hold together")
            if one != other:
                left.append((one, other))
        return left

    def _settle(self, one: sympy.Expr, other: sympy.Expr) -> None:
        coefficient, size = one.as_coeff_Mul()
        value = sympy.expand(other / coefficient)
        if size in value.free_symbols:
            raise self._error(f"it makes {size} a function of itself; valid: a size in terms of others")
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
                valid = "valid: on the left single sizes, or products that have no size in common with another side"
                raise self._error(f"what to put for {from_sympy(one)} is open; {valid}")
            seen |= one.free_symbols

    def _put(self, expression: sympy.Expr) -> sympy.Expr:
        """*expression* with every settled size replaced."""
        found = sorted(expression.free_symbols, key=str)
        if not any(size in self._sizes for size in found):
            return expression
        degrees = [max(1, _degree(self._sizes.get(size, size))) for size in found]
        monomials = sympy.Poly(expression, *found).monoms()
        if max(sum(p * d for p, d in zip(powers, degrees, strict=True)) for powers in monomials) > DEGREE:
            raise self._error(f"it gives a polynomial of a degree above {DEGREE}; valid: lower powers")
        return sympy.expand(expression.xreplace(self._sizes))

    def _error(self, what: str) -> InputError:
        return InputError(f"--assume {self._given}: {what}")


def _turned(one: sympy.Expr, other: sympy.Expr) -> Pair:
    """4·d_model = d_ff as d_ff = 4·d_model: whole coefficients stay whole."""
    return (other, one) if other.is_Symbol and one.as_coeff_Mul()[0] != 1 else (one, other)


def _degree(expression: sympy.Expr) -> int:
    return int(sympy.Poly(expression, *expression.free_symbols, sympy.Dummy()).total_degree())
