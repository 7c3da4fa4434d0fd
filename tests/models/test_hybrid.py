"""State spaces, recurrences and hybrids by their configs: released models, shared blocks, formulas and refusals."""

import json

import pytest

from models.special import DEFAULTS
from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured


def counted(model_type, **keys):
    return Configured(parse(json.dumps({"model_type": model_type, **keys}), "config"))


def layers(n_layers, *attending):
    return ["attention" if at in attending else "mamba" for at in range(n_layers)]


FALCON_MAMBA = {"hidden_size": 4096, "num_hidden_layers": 64, "vocab_size": 65024, "tie_word_embeddings": False}
LFM2 = {"hidden_size": 2048, "block_ff_dim": 12288, "num_hidden_layers": 16, "full_attn_idxs": [2, 5, 8, 10, 12, 14]}
FALCON_H1 = {"hidden_size": 1024, "intermediate_size": 2048, "num_hidden_layers": 36, "vocab_size": 32784} | {
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 64,
    "mamba_d_ssm": 1536,
    "mamba_n_heads": 24,
    "mamba_d_state": 128,
}
NANO = {"hidden_size": 2688, "num_attention_heads": 32, "num_key_value_heads": 2, "n_routed_experts": 128} | {
    "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
    "mamba_num_heads": 64,
    "num_experts_per_tok": 6,
    "moe_intermediate_size": 1856,
    "moe_shared_expert_intermediate_size": 3712,
}
GRANITE_TINY = {"hidden_size": 1536, "intermediate_size": 512, "num_hidden_layers": 40, "vocab_size": 100_352} | {
    "num_attention_heads": 12,
    "num_key_value_heads": 4,
    "num_local_experts": 64,
    "num_experts_per_tok": 6,
    "mamba_n_heads": 48,
    "mamba_d_state": 128,
    "tie_word_embeddings": True,
    "layer_types": layers(40, 5, 15, 25, 35),
}
RELEASED = [
    ("mamba", {"num_hidden_layers": 24}, 129_135_360),
    ("falcon_mamba", FALCON_MAMBA, 7_272_665_088),
    ("rwkv", {"hidden_size": 768, "num_hidden_layers": 12}, 169_342_464),
    ("recurrent_gemma", {"intermediate_size": 15360, "num_key_value_heads": 1}, 2_682_862_080),
    ("mamba2", {}, 7_285_403_648),
    ("bamba", {"mamba_d_state": 128, "attn_layer_indices": [9, 18, 27]}, 9_778_138_240),
    ("lfm2", LFM2, 1_170_340_608),
    ("falcon_h1", FALCON_H1, 521_411_104),
    ("xlstm", {}, 6_865_424_896),
]


@pytest.mark.parametrize(("model_type", "keys", "params"), RELEASED, ids=[model_type for model_type, *_ in RELEASED])
def test_a_released_model_counts_what_its_checkpoint_holds(model_type, keys, params):
    assert counted(model_type, **keys).model.total() == params


# In billions, as in the models' names or figures: all parameters, and active ones.
SPARSE = [
    ("jamba", {}, "52", "12"),
    ("qwen3_next", {}, "80", "4"),
    ("kimi_linear", {}, "49", "3"),
    ("nemotron_h", NANO, "31.6", "3.6"),
    ("granitemoehybrid", GRANITE_TINY, "6.9", "1.5"),
    ("qwen3_5_moe_text", {}, "35", "3"),
]


@pytest.mark.parametrize(
    ("model_type", "keys", "total", "active"), SPARSE, ids=[model_type for model_type, *_ in SPARSE]
)
def test_all_and_active_parameters_of_a_sparse_hybrid_round_to_its_name(model_type, keys, total, active):
    model = counted(model_type, **keys).model
    for params, printed in ((model.total(), total), (model.active(), active)):
        assert f"{params / 1e9:.{len(printed.partition('.')[2])}f}" == printed


TYPES = ["mamba", "falcon_mamba", "mamba2", "jamba", "zamba", "zamba2", "bamba", "falcon_h1", "recurrent_gemma", "rwkv"]
TYPES += ["qwen3_next", "qwen3_5_text", "qwen3_5_moe_text", "granitemoehybrid", "lfm2", "lfm2_moe", "lfm3"]
TYPES += ["qwen4_exp_text", "nemotron_h", "kimi_linear", "olmo_hybrid", "xlstm"]


@pytest.mark.parametrize("model_type", TYPES)
def test_the_formula_of_every_component_comes_to_its_count(model_type):
    configured = counted(model_type, **DEFAULTS.get(model_type, {}))
    formulas = configured.build(**configured.symbols()).by_component()
    values = {name: int(value) for name, value in configured.values().items()}
    counts = configured.model.by_component()
    assert {name: formula.subs(values).value() if formula else 0 for name, formula in formulas.items()} == counts


def test_every_table_of_n_grams_has_a_prime_number_of_rows_and_all_are_padded():
    keys = {**DEFAULTS["qwen4_exp_text"], "ple_layer_ids": [3, 1], "ngram_size": 3, "heads_per_ngram": 2}
    named = counted("qwen4_exp_text", **keys, ngram_vocab_size_base=8, make_ngram_vocab_size_divisible_by=10).values()
    assert (named["n_ngrams_0"], named["n_ngrams_1"]) == (60, 120)  # 11 + 13 + 17 + 19 and 23 + 29 + 31 + 37


SHARING = {"hidden_size": 8, "vocab_size": 9, "num_attention_heads": 2, "num_key_value_heads": 2}


def test_zambas_block_counts_once_and_every_use_has_a_map_of_its_own():
    used = [counted("zamba", **SHARING, layers_block_type=kinds, num_hidden_layers=3).model for kinds in USES]
    assert used[1].total() - used[0].total() == 8 * 8
    assert len([1 for entry in used[1].ledger() if entry.tensor.shares and "shared_transf" in entry.name]) == 9


USES = (["mamba", "mamba", "hybrid"], ["mamba", "hybrid", "hybrid"])


def test_zambas_blocks_are_several_where_the_config_ties_nothing_and_a_note_says_so():
    apart = counted("zamba", **SHARING, layers_block_type=USES[1], num_hidden_layers=3, tie_word_embeddings=False)
    assert not any(entry.tensor.shares for entry in apart.model.ledger())
    assert any("tie_word_embeddings = False" in note for note in apart.config.notes)


def test_each_use_of_a_block_of_zamba2_adds_an_adapter_and_a_map():
    kinds = ["hybrid"] * 3
    sizes = SHARING | {"n_mamba_heads": 2, "adapter_rank": 3, "intermediate_size": 5, "num_mem_blocks": 2}
    three, four = (
        counted("zamba2", **sizes, layers_block_type=kinds[:3] + more, num_hidden_layers=3 + len(more)).model
        for more in ([], ["hybrid"])
    )
    mixer = four.by_component()["mixer"] // 4
    own = 8 * 8 + 3 * (8 + 2 * 5) + mixer + 8 + 16  # the map, the adapter, the mixer and its two norms
    assert four.total() - three.total() == own


SAME = [
    ("granitemoehybrid", {"layer_types": layers(4, 1), "num_hidden_layers": 4}),
    ("nemotron_h", {"layers_block_type": ["mamba", "moe", "attention", "mlp"]}),
    ("qwen3_next", {"layer_types": ["linear_attention", "attention"] * 2, "num_hidden_layers": 4}),
]


@pytest.mark.parametrize(("model_type", "older"), SAME, ids=[model_type for model_type, _ in SAME])
def test_layers_under_their_older_names_count_the_same(model_type, older):
    newer = json.loads(
        json.dumps(older).replace('"mamba"', '"linear_attention"').replace('"attention"', '"full_attention"')
    )
    assert newer != older
    assert counted(model_type, **newer).model == counted(model_type, **older).model


def test_a_pattern_of_letters_is_the_list_that_it_spells():
    spelled = counted("nemotron_h", hybrid_override_pattern="M*-E")
    listed = counted("nemotron_h", layers_block_type=["mamba", "attention", "mlp", "moe"])
    assert spelled.model == listed.model


def test_limits_of_the_time_step_that_are_infinite_change_nothing():
    assert counted("mamba2", time_step_limit=[0.0, float("inf")]).model == counted("mamba2").model


REFUSED = [
    ("mamba2", {"head_dim": 32}, r"head_dim = 32; valid: expand · hidden_size / num_heads, 8192 / 128"),
    ("mamba", {"layer_types": ["full_attention"]}, "layer_types = .*; valid: none; transformers computes it for mamba"),
    ("jamba", {"attn_layer_offset": 8}, "attn_layer_offset = 8; valid: less than attn_layer_period = 8"),
    ("jamba", {"num_experts_per_tok": 17}, "num_experts_per_tok = 17; valid: up to num_experts = 16"),
    ("bamba", {"mamba_d_head": 32}, 'mamba_d_head = 32; valid: "auto" or 64'),
    ("falcon_h1", {"mamba_n_heads": 3}, "mamba_n_heads = 3; valid: a divisor of 1024"),
    ("zamba2", {"num_hidden_layers": 53}, "layers_block_type = None; valid: a list, since num_hidden_layers is not 54"),
    ("zamba2", {"hybrid_layer_ids": [1]}, r"hybrid_layer_ids = \[1\]; valid: the hybrid layers"),
    ("lfm2_moe", {}, "layer_types is missing; valid: a list of full_attention and conv, one per layer"),
    ("lfm2", {"full_attn_idxs": "all"}, "full_attn_idxs = all; valid: a list of layer numbers"),
    ("qwen3_next", {"full_attention_interval": 0}, "full_attention_interval = 0; valid: a whole number from 1 up"),
    ("nemotron_h", {"hybrid_override_pattern": "MX"}, "hybrid_override_pattern = MX; valid: a letter of"),
    ("nemotron_h", {"layers_block_type": ["conv"]}, "layers_block_type has 'conv'; valid: linear_attention"),
    (
        "kimi_linear",
        {"linear_attn_config": {"full_attn_layers": [1], "kda_layers": [1]}},
        "valid: each layer from 1 to 27",
    ),
    (
        "qwen4_exp_text",
        {"ple_layer_ids": [4]},
        "ple_layer_ids = .*layers with linear attention, numbered from 1, unlike 4",
    ),
    ("recurrent_gemma", {"block_types": []}, r"block_types = \[\]; valid: a list of recurrent and attention"),
    ("xlstm", {"weight_mode": "both"}, "weight_mode = both; valid: single, fused"),
    ("xlstm", {"v_dim_factor": float("inf")}, "v_dim_factor = inf; valid: a number above 0"),
    ("rwkv", {"attention_hidden_size": "wide"}, "attention_hidden_size = wide; valid: a whole number from 1 up"),
]


@pytest.mark.parametrize(("model_type", "keys", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_states_no_hybrid_is_refused_by_name(model_type, keys, said):
    with pytest.raises(ConfigError, match=said):
        counted(model_type, **keys)
