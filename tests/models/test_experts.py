"""Mixtures of experts: counts of well-known configs, notes beside a count, and what is refused."""

import json

import pytest

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured


def read(model_type, **keys):
    return Configured(parse(json.dumps({"model_type": model_type, **keys}), "config"))


V2_LITE = {
    "hidden_size": 2048,
    "intermediate_size": 10944,
    "moe_intermediate_size": 1408,
    "num_hidden_layers": 27,
    "first_k_dense_replace": 1,
    "num_attention_heads": 16,
    "q_lora_rank": None,
    "num_experts_per_tok": 6,
}
# Parameters of the checkpoint's tensors; active parameters, as in the model's name.
WELL_KNOWN = [
    ("mixtral", {}, 46_702_792_704, "12.9"),
    (
        "qwen3_moe",
        {"hidden_size": 2048, "num_hidden_layers": 48, "head_dim": 128},
        30_532_122_624,
        "3.4",
    ),
    ("olmoe", {"intermediate_size": 1024}, 6_919_161_856, "1.3"),
    ("gpt_oss", {"num_hidden_layers": 24, "num_local_experts": 32}, 20_914_757_184, "4.2"),
    ("gpt_oss", {}, 116_829_156_672, "5.7"),
    ("deepseek_v3", {}, 671_026_404_352, "37.6"),
    ("deepseek_v2", V2_LITE, 15_706_484_224, "2.7"),
    ("qwen2_moe", {}, 14_315_784_192, "2.7"),
    ("phimoe", {"attention_bias": True, "lm_head_bias": True}, 41_873_153_344, "6.6"),
    ("jetmoe", {"num_hidden_layers": 24}, 8_522_237_952, "2.3"),
    ("ernie4_5_moe", {}, 21_825_437_888, "3.4"),
]


@pytest.mark.parametrize(("model_type", "keys", "total", "active"), WELL_KNOWN)
def test_well_known_models_count_as_their_checkpoints(model_type, keys, total, active):
    model = read(model_type, **keys).model
    assert model.total() == total
    assert f"{model.active() / 1e9:.1f}" == active


def test_what_all_layers_have_in_common_is_stated_once():
    configured = read("deepseek_v3")
    symbols = configured.build(**configured.symbols()).by_component()
    assert str(symbols["norm"]) == "2·d_model·n_layers + n_layers·r_kv + n_layers·r_q"
    assert str(symbols["experts"]) == "3·d_model·d_expert·n_experts·n_sparse_layers"


@pytest.mark.parametrize(
    "model_type", ["deepseek_v3", "glm4_moe_lite", "deepseek_v32", "mimo_v2_flash", "ernie4_5_moe"]
)
def test_modules_for_multi_token_prediction_are_noted_as_not_counted(model_type):
    one, none = (read(model_type, num_nextn_predict_layers=number) for number in (1, 0))
    assert one.model.total() == none.model.total()
    assert any("multi-token prediction" in note for note in one.config.notes)
    assert not any("multi-token prediction" in note for note in none.config.notes)


def test_experts_that_do_nothing_are_noted():
    assert any("zero_expert_num = 256" in note for note in read("longcat_flash").config.notes)
    assert not any("zero_expert_num" in note for note in read("longcat_flash", zero_expert_num=0).config.notes)


def test_a_router_without_a_number_of_experts_sends_a_token_to_all():
    configured = read("deepseek_v2")
    assert configured.model.active() == configured.model.total()
    assert any("num_experts_per_tok" in note for note in configured.config.notes)


REFUSED = [
    ("mixtral", {"num_experts_per_tok": 9}, "num_experts_per_tok = 9; valid: up to num_local_experts = 8"),
    ("olmoe", {"head_dim": 3}, "head_dim = 3; valid: hidden_size / num_attention_heads"),
    ("qwen2_moe", {"mlp_only_layers": "0"}, "mlp_only_layers = 0; valid: a list of layer numbers"),
    ("qwen2_moe", {"decoder_sparse_step": 0}, "decoder_sparse_step = 0; valid: a whole number from 1 up"),
    ("mellum", {"mlp_layer_types": ["sparse"]}, "mlp_layer_types has 1 items; valid: a list of 28"),
    ("mellum", {"mlp_layer_types": ["wide"] * 28}, "mlp_layer_types has 'wide'; valid: dense, sparse"),
    ("hunyuan_v1_moe", {"head_dim": 8, "moe_topk": [2] * 32}, "valid: numbers from 1 to num_experts = 1"),
    ("longcat_flash", {"moe_topk": 513}, "moe_topk = 513; valid: up to n_routed_experts = 512"),
    ("laguna", {"num_attention_heads_per_layer": [0] * 40}, "valid: whole numbers from 1 up"),
    ("glm_moe_dsa", {"index_topk_pattern": "FSX"}, "index_topk_pattern = FSX; valid: F or S for every layer"),
    ("deepseek_v4", {"compress_ratios": [5] * 43}, "valid: one of 0, 4, 128 for each of 43 layers"),
    ("deepseek_v4", {"o_groups": 3}, "o_groups = 3; valid: a divisor"),
    ("dots3_note_text", {"swa_head_dim": 9}, "swa_head_dim = 9; valid: more than swa_qk_nope_head_dim = 192"),
    ("minimax_m3_vl_text", {"moe_layer_freq": [1]}, "valid: a list of 60, one per layer"),
    ("inkling_text", {"local_layer_ids": 3}, "local_layer_ids = 3; valid: a list of layer numbers"),
    ("longcat_flash", {"qk_head_dim": 9}, "qk_head_dim = 9; valid: qk_nope_head_dim + qk_rope_head_dim = 192"),
    (
        "deepseek_v32",
        {"num_experts": 9, "n_routed_experts": 8},
        "num_experts = 9; valid: it or n_routed_experts = 8, not both",
    ),
    ("axk1", {"moe_layer_freq": 0}, "moe_layer_freq = 0; valid: a whole number from 1 up"),
]


@pytest.mark.parametrize(("model_type", "keys", "message"), REFUSED)
def test_what_states_no_model_is_refused_in_one_line(model_type, keys, message):
    with pytest.raises(ConfigError) as error:
        read(model_type, **keys)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
