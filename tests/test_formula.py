"""Formulas: exact for every shape, as in the literature, rewritten without loss, and solved exactly."""

import json
import math
import re
import subprocess
import sys
import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapes import shapes

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import everything, find, names
from paramcount.errors import InputError
from paramcount.formula import assume, from_sympy, solve_for, symbol, to_sympy
from paramcount.formula.leading import leading_terms, shortfall
from paramcount.formula.relations import read_relations
from paramcount.formula.roots import solve
from paramcount.formula.statement import measured, read_subject, state
from paramcount.ledger.polynomial import Polynomial
from paramcount.report.rows import in_factors

GPT = FAMILIES["gpt"]
SIZES = GPT.sizes
USUAL = "n_heads*d_head=d_model,d_ff=4*d_model"
USUAL_12 = "12·d_model²·n_layers"


def formula(family=GPT, **switches):
    return family.build(**(family.symbols() | switches)).total()


def relations(*texts, sizes=SIZES):
    return read_relations(texts, sizes)


def counts(sizes):
    return {field: value for field, value in sizes.items() if not isinstance(value, bool)}


def with_ties(shape):
    """The same shape, with sizes tied as multiples of others unless they are given."""
    family, sizes = shape
    return family, {**sizes, **{field: ratio * sizes[other] for field, (ratio, other) in family.ties.items()}}


tied_or_not = shapes() | shapes().map(with_ties)


# ---- the formula is the ledger


@given(tied_or_not)
def test_the_formula_is_the_count(shape):
    """For every family and shape, each component's formula gives the ledger's count, in sympy and here."""
    family, sizes = shape
    model, symbolic = family.build(**sizes), family.build(**family.symbols(sizes))
    for name, formula in symbolic.by_component().items():
        polynomial = Polynomial({}) + formula
        assert polynomial.subs(counts(sizes)).value() == model.by_component()[name]
        there = to_sympy(polynomial).subs({symbol(field): value for field, value in counts(sizes).items()})
        assert int(there) == model.by_component()[name]
    assert symbolic.total().subs(counts(sizes)).value() == model.total()


@pytest.mark.parametrize("spec", everything(), ids=lambda spec: spec.name)
def test_every_catalog_model_states_its_own_count(spec):
    """The counts beside a model's formulas are its ledger's, and its total is their sum."""
    statement = state(read_subject(spec.name))
    model = spec.model()
    assert {n: statement.value(f) for n, f in statement.components.items()} == model.by_component()
    assert statement.value(statement.total) == model.total()


def test_a_family_has_its_sizes_free():
    """In a family's formula d_ff is a separate size; in a model's it is 4·d_model if that holds."""
    assert str(state(read_subject("gpt")).components["feed-forward"]).startswith("2·d_model·d_ff·n_layers")
    assert str(state(read_subject("gpt2-small")).components["feed-forward"]).startswith("8·d_model²·n_layers")
    assert "d_ff" in state(read_subject("gpt2-small", ["d_ff=2048"])).total.symbols()


def test_a_size_in_an_assumption_is_a_symbol_of_its_own():
    """An assumption about d_ff rewrites d_ff, even if it is 4·d_model in the model."""
    statement = state(read_subject("gpt2-small"), relations("d_ff=3*d_model"))
    assert str(statement.components["feed-forward"]).startswith("6·d_model²·n_layers")
    assert statement.value(statement.total) is None


# ---- leading terms


def test_leading_terms_read_as_the_literature_states_them():
    """Kaplan et al. 2020, Table 1 and eq. 2.1."""
    components = {name: str(leading_terms(f)) for name, f in state(read_subject("gpt2-small")).components.items()}
    assert components["attention"] == "4·d_model·d_head·n_heads·n_layers"
    assert components["feed-forward"] == "8·d_model²·n_layers"
    assert components["token embedding"] == "n_vocab·d_model"
    assert components["position embedding"] == "n_ctx·d_model"
    total = leading_terms(formula(tied=True))
    assert str(total) == "4·d_model·d_head·n_heads·n_layers + 2·d_model·d_ff·n_layers"
    assert str(assume(total, relations(USUAL))) == USUAL_12


def test_the_shortfall_is_derived():
    """12·d_model²·n_layers leaves out the embeddings, and 13·d_model of biases and norms per layer."""
    exact, terms = (assume(f, relations(USUAL)) for f in (formula(tied=True), leading_terms(formula(tied=True))))
    assert str(shortfall(exact, terms)) == "(n_vocab + n_ctx + 2)/(12·d_model·n_layers) + 13/(12·d_model)"
    assert shortfall(exact, terms).latex() == (
        r"\frac{n_{\text{vocab}} + n_{\text{ctx}} + 2}{12 \, d_{\text{model}} \, n_{\text{layers}}}"
        r" + \frac{13}{12 \, d_{\text{model}}}"
    )
    assert str(shortfall(terms, terms)) == "0"
    with pytest.raises(ValueError, match="no leading terms"):
        shortfall(terms, Polynomial({}))


@given(tied_or_not)
def test_the_shortfall_is_exact(shape):
    """exact = leading·(1 + shortfall), for every family and shape."""
    family, sizes = shape
    exact = family.build(**family.symbols(sizes)).total()
    terms = leading_terms(exact)
    leading, total = terms.subs(counts(sizes)).value(), family.build(**sizes).total()
    assert shortfall(exact, terms).value(counts(sizes)) == Fraction(total - leading, leading)


def test_a_models_leading_value_is_taken_without_assumptions():
    """GPT-3 XL as printed has heads that together are wider than d_model, so 12·n_layers·d_model² doesn't apply."""
    xl = next(model for model in measured(GPT) if model.spec.name == "gpt3-xl")
    assert xl.leading == 4 * 2048 * 24 * 128 * 24 + 2 * 2048 * 8192 * 24 != 12 * 24 * 2048**2
    assert xl.error == (1_517_123_584 - xl.leading) / xl.leading


# ---- assumptions


@given(st.integers(1, 60), st.integers(1, 200), st.integers(1, 100), st.integers(1, 60_000), st.data())
def test_rewriting_loses_nothing(n_heads, d_head, n_layers, n_vocab, data):
    """If the assumptions hold, the rewritten formula gives the same count."""
    text = data.draw(
        st.sampled_from(
            [
                USUAL,
                "d_head = d_model/n_heads; d_ff = 4·d_model",
                "d_model = n_heads*d_head, d_ff=2**2*d_model",
                f"n_heads*d_head=d_model,n_heads={n_heads},4*d_model=d_ff",
                f"d_ff=4*d_model,n_layers={n_layers},d_model=d_head*{n_heads}",
                f"d_ff^2=16*d_model²,n_vocab=(n_ctx+1)*{n_vocab}-{n_vocab}*n_ctx",
            ]
        )
    )
    d_model = n_heads * d_head
    sizes = dict(zip(SIZES, (n_layers, d_model, n_heads, d_head, 4 * d_model, n_vocab, 77), strict=True))
    assert all(relation.holds(sizes) for relation in relations(text))
    rewritten = assume(formula(tied=False), relations(text))
    assert rewritten.subs(sizes).value() == GPT.build(**sizes, tied=False).total()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (USUAL, "12·d_model²·n_layers + n_vocab·d_model + n_ctx·d_model + 13·d_model·n_layers + 2·d_model"),
        ("n_layers=1,n_vocab=1,n_ctx=1,d_ff=4*d_model,d_head=d_model/n_heads", "12·d_model² + 17·d_model"),
        ("d_model=16*n_layers,16*n_layers=d_ff,n_heads*d_head=d_ff,n_vocab=n_layers,n_ctx=2^3", None),
        ("d_model=d_model", str(formula(tied=True))),
        ("d_model^2=n_vocab", str(formula(tied=True))),
    ],
)
def test_rewritten_formulas(text, expected):
    rewritten = assume(formula(tied=True), relations(text))
    if expected:
        assert str(rewritten) == expected
    else:
        assert rewritten.symbols() == ["n_layers"]


@given(st.permutations(["d_ff=4*d_model", "n_heads*d_head=d_model", "n_layers=96", "n_vocab=n_ctx"]))
def test_the_order_of_assumptions_makes_no_difference(texts):
    assert assume(formula(tied=True), relations(*texts)) == assume(formula(tied=True), relations(*sorted(texts)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("d_ff=8/3*d_model", "coefficient 16/3"),
        ("n_heads=16,n_heads=12", "they contradict each other"),
        ("1=2", "they contradict each other"),
        ("d_ff=4*d_model,d_model=4*d_ff", "in terms of itself"),
        ("d_head=d_model/16,d_model=24", "d_head would be 3/2"),
        ("d_model=0", "d_model would be 0"),
        ("n_vocab+n_ctx=d_model", "unclear what to replace"),
        ("n_heads*d_head=d_model,n_heads*d_ff=n_vocab", "unclear what to replace"),
        ("d_model=(n_layers+n_ctx+d_ff)^4,n_layers=n_ctx^4", "degree above 12"),
    ],
)
def test_what_cannot_be_rewritten_is_refused_by_name(text, said):
    with pytest.raises(InputError, match=re.escape(said)):
        assume(formula(tied=True), relations(text))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')=1",
        "d_model=__import__",
        "d_model=d_ff.__class__",
        "d_model^10^9=1",
        "d_model^1000000000=1",
        "d_model=9^99",
        "d_model=2^120^2",
        "d_model=99^99",
        f"d_model={'9' * 150}",
        "2^" + "9" * 100 + "=d_model",
        "(" * 90 + "d_model" + ")" * 90 + "=1",
        "(" * 50_000 + "d_model=1",
        "-" * 150 + "1=d_model",
        "d_model=((n_layers+n_ctx+d_ff)^4)^4",
        "d_model=(n_layers+n_ctx+d_ff)^3*(n_vocab+1)^2",
        "d_model=1/0",
        "d_model=1/(n_heads-24)",
        "d_model=2 3",
        "d_model=4d_ff",
        "d_model=1.5",
        "d_model=1e400",
        "d_model=٣",
        "d_model=\x00",
        "d_model=lambda: 1",
        "width=1",
        "tied=1",
        "N=1",
        "d_model",
        "d_model==1",
        "a=b=c",
        "=",
        "d_model=",
        "d_model=()",
        "d_model=(1",
        "d_model=1)",
        "d_model=^2",
        "d_model=d_ff^",
        "d_model=d_ff^0",
        "d_model=d_ff^-1",
        "d_model=1," * 30,
    ],
)
def test_anything_else_is_refused_at_once(text):
    """Input is never evaluated; anything but a small equation gets one line that says what is valid."""
    began = time.process_time()
    with pytest.raises(InputError, match="valid: ") as refused:
        relations(text)
    assert time.process_time() - began < 1
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@given(st.text("dn_modelheadsff0123456789+-*/^()=·² ,;", max_size=60))
@example("0_=")
def test_random_text_is_read_or_refused(text):
    """No text raises anything but InputError."""
    try:
        for relation in relations(text):
            relation.holds(dict.fromkeys(SIZES, 3))
            relation.refutation(dict.fromkeys(SIZES, 3))
    except InputError:
        pass


def test_a_heavy_assumption_is_answered_in_bounded_time():
    """The worst that the parser accepts takes seconds, not hours."""
    began = time.process_time()
    text = "d_model=(n_layers+n_ctx+d_ff+n_heads+d_head)^4,d_ff=(n_layers+n_ctx+d_head+n_heads)^2"
    assume(formula(tied=True), relations(text))
    assert time.process_time() - began < 20


def test_sides_read_as_they_were_written():
    """· and superscripts are read like * and ^, and a refutation shows both sides."""
    relation = relations("d_head = d_model/n_heads")[0]
    assert str(relation) == "d_head = d_model/n_heads"
    assert relation.refutation({"d_head": 128, "d_model": 2048, "n_heads": 24}) == (
        "d_head = 128, d_model/n_heads = 256/3"
    )
    assert relations("d_ff·n_heads = 2^2·d_model²")[0] == relations("d_ff*n_heads=2**2*d_model**2")[0]
    assert relations("n_heads = 16")[0].refutation({"n_heads": 24}) == "n_heads = 24"


def test_only_polynomials_with_whole_coefficients_come_back():
    with pytest.raises(InputError, match="not a polynomial"):
        from_sympy(sympy.sqrt(symbol("d_model")))
    with pytest.raises(InputError, match="coefficient 1/2"):
        from_sympy(symbol("d_model") / 2)
    assert from_sympy(sympy.Integer(7)) == 7
    assert from_sympy(sympy.Integer(0)) == 0


# ---- solved for a size


@given(tied_or_not, st.data())
def test_a_size_comes_back_from_the_total(shape, data):
    """For every family, shape and size, the closed form gives the size back from the total, exactly."""
    family, sizes = shape
    total, exact = family.build(**sizes).total(), family.build(**family.symbols(sizes)).total()
    name = data.draw(st.sampled_from(solvable(family) if family.name == "glam" else exact.symbols()))
    root = solve(exact, name)
    assert root.value(total, counts(sizes)) == sizes[name]
    there = {symbol(field): value for field, value in counts(sizes).items() if field != name}
    assert solve_for(exact, name).subs(there).subs(symbol("N"), total) == sizes[name]


@pytest.mark.parametrize("name", SIZES)
def test_closed_forms_are_sympys(name):
    """The root is one of sympy's for formula = N."""
    for assumed in ([], relations(USUAL)):
        exact = assume(formula(tied=True), assumed)
        if name not in exact.symbols():
            continue
        x = symbol(name)
        found = sympy.solve(to_sympy(exact) - symbol("N"), x)
        assert any(sympy.simplify(candidate - solve_for(exact, name)) == 0 for candidate in found)


def solvable(family):
    """Sizes with which the total grows term by term; in GLaM, layers with experts replace others."""
    names = ("n_layers", "n_vocab") if family.name == "glam" else ("d_model", "n_layers", "n_vocab")
    return [name for name in names if name in family.sizes]


@given(tied_or_not, st.integers(0, 2))
def test_what_is_printed_is_the_root(shape, more):
    """The text of a root, read as arithmetic, is sympy's root, whole or not."""
    family, sizes = shape
    exact, total = family.build(**family.symbols(sizes)).total(), family.build(**sizes).total() + more
    for name in solvable(family):
        text = str(solve(exact, name).at(counts(sizes)))
        plain = text.replace("²", "**2").replace("·", "*").replace("−", "-").replace("√", "sqrt")
        there = {symbol(field): value for field, value in counts(sizes).items() if field != name}
        expected = solve_for(exact, name).subs({**there, symbol("N"): total})
        assert sympy.simplify(sympy.sympify(plain, {"N": total}) - expected) == 0
        value = solve(exact, name).value(total, counts(sizes))
        assert value == expected if value is not None else not expected.is_rational


def test_closed_forms_read_well():
    exact = assume(formula(tied=True), relations(USUAL))
    b = "(n_vocab + n_ctx + 13·n_layers + 2)"
    assert str(solve(exact, "d_model")) == f"(√({b}² + 48·n_layers·N) − {b})/(24·n_layers)"
    assert str(solve(leading_terms(exact), "d_model")) == "√(N/(12·n_layers))"
    assert solve(leading_terms(exact), "d_model").latex() == r"\sqrt{\frac{N}{12 \, n_{\text{layers}}}}"
    assert str(solve(exact, "n_vocab")).endswith("/d_model")
    square = Polynomial.symbol("d_model") * Polynomial.symbol("d_model")
    assert str(solve(square + 2 * Polynomial.symbol("d_model"), "d_model")) == "√(1² + N) − 1"
    assert str(solve(square + 3, "d_model")) == "√(N − 3)"
    assert solve(square + 2, "d_model").value(4, {}) is None


def test_what_has_no_closed_form_is_refused_by_name():
    with pytest.raises(InputError, match=r"d_ff: not in the formula; valid: .*d_model"):
        solve(assume(formula(tied=True), relations(USUAL)), "d_ff")
    with pytest.raises(InputError, match="n_layers: it occurs to the power 3"):
        solve(assume(formula(tied=True), relations(USUAL, "d_model=64*n_layers")), "n_layers")
    with pytest.raises(InputError, match="negative"):
        solve(assume(formula(tied=True), relations("n_vocab=7-d_model*n_ctx")), "d_model")


# ---- the command


def test_a_model_that_does_not_satisfy_an_assumption_shows_no_count(run):
    """GPT-3 XL: the formula is given, the misfit is named, and no wrong number is printed."""
    done = run("formula", "gpt3-xl", "--assume", "n_heads*d_head=d_model", "--expand")
    assert done.exit_code == 0
    assert "n_heads·d_head = 3072, d_model = 2048" in done.stdout
    assert USUAL_12 in done.stdout
    assert not re.search(r"\d,\d{3}", done.stdout)
    document = json.loads(run("formula", "gpt3-xl", "--assume", "n_heads*d_head=d_model", "--json").stdout)
    assert document["not_satisfied"] == ["n_heads·d_head = d_model"]
    assert "params" not in document["total"]


def test_json_holds_exact_ints(run):
    document = json.loads(
        run("formula", "gpt2-small", "--assume", USUAL, "--leading", "--solve-for", "d_model", "--json").stdout
    )
    assert document["model"] == "gpt2-small"
    assert document["total"]["params"] == sum(part["params"] for part in document["components"]) == 124_439_808
    assert document["leading"]["totals"][0]["formula"] == USUAL_12
    assert document["leading"]["totals"][0]["params"] == 12 * 12 * 768**2
    assert document["solve_for"]["check"] == {
        "formula": "(√(51439² + 576·N) − 51439)/288",
        "latex": r"\frac{\sqrt{51439^{2} + 576 \, N} - 51439}{288}",
        "N": 124_439_808,
        "d_model": 768,
        "exact": True,
    }


def evaluated(terms, sizes):
    """A formula's terms, evaluated as docs/json.md says."""
    factors = (
        (int(term["coefficient"]), [sizes[size] ** power for size, power in term["powers"].items()]) for term in terms
    )
    return sum(coefficient * math.prod(powers) for coefficient, powers in factors)


@pytest.mark.thorough
def test_the_terms_of_every_component_evaluate_to_its_printed_count(run):
    documents = json.loads(run(*names(), "--json").stdout)
    assert len(documents) > 100
    for document in documents:
        for component in document["components"]:
            if component["terms"] is None:
                assert (component["formula"], component["params"], component["name"]) == (None, 0, "output head")
            else:
                counted = evaluated(component["terms"], document["hyperparameters"])
                assert counted == component["params"], (document["model"], component["name"])
        assert any(component["terms"] for component in document["components"])


@pytest.mark.parametrize("model", ["gpt3-xl", "llama-7b", "mixtral-8x7b", "bert-base", "albert-base"])
def test_the_terms_of_stated_formulas_evaluate_to_their_counts(run, model):
    document = json.loads(run("formula", model, "--leading", "--json").stdout)
    leading, sizes = document["leading"], document["hyperparameters"]
    for stated in (*document["components"], document["total"], *leading["components"], *leading["totals"]):
        assert list(stated).index("terms") > list(stated).index("formula")
        if "params" in stated:
            assert evaluated(stated["terms"], sizes) == stated["params"]
    assert evaluated(document["total"]["terms"], sizes) == document["total"]["params"] > 0
    assert "terms" not in leading["totals"][0]["shortfall"]  # a quotient has none


def test_the_coefficients_are_strings_and_the_powers_ints(run):
    total = json.loads(run("formula", "gpt", "--assume", USUAL, "--json").stdout)["total"]
    assert total["terms"][0] == {"coefficient": "12", "powers": {"d_model": 2, "n_layers": 1}}


def test_a_familys_leading_terms_are_held_against_its_models(run):
    document = json.loads(run("formula", "gpt", "--leading", "--json").stdout)
    assert document["family"] == "gpt"
    assert [total["formula"] for total in document["leading"]["totals"]][1] == USUAL_12
    rows = {row["model"]: row for row in document["leading"]["models"]}
    assert rows.keys() == {spec.name for spec in everything() if spec.family.name == "gpt"}
    for name, row in rows.items():
        assert row["total"] == find(name).model().total()
        assert row["error"] == (row["total"] - row["leading"]) / row["leading"]
    said = run("formula", "gpt", "--leading").stdout
    (note,) = [
        line
        for line in said.splitlines()
        if line.startswith("Counted without assuming n_heads·d_head = d_model, d_ff = 4·d_model")
    ]
    assert "gpt3-xl" in note
    assert "gpt3-175b" not in note


def test_a_model_is_told_its_own_size(run):
    """Every size of every family comes back, and the line says so."""
    for name in ("gpt1", "gpt2-xl", "gpt3-175b", "opt-30b"):
        for size in SIZES:
            done = run("formula", name, "--solve-for", size)
            assert done.exit_code == 0
            assert f"{size} = {find(name).sizes[size]}, exactly its own value." in done.stdout


def test_tex_is_latex(run):
    """Every line is a comment, a command, or a row of cells whose braces and dollars match; nothing is raw Unicode."""
    for arguments in (["deepseek-v3"], ["gpt3-xl", "--leading"], ["gpt", "--leading", "--solve-for", "d_model"]):
        source = run("formula", *arguments, "--format", "tex").stdout
        for line in source.splitlines():
            if line.startswith("%"):
                continue
            assert line.isascii(), line
            assert line.count("{") == line.count("}")
            assert line.replace(r"\$", "").count("$") % 2 == 0
            outside = re.sub(r"\$[^$]*\$", "", line)
            assert "_" not in outside.replace(r"\_", "")
            assert all("_" not in word.replace(r"\_", "") for word in re.findall(r"\\text\{([^}]*)\}", line))
    assert r"n_{\text{vocab}} \, d_{\text{model}}" in source


@settings(max_examples=5)
@given(tied_or_not)
def test_latex_parses(shape):
    """matplotlib's TeX reader accepts every formula, root and shortfall, multiplied out and in factors."""
    from matplotlib.mathtext import MathTextParser

    family, sizes = shape
    exact = family.build(**family.symbols(sizes)).total()
    roots = [solve(exact, name) for name in exact.symbols() if family.name != "glam" or name in solvable(family)]
    parser = MathTextParser("path")
    for stated in (exact, shortfall(exact, leading_terms(exact)), *roots, *(root.at(counts(sizes)) for root in roots)):
        for written in (stated, in_factors(stated)):
            parser.parse(f"${written.latex()}$")


def test_csv_and_markdown_hold_the_formulas(run):
    assert "attention,4·d_model·d_head·n_heads·n_layers" in run("formula", "gpt", "--format", "csv").stdout
    assert "| total |" in run("formula", "gpt2-small", "--format", "md").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gpt5"], "is not a known model"),
        (["gpt", "--assume", "width=1"], "valid: n_layers, d_model"),
        (["gpt", "--solve-for", "width"], "valid: n_layers, d_model"),
        (["gpt", "--solve-for", "tied"], "valid: n_layers, d_model"),
        (["attention-only", "--solve-for", "d_ff"], "valid: n_layers, d_model"),
        (["gpt", "--set", "n_layers=3"], "not given"),
        (["gpt2", "--solve-for", "d_head", "--assume", "n_heads*d_head=d_model"], "not in the formula"),
    ],
)
def test_bad_input_is_one_line(run, arguments, said):
    done = run("formula", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_switches_of_a_family_may_be_set(run):
    assert "2·n_vocab·d_model" in run("formula", "gpt", "--set", "tied=no", "--expand").stdout
    assert (
        "124,439,808"
        in run("formula", "gpt", *(f"--set={field}={find('gpt2').sizes[field]}" for field in SIZES)).stdout
    )


def test_sympy_waits_for_an_assumption():
    """A formula without assumptions needs no sympy."""
    code = (
        "import sys\nfrom paramcount.cli import main\n"
        "try: main(['formula', 'gpt2-small', '--solve-for', 'd_model', '--json'])\n"
        "except SystemExit: sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
