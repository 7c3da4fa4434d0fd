"""Factors polynomials as the literature writes them: n_layers·(…) first, then d_model·(…)."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from paramcount.ledger.polynomial import Monomial, Polynomial, power_latex, power_text, signed

# The order of factors in a product. All numbers of layers stand where n_layers does, other symbols last.
ORDER = ("n_vocab", "n_ctx", "n_layers", "d_model", "d_ff", "n_heads", "n_kv_heads", "d_head")
ONE = Polynomial({(): 1})


class Product(NamedTuple):
    """A coefficient, powers of symbols and sums, e.g. 2·n_layers·d_model·(2·n_heads·d_head + d_ff)."""

    coefficient: int
    powers: Monomial
    sums: tuple[Sum, ...] = ()

    def polynomial(self) -> Polynomial:
        """The product, multiplied out."""
        result = Polynomial({(): self.coefficient})
        for symbol, power in self.powers:
            for _ in range(power):
                result = result * Polynomial.symbol(symbol)
        for one in self.sums:
            result = result * one.polynomial()
        return result


class Sum(NamedTuple):
    """A sum of products, a polynomial in factored form; made by `factored`."""

    products: tuple[Product, ...]

    def polynomial(self) -> Polynomial:
        """The sum, multiplied out: the polynomial that was factored."""
        return sum((product.polynomial() for product in self.products), Polynomial({}))

    def __str__(self) -> str:
        return signed((_text(product) for product in self.products), minus="−")

    def latex(self) -> str:
        """The sum as LaTeX, for math mode."""
        return signed((_latex(product) for product in self.products), minus="-")


def factored(polynomial: Polynomial) -> Sum:
    """*polynomial* in factored form; multiplied out it is the same.

    >>> d_model, n_layers = Polynomial.symbol("d_model"), Polynomial.symbol("n_layers")
    >>> print(factored(12 * d_model * d_model * n_layers + 13 * d_model * n_layers + 2 * d_model))
    n_layers·d_model·(12·d_model + 13) + 2·d_model
    """
    by_rest: dict[Polynomial, Polynomial] = {}
    products = []
    for common, rest in _addends(polynomial):
        if rest == ONE:
            products.append(_product(common))
        else:  # n_layers·X − n_dense_layers·X is (n_layers − n_dense_layers)·X
            by_rest[rest] = by_rest.get(rest, Polynomial({})) + common
    return Sum((*(_product(common, rest) for rest, common in by_rest.items()), *products))


def _addends(polynomial: Polynomial) -> list[tuple[Polynomial, Polynomial]]:
    """The terms of *polynomial*: those that share a symbol as a common term times a rest, then the others."""
    symbol = _shared(polynomial)
    if symbol is None:
        return [(Polynomial({monomial: c}), ONE) for monomial, c in polynomial.ordered()]
    having = {m: c for m, c in polynomial.terms.items() if any(s == symbol for s, _ in m)}
    others = Polynomial({m: c for m, c in polynomial.terms.items() if m not in having})
    return [_positive(*Polynomial(having).factored()), *_addends(others)]


def _shared(polynomial: Polynomial) -> str | None:
    """The symbol to factor out, shared by at least two terms: a number of layers, d_model, or the commonest."""
    times = Counter(symbol for monomial in polynomial.terms for symbol, _ in monomial)
    several = [symbol for symbol in polynomial.symbols() if times[symbol] > 1]
    layers = [symbol for symbol in several if _counts_layers(symbol)]
    first = layers or [symbol for symbol in several if symbol == "d_model"] or several
    return max(first, key=times.__getitem__, default=None)


def _positive(common: Polynomial, rest: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The same product with the first term of *rest* positive, so that X and −X are recognised as one."""
    return (common, rest) if rest.ordered()[0][1] > 0 else (common * -1, rest * -1)


def _product(common: Polynomial, rest: Polynomial = ONE) -> Product:
    term, several = _positive(*common.factored())
    ((monomial, c),) = term.terms.items()
    powers = tuple(sorted(monomial, key=lambda factor: _place(factor[0])))
    return Product(c, powers, tuple(factored(part) for part in (several, rest) if part != ONE))


def _counts_layers(symbol: str) -> bool:
    return symbol.startswith("n_") and symbol.endswith("layers")


def _place(symbol: str) -> tuple[int, str]:
    at = ORDER.index("n_layers") if _counts_layers(symbol) else ORDER.index(symbol) if symbol in ORDER else len(ORDER)
    return at, symbol


def _text(product: Product) -> str:
    factors = [*(power_text(*factor) for factor in product.powers), *(f"({one})" for one in product.sums)]
    return _with_coefficient(product.coefficient, factors, "·", "−")


def _latex(product: Product) -> str:
    factors = [*(power_latex(*factor) for factor in product.powers), *(f"({one.latex()})" for one in product.sums)]
    return _with_coefficient(product.coefficient, factors, r" \, ", "-")


def _with_coefficient(c: int, factors: list[str], times: str, minus: str) -> str:
    number = [str(abs(c))] if abs(c) != 1 or not factors else []
    return (minus if c < 0 else "") + times.join([*number, *factors])
