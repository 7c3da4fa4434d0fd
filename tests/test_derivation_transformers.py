"""Formulas of transformers' own classes: our families' come back, and all agree at random configs."""

import random

import pytest
import torch
import transformers

from paramcount.classes.meta import shapes_alone
from paramcount.derivation import derive
from paramcount.derivation.transformers_class import read
from paramcount.errors import InputError
from paramcount.formula.statement import read_subject, state
from paramcount.ledger.polynomial import Polynomial


def family(name, *changes, **equal):
    """The formula of a family, with some sizes replaced by others."""
    put = {size: Polynomial.symbol(other) if isinstance(other, str) else other for size, other in equal.items()}
    return state(read_subject(name, changes)).total.subs(put)


def test_gpt2_comes_back_as_the_family_states_it():
    """Its heads have no size of their own: together they are as wide as the model."""
    derived = derive("gpt2")
    assert derived.equals(family("gpt", "tied=true", n_heads=1, d_head="d_model"))
    assert derived.held["tie_word_embeddings"] is True
    assert derived.rules == {"d_ff": "4·d_model"}
    assert [(c.formula, c.params) for c in derived.proof.configs] == [(124_439_808, 124_439_808)]
    assert not derived.proof.real


@pytest.mark.slow
def test_llama_comes_back_as_the_family_states_it():
    derived = derive("llama")
    assert derived.equals(family("llama", "tied=false"))
    assert derived.rules["n_kv_heads"] == "n_heads"


@pytest.mark.slow
def test_opt_says_that_its_embedding_is_as_wide_as_the_model():
    derived = derive("opt")
    assert derived.conditions == ("d_embedding = d_model",)
    assert derived.equals(family("opt", "tied=true", n_heads=1, d_head="d_model"))


def test_the_class_is_the_one_that_a_config_names_and_else_the_one_that_is_counted():
    assert read("bert", {"architectures": ["BertForMaskedLM"]}, "config.json").name == "bert (BertForMaskedLM)"
    assert read("bart", None, "").name == "bart (BartForConditionalGeneration)"
    assert read("vit", None, "").name == "vit (ViTModel)"


def test_a_class_that_transformers_does_not_have_is_refused():
    with pytest.raises(InputError, match=r"^config\.json: transformers \S+ has no class GPT2Foo; valid: GPT2Model, "):
        read("gpt2", {"architectures": ["GPT2Foo"]}, "config.json")


SHAPES = {
    "gpt2": {"n_head": 4, "n_embd": 64, "n_inner": 100},
    "llama": {"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 10},
    "mamba": {"hidden_size": 50, "time_step_rank": 5},
    "opt": {"hidden_size": 64, "num_attention_heads": 4, "word_embed_proj_dim": 64},
    "t5": {"d_model": 40, "num_decoder_layers": 3},
    "jamba": {"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "mamba_dt_rank": 7},
}


@pytest.mark.slow
@pytest.mark.parametrize("model_type", SHAPES)
def test_the_formula_is_the_count_at_random_configs(model_type):
    derived = derive(model_type)
    assert derived.total is not None
    kind = transformers.CONFIG_MAPPING[model_type]
    subject = read(model_type, None, "")
    random.seed(model_type)
    for _ in range(20):
        config = {field: random.randint(2, 40) for field in derived.symbols}
        config |= {field: random.randint(6, 9) for field in config if field.endswith("_period")}
        config |= {field: random.randint(0, 5) for field in config if field.endswith("_offset")}
        config |= SHAPES[model_type]
        with shapes_alone():
            built = subject.build(config)
        assert derived.holds(config)
        assert derived.value(config) == sum(parameter.numel() for parameter in built.parameters())
    assert isinstance(built.config, kind)
    assert all(parameter.device == torch.device("meta") for parameter in built.parameters())


@pytest.mark.slow
def test_a_real_config_is_proven_on(tmp_path):
    """TinyLlama 1.1B's sizes, from its config.json."""
    path = tmp_path / "config.json"
    path.write_text(
        '{"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22, '
        '"num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000, "tie_word_embeddings": false}',
        encoding="utf-8",
    )
    derived = derive("llama", str(path))
    assert derived.proof.real
    assert derived.proof.configs[0].params == 1_100_048_384
