"""Factored formulas: equal to the count for every type, and written as in the literature."""

import re
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount import load
from paramcount.catalog import names
from paramcount.errors import InputError
from paramcount.formula.leading import leading_terms, shortfall
from paramcount.formula.roots import solve
from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.registry import accepted
from paramcount.report.breaking import LONGEST, at_signs, lines

SYMBOLS = ["n_layers", "n_sparse_layers", "d_model", "d_ff", "n_heads", "r_kv"]
MONOMIALS = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 3), max_size=4)
POLYNOMIALS = st.lists(st.tuples(MONOMIALS, st.integers(-12, 12)), max_size=8)


def polynomial(terms):
    result = Polynomial({})
    for powers, c in terms:
        term = Polynomial({(): c})
        for symbol, power in powers.items():
            for _ in range(power):
                term = term * Polynomial.symbol(symbol)
        result = result + term
    return result


def value(text, sizes):
    """The value of a printed formula at *sizes*, as Python computes it."""
    text = text.replace("·", "*").replace("−", "-").replace("√", "root")
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + "".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(c)) for c in m[0]), text)
    return eval(text, {"__builtins__": {}}, {"root": root, **sizes})


def root(square):
    """The square root, exactly."""
    above, below = isqrt(square.numerator), isqrt(square.denominator)
    assert (above**2, below**2) == (square.numerator, square.denominator)
    return Fraction(above, below)


@given(POLYNOMIALS)
def test_multiplied_out_it_is_the_polynomial(terms):
    whole = polynomial(terms)
    assert factored(whole).polynomial() == whole


@given(POLYNOMIALS, st.lists(st.integers(1, 10**6), min_size=6, max_size=6))
def test_what_is_printed_has_the_value_of_the_polynomial(terms, numbers):
    whole, sizes = polynomial(terms), dict(zip(SYMBOLS, numbers, strict=True))
    assert value(str(factored(whole)), sizes) == whole.at(sizes)


@given(POLYNOMIALS, st.integers(10, 80))
def test_broken_at_signs_it_says_the_same(terms, width):
    text = str(factored(polynomial(terms)))
    lines = at_signs(text, width)
    assert " ".join(line.strip() for line in lines) == text
    assert all(re.match("[+−] ", line) for line in lines[1:])
    assert all(len(line) <= width or not re.search(r"\S [+−] ", line) for line in lines)


def formulas(model):
    return [f for f in [*model.by_component().values(), model.total(), model.active()] if isinstance(f, Polynomial)]


@pytest.mark.parametrize("model_type", sorted(accepted()))
def test_the_formulas_of_every_type_in_factors_are_its_formulas(model_type):
    try:
        model = load({"model_type": model_type}).spec.symbolic()
    except InputError as error:  # its defaults don't describe a model
        pytest.skip(str(error)[:80])
    found = formulas(model)
    assert found
    for formula in found:
        assert factored(formula).polynomial() == formula
        lines = at_signs(str(factored(formula)), LONGEST)
        assert max(map(len, lines)) <= 120, lines


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", sorted(accepted()))
def test_shortfalls_and_closed_forms_of_every_type_in_factors_are_what_they_were(model_type):
    """As printed, and with each of the polynomials that they are made of."""
    try:
        total = Polynomial({}) + load({"model_type": model_type}).spec.symbolic().total()
    except InputError as error:
        pytest.skip(str(error)[:80])
    sizes = {symbol: Fraction(1000 + 37 * place) for place, symbol in enumerate(total.symbols())}
    if not sizes:
        pytest.skip("a number, without a size")
    found = shortfall(total, leading_terms(total))
    for written in (found, found.in_factors()):
        assert value(str(written), sizes) == found.value(sizes) == total.at(sizes) / leading_terms(total).at(sizes) - 1
    for one in found.quotients:
        for polynomial in (one.above, one.below * one.factor):
            assert factored(polynomial).polynomial() == polynomial
    assert max(map(len, lines(str(found.in_factors()), 80, formula=True))) <= 80
    for symbol in sizes:
        try:
            form = solve(total, symbol)
        except InputError:  # to a higher power, or subtracted
            continue
        for written in (form, form.in_factors()):
            assert value(str(written), {**sizes, "N": total.at(sizes)}) == sizes[symbol]
        assert all(factored(part).polynomial() == part for part in (form.a, form.b, form.c * -1))
        assert max(map(len, lines(str(form.in_factors()), 80, formula=True))) <= 80


@pytest.mark.parametrize("name", names.names())
def test_the_formulas_of_every_model_in_factors_are_its_formulas(name):
    model = names.find(name).symbolic()
    for formula in formulas(model):
        sizes = {symbol: 2 + place for place, symbol in enumerate(formula.symbols())}
        assert factored(formula).polynomial() == formula
        assert value(str(factored(formula)), sizes) == formula.at(sizes)


@pytest.mark.parametrize(
    ("name", "component", "formula"),
    [
        ("gpt3-xl", "feed-forward", "n_layers·d_model·(8·d_model + 5)"),
        ("llama-3.1-8b", "attention", "2·n_layers·d_model·d_head·(n_heads + n_kv_heads)"),
        ("deepseek-v3", "feed-forward", "3·d_model·d_ff·(n_layers − n_sparse_layers)"),
        ("t5-small", "feed-forward", "2·d_model·d_ff·(n_layers + n_decoder_layers)"),
    ],
)
def test_the_literatures_forms(name, component, formula):
    assert str(factored(names.find(name).symbolic().by_component()[component])) == formula


def test_kaplans_count_without_embeddings():
    """Kaplan et al. 2020, eq. 2.1: N = 2·d_model·n_layers·(2·d_attn + d_ff), d_attn = n_heads·d_head."""
    d_model, n_layers, d_ff, n_heads, d_head = map(
        Polynomial.symbol, ("d_model", "n_layers", "d_ff", "n_heads", "d_head")
    )
    whole = 4 * d_model * d_head * n_heads * n_layers + 2 * d_model * d_ff * n_layers
    assert str(factored(whole)) == "2·n_layers·d_model·(2·n_heads·d_head + d_ff)"
    assert factored(whole).latex() == (
        r"2 \, n_{\text{layers}} \, d_{\text{model}} \, "
        r"(2 \, n_{\text{heads}} \, d_{\text{head}} + d_{\text{ff}})"
    )


def test_equal_brackets_are_one():
    n_layers, n_dense, d_model, d_ff = map(Polynomial.symbol, ("n_layers", "n_dense_layers", "d_model", "d_ff"))
    whole = (n_layers + n_dense * -1) * (d_model + d_ff)
    assert str(factored(whole)) == "(n_layers − n_dense_layers)·(d_model + d_ff)"
    assert str(factored(Polynomial({}))) == "0"
    assert str(factored(d_model * -2)) == "−2·d_model"


def test_a_long_fraction_or_root_is_set_so_that_a_line_can_end_within_it():
    exact = Polynomial({}) + names.find("deepseek-v3").symbolic().total()
    found = shortfall(exact, leading_terms(exact))
    assert r"\frac" in found.latex()
    assert not re.search(r"\\frac|\\left", found.in_factors().latex())
    form = solve(Polynomial({}) + names.find("gpt3-xl").symbolic().total(), "d_model")
    assert r"\sqrt" in form.latex()
    assert not re.search(r"\\sqrt|\\left", form.in_factors().latex())
    short = solve(12 * Polynomial.symbol("n_layers") * Polynomial.symbol("d_model"), "n_layers")
    assert short.in_factors().latex() == short.latex() == r"\frac{N}{12 \, d_{\text{model}}}"


def test_formula_has_it_both_ways_and_data_multiplied_out(run):
    assert "n_layers·d_model·(8·d_model + 5)" in run("formula", "gpt3-xl").stdout
    assert "8·d_model²·n_layers + 5·d_model·n_layers" in run("formula", "gpt3-xl", "--expand").stdout
    for form in ("json", "csv"):
        data = run("formula", "gpt3-xl", "--format", form).stdout
        assert "8·d_model²·n_layers + 5·d_model·n_layers" in data
        assert data == run("formula", "gpt3-xl", "--format", form, "--expand").stdout
    assert r"d_{\text{model}} \, (8 \, d_{\text{model}} + 5)" in run("formula", "gpt3-xl", "--format", "tex").stdout
    expanded = run("formula", "gpt3-xl", "--format", "tex", "--expand").stdout
    assert r"8 \, d_{\text{model}}^{2} \, n_{\text{layers}}" in expanded


@pytest.mark.parametrize(
    "command", ["deepseek-v3", "formula deepseek-v3", "formula deepseek-v3 --expand --leading", "flops deepseek-v3"]
)
def test_a_long_formula_goes_on_below_itself(run, command):
    lines = run(*command.split()).stdout.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("attention"))
    column = re.search(r"\S", lines[first].removeprefix("attention")).start() + len("attention")
    assert lines[first + 1].startswith(" " * column + "+ ")
    assert max(len(line) for line in lines if "+ " in line) < 150
