"""Polynomials against sympy's: the same ring, the same substitution, and one way to print each."""

import random

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from paramcount.formula import from_sympy, symbol, to_sympy
from paramcount.ledger.polynomial import ORDER, Polynomial, latex_symbol, leading

monomials = st.dictionaries(st.sampled_from(ORDER), st.integers(1, 3), max_size=3).map(dict.items)


def power(size: str, exponent: int) -> Polynomial:
    result = Polynomial({(): 1})
    for _ in range(exponent):
        result = result * Polynomial.symbol(size)
    return result


def built(terms: list[tuple[dict[str, int], int]]) -> Polynomial:
    result = Polynomial({})
    for monomial, c in terms:
        term = Polynomial({(): c})
        for size, exponent in monomial:
            term = term * power(size, exponent)
        result = result + term
    return result


terms = st.lists(st.tuples(monomials, st.integers(-50, 50)), max_size=5)
polynomials = terms.map(built)


@given(polynomials, polynomials)
def test_sums_and_products_are_sympys(one: Polynomial, other: Polynomial) -> None:
    """A sum or a product expands to what sympy's does."""
    a, b = to_sympy(one), to_sympy(other)
    assert sympy.expand(to_sympy(one + other) - (a + b)) == 0
    assert sympy.expand(to_sympy(one * other) - a * b) == 0
    assert from_sympy(sympy.expand(a * b)) == one * other


@given(polynomials, polynomials, polynomials)
def test_it_is_a_commutative_ring(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    """Order and grouping don't matter, products distribute, 0 and 1 are neutral."""
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) + c == a + (b + c)
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a + 0 == a == 0 + a == a * 1 == 1 * a
    assert a * 0 == 0 == a + a * -1
    assert hash(a + b) == hash(b + a)


@given(terms, st.randoms(use_true_random=False))
def test_printing_does_not_depend_on_construction(given_terms: list, shuffled: random.Random) -> None:
    """A polynomial prints the same however it was put together."""
    other = list(given_terms)
    shuffled.shuffle(other)
    one, two = built(given_terms), built(other)
    assert (str(one), one.latex(), one.python()) == (str(two), two.latex(), two.python())


@given(polynomials, st.dictionaries(st.sampled_from(ORDER), st.integers(1, 10**6)))
def test_substitution_is_sympys(one: Polynomial, sizes: dict[str, int]) -> None:
    """Substituting sizes gives what sympy gives; with all sizes, an exact int."""
    there = {symbol(size): value for size, value in sizes.items()}
    assert sympy.expand(to_sympy(one).subs(there) - to_sympy(one.subs(sizes))) == 0
    every = {size: sizes.get(size, 3) for size in ORDER}
    assert one.subs(every).value() == eval(one.python(), {}, every)


@given(polynomials, st.sampled_from(ORDER))
def test_coefficients_make_up_the_polynomial(one: Polynomial, size: str) -> None:
    """The coefficients of a size's powers don't contain that size, and add up to the whole."""
    parts = one.coefficients(size)
    assert sum((part * power(size, exponent) for exponent, part in parts.items()), Polynomial({})) == one
    assert all(size not in part.symbols() for part in parts.values())


@given(polynomials)
def test_factored_multiplies_back(one: Polynomial) -> None:
    """The common term times the rest is the polynomial, and the rest has no common term left."""
    common, rest = one.factored()
    assert common * rest == one
    if one.terms:
        assert rest.factored()[0] == 1


@given(polynomials)
def test_degree_is_sympys(one: Polynomial) -> None:
    """The degree is the highest total power."""
    expected = sympy.Poly(to_sympy(one), *map(symbol, ORDER)).total_degree() if one.terms else 0
    assert one.degree() == expected


def test_terms_read_as_the_literature_writes_them() -> None:
    """Higher degree first, then the vocabulary; factors in the order 4·d_model·d_head·n_heads·n_layers."""
    n_layers, n_heads, d_head, d_model, n_vocab = map(
        Polynomial.symbol, ("n_layers", "n_heads", "d_head", "d_model", "n_vocab")
    )
    formula = 2 * d_model + n_layers * n_heads * d_head * 4 * d_model + d_model * n_vocab + d_model * d_model
    assert str(formula) == "4·d_model·d_head·n_heads·n_layers + n_vocab·d_model + d_model² + 2·d_model"
    assert (d_model * d_model * 8 * n_layers).latex() == r"8 \, d_{\text{model}}^{2} \, n_{\text{layers}}"
    assert str(n_layers * -1 + 3 * d_model + -7) == "3·d_model − n_layers − 7"
    assert str(Polynomial({})) == Polynomial({}).latex() == "0"
    assert latex_symbol("N") == "N"
    assert latex_symbol("n_kv_heads") == r"n_{\text{kv\_heads}}"
    assert latex_symbol("first_k_dense_replace") == r"\text{first\_k\_dense\_replace}"
    assert latex_symbol("expand") == r"\text{expand}"


def test_leading_terms_go_by_weight() -> None:
    """A size of weight 0 doesn't raise a term's order."""
    a, b = Polynomial.symbol("d_model"), Polynomial.symbol("d_head")
    assert leading(a * b + a * a + b, {}) == a * b + a * a
    assert leading(a * b + a * a + b, {"d_head": 0}) == a * a
    assert leading(Polynomial({}), {}) == 0


def test_a_value_needs_every_size() -> None:
    """A polynomial with sizes left is not a number, and says which are left."""
    with pytest.raises(ValueError, match="d_model"):
        Polynomial.symbol("d_model").value()
