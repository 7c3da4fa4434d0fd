"""Spoilt configs and headers are counted correctly or refused in one line: no traceback, hang or wrong count."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from fuzzing import agrees, answers, checkpoint_answers, checkpoint_of, config_answers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import ABSURD, MODEST, configs, headers, spoilt_configs, texts

from paramcount.models.registry import accepted

FUZZ = Path(__file__).resolve().parent.parent / "benchmarks" / "fuzz.py"
QUICK, THOROUGH = 150, 3000
needs_transformers = pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="needs transformers")


def examples(number):
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("number", [QUICK, pytest.param(THOROUGH, marks=pytest.mark.slow)])
def test_any_config_is_counted_or_refused_in_one_line(number, tmp_path):
    @examples(number)
    @given(texts())
    def holds(text):
        config_answers(text, tmp_path)

    holds()


@pytest.mark.parametrize("number", [QUICK, pytest.param(THOROUGH, marks=pytest.mark.slow)])
def test_any_header_beside_any_config_is_judged_or_refused_in_one_line(number, tmp_path):
    @examples(number)
    @given(st.data())
    def holds(data):
        document = data.draw(configs(MODEST))
        header = checkpoint_of(document) or {}
        other = data.draw(st.one_of(st.just(document), spoilt_configs(document["model_type"], ABSURD)))
        checkpoint_answers(data.draw(st.one_of(st.just(header), headers(header))), other, tmp_path)

    holds()


def test_the_checkpoint_of_a_spoilt_config_that_is_counted_agrees_with_it(tmp_path):
    agreed = []

    @examples(QUICK)
    @given(configs(MODEST))
    def holds(document):
        header = checkpoint_of(document)
        if header:
            ran = checkpoint_answers(header, document, tmp_path)
            assert ran.exit_code == 0, (document, ran.stdout)
            agreed.append(document)

    holds()
    assert len(agreed) > QUICK / 5


@needs_transformers
def test_a_spoilt_config_that_transformers_accepts_counts_as_its_class():
    compared = []

    @examples(QUICK)
    @given(configs(MODEST))
    def holds(document):
        compared.append(agrees(document))

    holds()
    assert sum(compared) > QUICK / 5


@needs_transformers
@pytest.mark.slow
@pytest.mark.parametrize("model_type", accepted())
def test_spoilt_configs_of_every_type_count_as_its_class(model_type):
    @examples(THOROUGH // 50)
    @given(spoilt_configs(model_type, MODEST))
    def holds(document):
        agrees(document)

    holds()


@needs_transformers
@pytest.mark.slow
def test_two_minutes_of_every_attack_find_nothing():
    done = subprocess.run([sys.executable, FUZZ, "2"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("0 kinds of failure\n")


def written(folder, **document):
    path = folder / "config.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_terminal_codes_in_a_config_do_not_reach_the_terminal(tmp_path):
    noted = written(tmp_path, model_type="gpt2", quantization_config={"quant_method": "a\x1b[31m\ud800\nb"})
    assert "(a\\x1b[31m\\ud800\\nb)" in answers(noted).stdout
    refused = written(tmp_path, model_type="gpt2", architectures="\x1b[31m")
    assert "architectures = \\x1b[31m" in answers(refused).stderr


def test_more_layers_than_can_be_listed_beside_a_checkpoint_are_refused(tmp_path):
    header = checkpoint_of({"model_type": "gpt2", "n_embd": 12, "n_layer": 1})
    ran = checkpoint_answers(header, {"model_type": "gpt2", "n_layer": 10**9}, tmp_path)
    assert "has 12,000,000,004 tensors; valid: up to 1,000,000" in ran.stderr


@needs_transformers
def test_a_class_that_would_be_built_without_end_is_refused(tmp_path):
    double = {"model_type": "gpt2", "architectures": ["GPT2DoubleHeadsModel"]}
    assert answers(written(tmp_path, **double, n_layer=2)).exit_code == 0
    assert "n_layer = 1000000000; valid: up to 100,000" in answers(written(tmp_path, **double, n_layer=10**9)).stderr


@needs_transformers
def test_a_class_without_parameters_is_refused(tmp_path):
    ran = answers(written(tmp_path, model_type="gpt2", architectures=["GPT2PreTrainedModel"]))
    assert "GPT2PreTrainedModel has no parameters" in ran.stderr


@pytest.mark.parametrize(
    ("model_type", "own", "other", "value"),
    [
        ("dbrx", "d_model", "hidden_size", 1024),
        ("zamba2", "layers_block_type", "layer_types", ["hybrid", "linear_attention"] * 27),
        ("t5", "num_layers", "num_hidden_layers", 2),
        ("switch_transformers", "num_layers", "num_hidden_layers", 2),
    ],
)
def test_a_spelling_that_transformers_reads_too_late_is_refused(model_type, own, other, value, tmp_path):
    """By then it has already derived a width, a depth or a number of layers from the default of *own*."""
    ran = answers(written(tmp_path, model_type=model_type, **{other: value}))
    assert f"{other}; valid: {own} instead" in ran.stderr
    assert answers(written(tmp_path, model_type=model_type, **{own: value, other: value})).exit_code == 0
