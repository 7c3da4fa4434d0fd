"""Formulas found from counts alone: those of small modules are known, and a wrong one is never claimed."""

import dataclasses
import json
import re
import sys
from functools import cache

import derivable
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.derivation import derive
from paramcount.derivation.symbolic import Stated, as_text
from paramcount.errors import InputError
from paramcount.formula.symbolic import symbol
from paramcount.ledger.polynomial import Polynomial


def counted(kind, **sizes):
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in kind(**sizes).parameters())


def polynomial(text):
    """*text*, which uses only + and *, as a polynomial."""
    names = set(re.findall(r"[a-z]\w*", text))
    return eval(text, {name: Polynomial.symbol(name) for name in names})


FORMULAS = {
    "Plain": "n_vocab*d_model + n_layers*(2*d_model*d_ff + d_ff + d_model)",
    "Tied": "n_vocab*d_model + n_layers*d_model*d_model",
    "Buffered": "d_model*d_ff",
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_polynomial_comes_back_as_it_was_written(name):
    derived = derive(f"derivable:{name}")
    assert derived.conditions == ()
    assert derived.equals(polynomial(FORMULAS[name]))


def test_a_size_rounded_up_to_a_multiple_is_found_as_that():
    derived = derive("derivable:Rounded")
    assert as_text(derived.total) == "768·d_model·⌈⌊8·d_model/3⌋/256⌉"


def test_a_rounding_of_a_float_is_found_from_its_values_alone():
    derived = derive("derivable:Scaled")
    assert as_text(derived.total) == "d_model·⌊43·d_model/16⌋"


D_MODEL, D_FF, N_LAYERS, N_HEADS = map(symbol, ("d_model", "d_ff", "n_layers", "n_heads"))


@pytest.mark.parametrize(
    ("expression", "expanded", "read"),
    [
        (
            N_LAYERS * (D_MODEL * D_FF + sympy.ceiling(D_MODEL / 16)) + D_MODEL,
            "d_model·d_ff·n_layers + n_layers·⌈d_model/16⌉ + d_model",
            "n_layers·(d_model·d_ff + ⌈d_model/16⌉) + d_model",
        ),
        ((D_MODEL + 1) / 2, "(d_model + 1)/2", "(d_model + 1)/2"),
        (D_MODEL * (D_FF + 1) / (N_HEADS * N_LAYERS), "(d_model·d_ff + d_model)/(n_heads·n_layers)",
         "d_model·(d_ff + 1)/(n_layers·n_heads)"),
        (
            sympy.floor(D_MODEL * (D_FF + 2) / 3) * 5,
            "5·⌊(d_model·d_ff + 2·d_model)/3⌋",
            "5·⌊d_model·(d_ff + 2)/3⌋",
        ),
    ],
)  # fmt: skip
def test_an_expression_is_multiplied_out_in_data_and_read_in_factors(expression, expanded, read):
    assert as_text(expression) == str(Stated(expression)) == expanded
    assert str(Stated(expression).in_factors()) == read


def test_a_derived_formula_is_read_in_factors(run):
    page = run("derive", "derivable:Plain").stdout
    assert re.search(r"^total +n_layers·\(d_model·\(2·d_ff \+ 1\) \+ d_ff\) \+ n_vocab·d_model$", page, re.MULTILINE)
    found = json.loads(run("derive", "derivable:Plain", "--json").stdout)
    assert polynomial(found["total"]["formula"].replace("·", "*")) == polynomial(FORMULAS["Plain"])
    assert "(" not in found["total"]["formula"]


def test_tensors_that_the_default_is_without_are_counted_where_they_are():
    """Having segments is 0 or 1, and few numbers of them are tried; a curve through these is not a formula."""
    derived = derive("derivable:Segmented")
    assert derived.conditions == ()
    for n_segments in range(30):
        sizes = {"n_vocab": 30, "n_segments": n_segments, "d_model": 8}
        assert derived.value(sizes) == counted(derivable.Segmented, **sizes)


def test_a_list_of_layers_that_ends_with_the_default_ones_is_not_taken_to_go_on():
    derived = derive("derivable:Listed")
    assert derived.conditions == ("n_layers ≤ 40",)
    for n_layers in range(1, 41):
        sizes = {"n_layers": n_layers, "d_model": 6}
        assert derived.value(sizes) == counted(derivable.Listed, **sizes)


def test_a_threshold_becomes_a_condition():
    """The base lies below it, so the formula is for narrow models."""
    derived = derive("derivable:Threshold")
    assert derived.equals(polynomial("d_model*d_model"))
    assert derived.conditions == ("d_model ≤ 512",)


def test_every_third_layer_is_counted_with_a_floor():
    derived = derive("derivable:Periodic")
    special = next(tensor for tensor in derived.tensors if tensor.name == "layers.*.extra")
    assert str(special.times) == "floor(n_layers/3)"
    assert derived.value({"n_layers": 100, "d_model": 7}) == counted(derivable.Periodic, n_layers=100, d_model=7)


def test_the_first_layers_may_be_unlike_the_rest():
    derived = derive("derivable:FirstDense")
    assert derived.conditions == ("n_layers ≥ n_dense",)
    for n_layers, n_dense in ((9, 3), (3, 3), (40, 1)):
        sizes = {"n_layers": n_layers, "n_dense": n_dense, "d_model": 6, "d_ff": 35}
        assert derived.value(sizes) == counted(derivable.FirstDense, **sizes)


def test_a_projection_that_is_absent_where_widths_are_equal_is_found_out():
    """They are equal in the base, as in OPT and ELECTRA; twenty random points would never hit that."""
    derived = derive("derivable:Projected")
    assert derived.conditions == ("d_embed = d_model",)
    assert derived.equals(polynomial("n_vocab*d_model + d_model*d_model"))


def test_widths_that_differ_at_the_base_are_said_to_differ():
    derived = derive("derivable:ProjectedApart")
    assert derived.conditions == ("d_embed ≠ d_model",)


def test_a_switch_is_held_and_named():
    derived = derive("derivable:Switched")
    assert derived.held == {"bias": True, "kind": "gated"}
    assert derived.value({"d_model": 8, "d_ff": 24}) == counted(derivable.Switched, d_model=8, d_ff=24)


def test_fields_without_effect_are_shaken_and_named():
    assert set(derive("derivable:Shaken").proof.shaken) == {"n_heads", "dropout", "causal"}


def test_a_default_of_none_is_said_as_what_it_comes_to():
    derived = derive("derivable:LeftOut")
    assert derived.rules == {"d_ff": "4·d_model"}
    assert derived.value({"d_model": 10, "d_ff": 7}) == counted(derivable.LeftOut, d_model=10, d_ff=7)


@pytest.mark.parametrize("name", ["Configured", "ConfiguredToo"])
def test_a_dataclass_may_be_the_only_argument(name):
    derived = derive(f"derivable:{name}")
    assert derived.equals(polynomial("n_layers*d_model*d_model + d_model"))


def test_sizes_without_defaults_are_tried_by_their_names():
    derived = derive("derivable:Undefaulted")
    assert derived.equals(polynomial("n_layers*3*d_model*d_model"))


def test_what_no_expression_meets_is_named_and_no_total_claimed():
    derived = derive("derivable:Primes")
    assert derived.total is None
    assert [tensor.name for tensor in derived.missing] == ["weight"]
    with pytest.raises(ValueError, match="no formula was found"):
        derived.value({"d_model": 3})


def test_a_special_case_that_nothing_betrays_is_met_by_the_default_config():
    """It can't be traced (it reads the number's digits) and is at one value only: the default, which is tried."""
    derived = derive("derivable:Hidden")
    assert derived.total is None
    assert derived.why


NAMES = ["Plain", "Rounded", "Scaled", "Threshold", "Periodic", "FirstDense", "LeftOut", "Divided"]


@cache
def found(name):
    """Assert that a formula is claimed, and return it."""
    derived = derive(f"derivable:{name}")
    assert derived.total is not None
    return derived


@settings(max_examples=60)
@given(st.sampled_from(NAMES), st.data())
def test_a_formula_is_the_count_wherever_its_conditions_hold(name, data):
    derived = found(name)
    kind = getattr(derivable, name)
    sizes = {field: data.draw(st.integers(1, 40 if field == "n_layers" else 3000)) for field in derived.symbols}
    if derived.holds(sizes):
        assert derived.value(sizes) == counted(kind, **sizes)


def test_the_command_says_the_formula_and_where_it_was_proven(run):
    done = run("derive", "derivable:Plain")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "n_layers·(d_model·(2·d_ff + 1) + d_ff) + n_vocab·d_model" in done.stdout
    assert "40 new random points" in done.stdout
    assert "Not tested on a real config" in done.stdout


def test_what_a_class_prints_is_not_in_the_output(run):
    assert "hello" not in run("derive", "derivable:Loud").stdout


def test_the_json_contract_of_derive(run):
    document = json.loads(run("derive", "derivable:Periodic", "--json").stdout)
    assert document["schema"] == 1
    assert document["total"]["python"] == "d_model**2*n_layers + d_model*floor(n_layers/3)"
    assert document["symbols"] == {"n_layers": "n_layers", "d_model": "d_model"}
    assert document["proof"]["real_config"] is False
    assert [tensor["found"] for tensor in document["tensors"]] == [True, True]


def test_a_config_file_is_proven_on_and_held(run, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"d_model": 30, "d_ff": 50, "bias": False}), encoding="utf-8")
    document = json.loads(run("derive", "derivable:Switched", "--config", str(path), "--json").stdout)
    assert document["held"] == {"bias": False, "kind": "gated"}
    assert document["proof"]["real_config"] is True
    given, default = document["proof"]["configs"]
    assert (given["name"], given["params"], given["formula"]) == (str(path), 3000, 3000)
    assert (default["formula"], default["outside"]) == (None, "bias = True")


def test_no_formula_exits_with_1_and_names_the_tensors(run):
    done = run("derive", "derivable:Primes")
    assert done.exit_code == 1
    assert "No formula for the total: no expression was found for some tensors." in done.stdout
    assert "\n  weight, in one config " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lama"], "lama: not a model type of transformers; did you mean llama"),
        (["nowhere:Model"], "nowhere:Model: nowhere cannot be imported (ModuleNotFoundError: No module named"),
        (["derivable:Nothing"], "derivable:Nothing: derivable has no nn.Module class Nothing; valid: module:Class"),
        (
            ["derivable:Broken"],
            "derivable:Broken: it couldn't be built with any values tried for width (ValueError: never); valid",
        ),
        (["llama", "--config", "none.json"], "none.json: "),
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_line_and_2(run, arguments, said):
    done = run("derive", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"paramcount: {said}")
    assert done.stderr.count("\n") == 1


def test_a_class_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("paramcount.derivation.SECONDS", 0.01)
    with pytest.raises(InputError, match=r"no formula after .* builds in .* s; valid: a class that builds faster"):
        derive("derivable:Plain")


def test_missing_torch_is_said(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    done = run("derive", "derivable:Plain")
    assert done.exit_code == 2
    assert (
        done.stderr == "paramcount: derive needs torch, which is not installed; run: pip install 'paramcount[verify]'\n"
    )


def test_the_fields_of_the_example_are_a_dataclass():
    assert dataclasses.is_dataclass(derivable.Config)
