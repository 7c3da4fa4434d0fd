"""GPT and similar models by their configs: old spellings, keys that no class reads, and known counts."""

import json

import pytest

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured


def counted(**document):
    return Configured(parse(json.dumps(document), "config"))


SPELLED = [
    ("gpt2", {"n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": 32}),
    ("gpt_bigcode", {"n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": 32}),
    ("ctrl", {"n_embd": 48, "n_layer": 3, "n_head": 4}),
    ("bloom", {"n_embed": 48, "n_layer": 3, "n_head": 4}),
    ("falcon", {"n_embed": 48, "num_hidden_layers": 3, "num_attention_heads": 4}),
    ("mpt", {"d_model": 48, "n_layers": 3, "n_heads": 4}),
    ("xglm", {"d_model": 48, "num_layers": 3, "attention_heads": 4}),
]
USUAL = {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4}


@pytest.mark.parametrize(("model_type", "own"), SPELLED, ids=[model_type for model_type, _ in SPELLED])
def test_a_size_counts_the_same_under_each_of_its_spellings(model_type, own):
    usual = USUAL | ({"max_position_embeddings": 32} if "n_positions" in own else {})
    assert counted(model_type=model_type, **own).model.total() == counted(model_type=model_type, **usual).model.total()


def test_a_size_is_reported_as_given_and_under_its_types_own_key():
    use = counted(model_type="gpt2", hidden_size=48, n_head=4).config.used["d_model"]
    assert (use.value, use.key, use.given) == (48, "n_embd", True)


def test_two_spellings_that_differ_are_refused():
    with pytest.raises(ConfigError, match="n_embed = 48 and hidden_size = 64 contradict"):
        counted(model_type="bloom", n_embed=48, hidden_size=64)


UNREAD = [("n_layer", "num_hidden_layers"), ("n_head", "num_attention_heads"), ("n_head_kv", "num_kv_heads")]


@pytest.mark.parametrize(("old", "valid"), UNREAD)
def test_falcons_first_keys_which_transformers_passes_over_are_refused_by_name(old, valid):
    with pytest.raises(ConfigError, match=rf"config: {old} = 2.*; valid: {valid}\b"):
        counted(model_type="falcon", **{old: 2})


def test_a_key_that_mpts_class_does_not_read_changes_nothing_and_is_said():
    odd = counted(model_type="mpt", expansion_ratio=2)
    assert odd.model.total() == counted(model_type="mpt").model.total()
    assert any("expansion_ratio = 2" in note for note in odd.config.notes)
    assert counted(model_type="mpt").config.notes == []


KNOWN = [
    ("gpt2", {}, 124_439_808),
    ("gptj", {}, 6_050_882_784),
    (
        "opt",
        {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "ffn_dim": 4096}
        | {"word_embed_proj_dim": 512, "do_layer_norm_before": False},
        331_196_416,
    ),
    ("bloom", {"hidden_size": 1024, "n_layer": 24, "num_attention_heads": 16}, 559_214_592),
    (
        "gpt_neox",
        {"hidden_size": 512, "num_hidden_layers": 6, "num_attention_heads": 8, "intermediate_size": 2048}
        | {"vocab_size": 50304},
        70_426_624,
    ),
    (
        "dbrx",
        {"d_model": 6144, "n_heads": 48, "n_layers": 40, "vocab_size": 100_352, "attn_config": {"kv_n_heads": 8}}
        | {"ffn_config": {"ffn_hidden_size": 10_752, "moe_num_experts": 16, "moe_top_k": 4}},
        131_596_523_520,
    ),
]


@pytest.mark.parametrize(("model_type", "sizes", "params"), KNOWN, ids=[model_type for model_type, *_ in KNOWN])
def test_a_released_model_counts_what_its_checkpoint_holds(model_type, sizes, params):
    """GPT-2 small, GPT-J 6B, OPT-350M, BLOOM-560M, Pythia-70M and DBRX."""
    assert counted(model_type=model_type, **sizes).model.total() == params


def test_a_token_of_dbrx_is_sent_through_as_many_experts_as_moe_top_k_says():
    ffn = {"ffn_hidden_size": 8, "moe_num_experts": 6, "moe_top_k": 2}
    model = counted(model_type="dbrx", d_model=16, n_heads=4, n_layers=3, vocab_size=9, ffn_config=ffn).model
    assert model.total() - model.active() == 3 * (6 - 2) * 3 * 8 * 16


def test_more_experts_a_token_than_dbrx_has_are_refused():
    with pytest.raises(ConfigError, match="moe_top_k = 5; valid: up to moe_num_experts = 4"):
        counted(model_type="dbrx", ffn_config={"moe_top_k": 5})
