"""Solving for shapes like any config's model: each answer is confirmed by the model's own body."""

from __future__ import annotations

import json
import shlex

import pytest
from models.special import DEFAULTS

from paramcount.catalog.locate import resolve
from paramcount.catalog.names import find, released
from paramcount.config.document import of
from paramcount.errors import InputError
from paramcount.library import load
from paramcount.models.registry import accepted
from paramcount.solver import solve

# What cannot be scaled, and why.
NOT_BUILT: set[str] = set()  # types whose default config transformers can't build at other sizes
REFUSED = {
    "mobilebert": "heads divide the bottleneck",
    "nemotron_h": "no n_layers",
    "perceiver": "no n_layers",
    "reformer": "no n_layers",
    "xlstm": "the formula says",
}
COARSE = {"gemma4_text", "gemma4_unified_text", "blt"}  # their shapes lie far apart; the nearest is shown


# Released models whose heads, in a tower or a decoder, divide few of the scaled widths.
UNSCALED = {"gemma-3-4b", "gemma-3-12b", "gemma-3-27b", "t5gemma-9b-2b"}
UNSCALED |= {name for name in released() if name.startswith("nemotron-") and find(name).family.name in REFUSED}
SCALED = sorted(released().keys() - UNSCALED)


def first_of(name: str):
    """The first shape like *name*, for 1.7 times its count."""
    return solve(round(resolve(name).model().total() * 1.7), like=name)


@pytest.mark.thorough
@pytest.mark.parametrize("name", SCALED)
def test_every_released_model_is_scaled(name, run):
    solution = first_of(name)
    candidate = solution.candidates[0]
    shown = json.loads(run(*shlex.split(candidate.command)[1:], "--json").stdout)
    assert (shown["total"], shown["non_embedding"]) == (candidate.total, candidate.non_embedding)
    config = candidate.to_config()
    assert load(config).total() == candidate.total


@pytest.mark.thorough
@pytest.mark.parametrize("name", SCALED)
def test_its_own_count_gives_its_own_shape(name):
    model = find(name).model()
    candidates = solve(model.total(), like=name).candidates
    assert 0.0 in [candidate.error for candidate in candidates]


@pytest.mark.parametrize("name", sorted(UNSCALED))
def test_a_released_model_that_cannot_be_scaled_is_refused_by_name(name):
    with pytest.raises(InputError, match=f"--like {name}.*cannot be scaled: .*valid: another model"):
        first_of(name)


@pytest.fixture
def config(tmp_path, model_type):
    path = tmp_path / f"{model_type}.json"
    path.write_text(json.dumps({"model_type": model_type, **DEFAULTS.get(model_type, {})}))
    return str(path)


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", sorted(set(accepted()) - REFUSED.keys() - COARSE))
def test_every_type_is_scaled(model_type, config):
    solution = first_of(config)
    assert solution.candidates
    for candidate in solution.candidates:
        emitted = candidate.to_config()
        assert load(emitted).total() == candidate.total


@pytest.mark.parametrize("model_type", sorted(REFUSED))
def test_what_cannot_be_scaled_is_refused_by_name(model_type, config):
    with pytest.raises(InputError, match=f"--like .*{model_type}") as refused:
        first_of(config)
    assert "valid: another model" in str(refused.value).lower()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("model_type", sorted(COARSE))
def test_what_lies_far_apart_is_shown_as_near_as_it_comes(model_type, config):
    solution = first_of(config)
    assert solution.nearest_miss is not None
    assert "--tolerance" in solution.stopped_by


def test_two_hundred_types_and_more_are_scaled():
    assert len(set(accepted()) - REFUSED.keys() - COARSE) >= 200


def test_lists_of_layers_go_on_as_they_do():
    kinds = ["sliding_attention", "sliding_attention", "full_attention"] * 4
    base = {"model_type": "gemma2", "num_hidden_layers": 12, "layer_types": kinds}
    assert load(base, n_layers=14).total() > load(base).total()
    irregular = {"model_type": "lfm2", "num_hidden_layers": 5, "layer_types": ["conv"] * 2 + ["full_attention"] * 3}
    assert load({**irregular, "num_hidden_layers": 5}, n_layers=8).total() > load(irregular).total()


def test_an_encoder_and_a_decoder_keep_their_proportion():
    solution = solve("2B", like="t5-3b")
    assert all(c.sizes["n_layers"] == c.sizes["n_decoder_layers"] for c in solution.candidates)
    document = {"model_type": "bart", "encoder_layers": 12, "decoder_layers": 3}
    assert of(document).model_type == "bart"


@pytest.mark.slow
@pytest.mark.parametrize("model_type", sorted(set(accepted()) - REFUSED.keys() - COARSE))
def test_transformers_counts_each_shape_so(model_type, config):
    pytest.importorskip("transformers")
    from models.compared import outcome

    solution = first_of(config)
    emitted = solution.candidates[0].to_config()
    result = outcome(emitted)
    assert not result.ours
    assert not result.differences
    assert result.compared or model_type in NOT_BUILT, result.theirs


def test_any_size_of_a_config_can_be_given(run):
    like = ("solve", "--params", "3B", "--like", "qwen3-30b-a3b")
    shown = json.loads(run(*like, "--set", "n_experts=64", "--set", "d_expert=512:1024", "--json").stdout)
    assert {c["n_experts"] for c in shown["candidates"]} == {64}
    assert all(512 <= c["d_expert"] <= 1024 for c in shown["candidates"])


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("d_exprt=64", "d_exprt: not a hyperparameter of qwen3_moe; valid: n_layers, "),
        ("d_expert", "--set d_expert: no value; valid: --set FIELD=SIZE"),
        ("n_experts=64", "n_experts is given twice"),
        ("like=x", "like is not a size; valid: --like"),
    ],
)
def test_a_size_that_is_none_is_refused_in_a_line(run, setting, said):
    ran = run("solve", "--params", "3B", "--like", "qwen3-30b-a3b", "--n-experts", "8", "--set", setting)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
