"""Decoders like Llama: what is refused by name, and totals printed in papers and model cards."""

import json
from typing import Any

import pytest

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured


def model(model_type: str, **keys: Any) -> Any:
    return Configured(parse(json.dumps({"model_type": model_type, **keys}), "config")).model


@pytest.mark.parametrize(
    ("model_type", "key", "value"),
    [
        ("llama", "per_layer_config", {"0": {"intermediate_size": 6}}),
        ("llama", "hidden_act", "xielu"),
        ("apertus", "hidden_act", "prelu"),
        ("qwen3", "head_dim", None),
        ("olmo2", "head_dim", None),
        ("ministral", "head_dim", None),
        ("nemotron", "num_key_value_heads", None),
        ("gemma3n_text", "num_kv_shared_layers", 35),
        ("gemma3n_text", "intermediate_size", [8] * 34),
        ("gemma3n_text", "intermediate_size", [8] * 34 + [0]),
        ("gemma4_text", "num_kv_shared_layers", 26),
        ("gemma4_text", "layer_types", ["linear_attention"] * 30),
        ("gemma4_text", "per_layer_config", {"0": {"intermediate_size": 6}}),
        ("gemma4_text", "per_layer_config", {"0": {"head_dim": 6}, "1": {"head_dim": 8}}),
        ("gemma4_text", "per_layer_config", {"30": {"head_dim": 6}}),
        ("gemma4_text", "per_layer_config", [1]),
    ],
)
def test_what_would_be_miscounted_is_refused_in_one_line_that_names_the_key(model_type, key, value):
    with pytest.raises(ConfigError) as refused:
        model(model_type, **{key: value})
    assert key in str(refused.value)
    assert "valid" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_more_experts_than_there_are_cannot_be_chosen():
    experts = {"enable_moe_block": True, "num_experts": 2, "top_k_experts": 3, "moe_intermediate_size": 4}
    with pytest.raises(ConfigError, match="top_k_experts"):
        model("gemma4_text", **experts)
    with pytest.raises(ConfigError, match="num_experts_per_tok"):
        model("doge", is_moe=True, num_experts=2, num_experts_per_tok=3)


def test_a_token_is_sent_through_its_experts_alone():
    doge = model("doge", is_moe=True, num_experts=100, num_experts_per_tok=10)
    assert doge.total() - doge.active() == 32 * 2 * 90 * 1024
    experts = {"enable_moe_block": True, "num_experts": 8, "top_k_experts": 2, "moe_intermediate_size": 4}
    gemma = model("gemma4_text", **experts)
    assert gemma.total() - gemma.active() == 30 * 6 * 3 * 2304 * 4


def test_a_token_classifier_has_a_bias_unless_the_config_takes_it():
    with_bias = model("llama", architectures=["LlamaForTokenClassification"])
    without = model("llama", architectures=["LlamaForTokenClassification"], token_classification_bias=False)
    assert with_bias.total() - without.total() == 2


def test_gemma_2b_counts_as_its_paper_prints_it():
    """Gemma team 2024, tab. 2: 524,550,144 embedding and 1,981,884,416 other parameters."""
    gemma = model(
        "gemma",
        hidden_size=2048,
        intermediate_size=16384,
        num_hidden_layers=18,
        num_attention_heads=8,
        num_key_value_heads=1,
        vocab_size=256128,
    )
    assert (gemma.total() - gemma.non_embedding(), gemma.non_embedding()) == (524_550_144, 1_981_884_416)
