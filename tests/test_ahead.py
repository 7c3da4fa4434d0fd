"""Modules for multi-token prediction: against the hub's totals of releases, and transformers' own class."""

import json
import random

import pytest

from paramcount import load
from paramcount.errors import InputError

DEEPSEEK_V3 = {"model_type": "deepseek_v3"}
GLM = {"model_type": "glm4_moe", "hidden_size": 5120, "intermediate_size": 12288, "num_hidden_layers": 92}
GLM |= {"num_attention_heads": 96, "num_key_value_heads": 8, "head_dim": 128, "attention_bias": True}
GLM |= {"use_qk_norm": True, "moe_intermediate_size": 1536, "n_routed_experts": 160, "n_shared_experts": 1}
GLM |= {"num_experts_per_tok": 8, "first_k_dense_replace": 3, "vocab_size": 151552, "num_nextn_predict_layers": 1}
AIR = {**GLM, "hidden_size": 4096, "intermediate_size": 10944, "num_hidden_layers": 46, "use_qk_norm": False}
AIR |= {"moe_intermediate_size": 1408, "n_routed_experts": 128, "first_k_dense_replace": 1}
V32 = {"model_type": "deepseek_v32", "num_nextn_predict_layers": 1, "hidden_size": 7168, "intermediate_size": 18432}
V32 |= {"num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128, "vocab_size": 129280}
V32 |= {"q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
V32 |= {"moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8}
V32 |= {"first_k_dense_replace": 3, "index_n_heads": 64, "index_head_dim": 128}

# What the hub says of each release: its numbers, of which some are biases that balance experts, one for each expert of
# each layer that has experts (buffers here), scales of FP8 blocks, and copies of the embedding and the head.
RELEASED = {
    "DeepSeek-V3": (DEEPSEEK_V3, 684_531_386_000, 2, 59 * 256 + 41_540_496),
    "DeepSeek-V3.2": (V32, 685_355_329_792, 2, 59 * 256),
    "GLM-4.5": (GLM, 358_337_791_296, 2, 90 * 160),
    "GLM-4.6": (GLM, 356_785_898_816, 0, 90 * 160),
    "GLM-4.5-Air": (AIR, 110_468_824_832, 2, 46 * 128),
    "GLM-5": ({"model_type": "glm_moe_dsa", "num_nextn_predict_layers": 1}, 753_864_139_008, 0, 76 * 256),
    "Hy3": ({"model_type": "hy_v3", "num_nextn_predict_layers": 1}, 298_786_155_776, 0, 80 * 192),
    "Ling-3.0-flash": ({"model_type": "bailing_hybrid"}, 127_486_405_600, 0, 41 * 512),
    "Qwen3-Next": ({"model_type": "qwen3_next"}, 81_324_862_720, 0, 0),
    # transformers' class has unused rows for the experts that do nothing.
    "LongCat-Flash": ({"model_type": "longcat_flash"}, 561_862_880_256, 1, 28 * 768 - 28 * 256 * 2 * 2048 * 6144),
}


@pytest.mark.parametrize("name", RELEASED)
def test_the_hubs_total_of_a_release_is_the_model_its_modules_and_what_is_named(name):
    document, on_the_hub, copies, other = RELEASED[name]
    model = load(document, mtp=True)
    sizes = model.hyperparameters
    assert model.total() + copies * sizes["n_vocab"] * sizes["d_model"] + other == on_the_hub
    assert model.total() == sum(model.by_component().values())
    assert model.total() - load(document).total() == model.by_component()["multi-token prediction"]


QWEN3_5 = {"0.8b": 873_438_784, "2b": 2_274_069_824, "4b": 4_659_865_088, "9b": 9_653_104_368, "27b": 27_781_427_952}


@pytest.mark.parametrize(("size", "on_the_hub"), [*QWEN3_5.items(), ("35b-a3b", 35_951_822_704)])
def test_qwen3_5_is_whole_with_its_module_what_the_hub_says(size, on_the_hub):
    assert load(f"qwen3.5-{size}", mtp=True).total() == on_the_hub


def test_deepseek_v3_says_both_counts(run):
    said = run("deepseek-v3").stdout
    assert "They have 11,610,067,968 parameters, 682,636,472,320 with the model (--set mtp=true)" in said
    assert "684,489,830,400 if the embedding and the head are stored again" in said
    counted = run("deepseek-v3", "--set", "mtp=true").stdout
    assert "682,636,472,320" in counted
    assert "not counted" not in counted
    document = json.loads(run("deepseek-v3", "--set", "mtp=true", "--json").stdout)
    assert document["hyperparameters"]["mtp"] is True
    assert document["hyperparameters"]["n_mtp"] == 1


SIZES = {
    "deepseek_v3": lambda r: (
        {"q_lora_rank": r.choice([None, 6]), "kv_lora_rank": 5, "qk_nope_head_dim": 4}
        | {"qk_rope_head_dim": 2, "v_head_dim": 3, "first_k_dense_replace": r.choice([0, 1, 2])}
    ),
    "glm4_moe": lambda r: {"attention_bias": r.random() < 0.5, "use_qk_norm": r.random() < 0.5},
    "glm4_moe_lite": lambda r: (
        {"q_lora_rank": 6, "kv_lora_rank": 5, "qk_nope_head_dim": 4, "qk_rope_head_dim": 2} | {"v_head_dim": 3}
    ),
    "hy_v3": lambda r: {"attention_bias": r.random() < 0.5, "num_experts": 4, "num_shared_experts": r.choice([1, 2])},
    "qwen3_next": lambda r: {"num_experts": 4, "shared_expert_intermediate_size": 7, "linear_num_key_heads": 2},
    "qwen3_5_text": lambda r: {"linear_num_key_heads": 2, "linear_num_value_heads": 4},
}
KEYS = {"qwen3_5_text": "mtp_num_hidden_layers"}


@pytest.mark.parametrize("model_type", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_modules_are_those_of_transformers(model_type, seed):
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    from transformers.modeling_layers import MtpModel

    r = random.Random(seed)
    n = 1 if model_type.startswith("qwen3") else r.choice([1, 2, 3])
    document = {"model_type": model_type, "hidden_size": 8 * r.randint(1, 4), "intermediate_size": r.randint(3, 30)}
    document |= {"num_hidden_layers": r.randint(2, 5), "num_attention_heads": 4, "num_key_value_heads": 2}
    document |= {"head_dim": 8, "vocab_size": 50, "moe_intermediate_size": r.randint(2, 20), "n_routed_experts": 4}
    document |= {"num_experts_per_tok": 2, "n_group": 1, "topk_group": 1}
    if model_type in ("deepseek_v3", "glm4_moe_lite"):
        document["num_key_value_heads"] = 4
    if model_type not in ("deepseek_v3", "glm4_moe", "glm4_moe_lite"):
        del document["n_routed_experts"]
    if "head_dim" in document and model_type in ("deepseek_v3", "glm4_moe_lite"):
        del document["head_dim"]  # with latent attention, whose heads have their own sizes
    document |= SIZES[model_type](r) | {KEYS.get(model_type, "num_nextn_predict_layers"): n}
    settings = {key: value for key, value in document.items() if key != "model_type"}
    config = transformers.AutoConfig.for_model(model_type, **settings)
    config.num_mtp_layers = n
    config.mtp_layer_types = ["full_attention"] * n
    config.mtp_mlp_layer_types = ["sparse"] * n
    with torch.device("meta"):
        main = transformers.AutoModelForCausalLM.from_config(config)
        modules = MtpModel(main, n)
    own = sum(weight.numel() for weight in modules.layers.parameters())
    assert load(document, mtp=True).by_component()["multi-token prediction"] == own
    assert load(document, mtp=True).total() == own + sum(weight.numel() for weight in main.parameters())


def test_without_modules_there_is_nothing_to_ask_for():
    none = {**DEEPSEEK_V3, "num_nextn_predict_layers": 0}
    assert not any("multi-token" in note for note in load(none).notes)
    with pytest.raises(
        InputError, match="mtp = True; valid: false, or true with num_nextn_predict_layers of 1 or more"
    ):
        load(none, mtp=True)
    with pytest.raises(InputError, match="mtp: not a size of llama"):
        load({"model_type": "llama"}, mtp=True)
    ernie = load({"model_type": "ernie4_5_moe", "num_nextn_predict_layers": 1})
    assert any("lacks them and drops them on loading; a checkpoint may have them" in note for note in ernie.notes)


def test_two_modules_are_twice_one():
    one, two = (load(DEEPSEEK_V3, mtp=True, num_nextn_predict_layers=n) for n in (1, 2))
    module = load(DEEPSEEK_V3, mtp=True).by_component()["multi-token prediction"]
    assert two.total() - one.total() == module
    assert two.spec.formula().at(two.spec.sizes) == two.total()


def test_what_they_multiply_is_refused(run):
    for verb in ("flops", "cache"):
        ran = run(verb, "deepseek-v3", "--set", "mtp=true")
        assert ran.exit_code == 2
        assert "the operations of modules that predict ahead are not known" in ran.stderr
    assert "1,365,272,944,640" in run("memory", "deepseek-v3", "--set", "mtp=true").stdout
