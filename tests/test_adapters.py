"""What adapters train: against figures that peft prints, and modules adapted by hand."""

import json

import pytest
from checkpoints import entries, write_header
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.catalog.from_config import spec_of
from paramcount.config import parse
from paramcount.costs.adapters import adapted, of_document
from paramcount.errors import InputError

QV = ["q_proj", "v_proj"]
LLAMA = {
    **{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 48},
    **{"num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 60},
}
BASES = {
    "llama": LLAMA | {"attention_bias": True, "tie_word_embeddings": False},
    "tied": LLAMA | {"tie_word_embeddings": True},
    "gpt2": {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 32, "n_layer": 3, "n_head": 2}
    | {"vocab_size": 50},
    "bert": {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "hidden_size": 32}
    | {"intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 60},
    "t5": {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_model": 32, "d_kv": 8, "d_ff": 64}
    | {"num_layers": 2, "num_heads": 4, "vocab_size": 60},
}
# From peft 0.21 with r = 5 on these models: trained and all parameters (get_nb_trainable_parameters), and the
# parameters after merge_and_unload.
PRINTED = [
    ("gpt2", {"target_modules": ["c_attn"]}, 1920, 74464, 72544),
    ("gpt2", {"target_modules": ["c_attn", "c_proj", "wte"], "fan_in_fan_out": True}, 5690, 78234, 72544),
    ("gpt2", {"target_modules": "all-linear"}, 7680, 80224, 72544),
    ("gpt2", {"target_modules": ["c_attn"], "bias": "all"}, 3008, 74464, 72544),
    ("gpt2", {"target_modules": ["c_attn"], "bias": "lora_only", "use_dora": True}, 2496, 74752, 72544),
    ("llama", {"target_modules": QV}, 1680, 29072, 27392),
    ("llama", {"target_modules": QV, "use_dora": True, "use_rslora": True}, 1824, 29216, 27392),
    ("llama", {"target_modules": "all-linear"}, 6960, 34352, 27392),
    (
        "llama",
        {"target_modules": QV, "rank_pattern": {"q_proj": 3, "layers.1.self_attn.v_proj": 7}},
        1392,
        28784,
        27392,
    ),
    ("llama", {"target_modules": QV, "layers_to_transform": [0, 2]}, 1120, 28512, 27392),
    ("llama", {"target_modules": QV, "layers_to_transform": 1, "layers_pattern": "layers"}, 560, 27952, 27392),
    ("llama", {"target_modules": ".*\\.(q_proj|up_proj)"}, 2160, 29552, 27392),
    ("llama", {"target_modules": QV, "exclude_modules": ["layers.1.self_attn.q_proj"]}, 1360, 28752, 27392),
    ("llama", {"target_modules": QV, "modules_to_save": ["embed_tokens", "lm_head"]}, 5520, 32912, 27392),
    ("tied", {"target_modules": QV, "modules_to_save": ["embed_tokens", "lm_head"]}, 5520, 30704, 27104),
    ("tied", {"target_modules": QV, "modules_to_save": ["lm_head"]}, 3600, 28784, 27104),
    ("llama", {"target_modules": [*QV, "embed_tokens"]}, 2140, 29532, 27392),
    ("llama", {"target_modules": [*QV, "embed_tokens"], "use_dora": True}, 2316, 29708, 27392),
    ("llama", {"target_modules": QV, "lora_bias": True}, 1824, 29216, 27392),
    ("llama", {"target_modules": QV, "bias": "all", "modules_to_save": ["norm"]}, 2192, 29296, 27392),
    ("bert", {"target_modules": ["query", "value"], "task_type": "SEQ_CLS"}, 1986, 44052, 42066),
    ("bert", {"target_modules": "all-linear", "task_type": "SEQ_CLS"}, 6626, 48692, 42066),
    ("t5", {"target_modules": ["q", "v"]}, 3840, 47360, 43520),
    ("t5", {"target_modules": "all-linear"}, 11520, 55040, 43520),
    ("tied", {"target_modules": QV, "trainable_token_indices": [1, 2, 3]}, 1776, 26960, 25184),
    ("tied", {"target_modules": ["lm_head", "q_proj"]}, 1420, 26604, 25184),
    ("tied", {"target_modules": ["embed_tokens", "q_proj"]}, 1420, 26604, 25184),
]


def base(name):
    return spec_of(parse(json.dumps(BASES[name]), name), name)


def peft(**keys):
    return of_document({"peft_type": "LORA", "r": 5, **keys}, "adapter_config.json")


@pytest.mark.parametrize(("name", "keys", "trained", "every", "merged"), PRINTED, ids=range(len(PRINTED)))
def test_what_is_trained_is_what_peft_prints(name, keys, trained, every, merged):
    found = adapted(base(name), peft(**keys))
    assert (found.total, found.base + found.beside, found.merged) == (trained, every, merged)


def test_llama_8b_is_as_published(run):
    # print_trainable_parameters of Llama 3.1 8B, r = 16 on all seven maps: 41,943,040 of 8,072,204,288.
    targets = "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"
    said = json.loads(run("llama-3.1-8b", "--lora", f"r=16,targets={targets}", "--json").stdout)
    assert (said["trained"], said["with_adapter"], said["merged"]) == (41_943_040, 8_072_204_288, 8_030_261_248)


MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(MAPS), min_size=1, unique=True), st.integers(1, 9), st.integers(1, 4), st.booleans())
def test_maps_given_by_hand_to_transformers_class_are_as_many(targets, r, layers, dora):
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    document = BASES["llama"] | {"num_hidden_layers": layers}
    settings_ = {key: value for key, value in document.items() if key not in ("model_type", "architectures")}
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**settings_))
    model.requires_grad_(False)
    for name, module in list(model.named_modules()):
        if name.rpartition(".")[2] in targets:
            module.lora_A = torch.nn.Linear(module.in_features, r, bias=False)
            module.lora_B = torch.nn.Linear(r, module.out_features, bias=False)
            if dora:
                module.magnitude = torch.nn.Parameter(torch.ones(module.out_features))
    trained = sum(one.numel() for one in model.parameters() if one.requires_grad)
    found = adapted(spec_of(parse(json.dumps(document), "x"), "x"), peft(target_modules=targets, r=r, use_dora=dora))
    assert found.total == trained
    assert found.base + found.beside == sum(one.numel() for one in model.parameters())


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("llama", {"target_modules": ["c_attn"]}, "valid: down_proj, embed_tokens"),
        ("llama", {"target_modules": ["q_proj", "c_attn"]}, "lora target c_attn"),
        ("llama", {"target_modules": ["self_attn"]}, "not a linear map or table"),
        ("llama", {"target_modules": ["norm"]}, "not a linear map or table"),
        ("llama", {"target_modules": QV, "modules_to_save": ["wte"]}, "unknown module wte"),
        ("llama", {"target_modules": QV, "task_type": "SEQ_CLS"}, "has no classifier or score"),
        ("llama", {"target_modules": QV, "use_qalora": True}, "use_qalora"),
        ("llama", {"target_modules": QV, "target_parameters": ["experts"]}, "target_parameters"),
        ("llama", {"target_modules": QV, "layer_replication": [[0, 2]]}, "layer_replication"),
        ("llama", {"target_modules": QV, "bias": "some"}, "bias = some"),
        ("llama", {"target_modules": QV, "r": 0}, "r = 0"),
        ("llama", {"target_modules": QV, "peft_type": "IA3"}, "peft_type = IA3"),
        ("llama", {}, "target_modules is missing"),
        ("llama", {"target_modules": "(a*)*b"}, "may be slow to match"),
        ("llama", {"target_modules": "(a"}, "not a regular expression"),
    ],
)
def test_what_is_not_known_is_refused_by_name(name, keys, said):
    with pytest.raises(InputError) as error:
        adapted(base(name), peft(**keys))
    assert said in str(error.value)


def adapter_in(folder, **more):
    """The folder of an adapter as peft saves it: rank 2 on q_proj of the llama."""
    shapes = {}
    for layer in range(3):
        own = f"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_"
        shapes |= {f"{own}A.weight": (2, 32), f"{own}B.weight": (32, 2)}
    write_header(folder / "adapter_model.safetensors", entries(shapes | more))
    keys = {"peft_type": "LORA", "r": 2, "target_modules": ["q_proj"], "base_model_name_or_path": "someone/llama"}
    (folder / "adapter_config.json").write_text(json.dumps(keys))
    (folder / "base.json").write_text(json.dumps(BASES["llama"]))


def test_an_adapter_is_counted_with_its_base_and_held_against_its_weights(tmp_path, run):
    adapter_in(tmp_path)
    alone = run(str(tmp_path))
    assert "--base someone/llama" in alone.stdout
    ran = run(str(tmp_path), "--base", str(tmp_path / "base.json"))
    assert ran.exit_code == 0
    assert "384 parameters, as many as are trained" in ran.stdout
    assert "384 of 27,776 parameters, 1.382 %" in ran.stdout
    (tmp_path / "config.json").write_text(json.dumps(BASES["llama"]))
    assert "384 of 27,776" in run(str(tmp_path)).stdout
    adapter_in(tmp_path, more=(7,))
    ran = run(str(tmp_path), "--base", str(tmp_path / "base.json"))
    assert ran.exit_code == 1
    assert "7 more than are trained" in ran.stdout


def test_questions_that_make_no_sense_are_refused(tmp_path, run):
    for arguments, said in (
        (["gpt2-small", "--base", "gpt2-xl"], "has no adapter_config.json"),
        (["gpt2-small", "gpt2-xl", "--lora", "r=1,targets=c_attn"], "takes one MODEL"),
        (["gpt2-small", "--lora", "r=1"], "not a rank and targets"),
        (["gpt2-small", "--lora", "r=1,targets=q_proj"], "valid: c_attn"),
    ):
        ran = run(*arguments)
        assert ran.exit_code == 2
        assert said in ran.stderr
