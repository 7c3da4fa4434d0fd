"""Keys that a type's class ignores: refused if they say a different model, named if they are unknown."""

import importlib.util
import json
import random

import pytest

from paramcount.catalog.from_config import spec_of
from paramcount.config import parse
from paramcount.config.meaning import meanings
from paramcount.config.types import known, types
from paramcount.errors import InputError
from paramcount.models.registry import accepted

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 128256,
}
SHARED = {**LLAMA, "num_key_value_heads": 8}
GPT2, BERT = {"model_type": "gpt2"}, {"model_type": "bert", "architectures": ["BertModel"]}
CODE = {"AutoConfig": "configuration.Config", "AutoModel": "modeling.Model"}
needs_transformers = pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="needs transformers")


def spec(document):
    return spec_of(parse(json.dumps(document), "config"), "config")


def total(document):
    return spec(document).model().total()


def unread(document):
    return [note for note in spec(document).notes if note.startswith("Not read by")]


REFUSED = [
    (LLAMA, {"n_kv_heads": 8}, "n_kv_heads = 8 is not a key of llama; the type reads num_key_value_heads"),
    (SHARED, {"n_kv_heads": 4}, "the type reads num_key_value_heads = 8"),
    (LLAMA, {"kv_head_num": 8}, "num_key_value_heads"),
    (LLAMA, {"num_query_groups": 8}, "num_key_value_heads"),
    (LLAMA, {"multi_query_group_num": 2}, "num_key_value_heads"),
    (LLAMA, {"layer_num": 40}, "layer_num = 40 is not a key of llama; the type reads num_hidden_layers = 32"),
    (LLAMA, {"layers_num": 40}, "num_hidden_layers = 32"),
    (LLAMA, {"numLayers": 40}, "num_hidden_layers = 32"),
    (LLAMA, {"num_hiden_layers": 40}, "num_hidden_layers = 32"),
    (LLAMA, {"head_num": 40}, "num_attention_heads = 32"),
    (LLAMA, {"heads_num": 40}, "num_attention_heads = 32"),
    (LLAMA, {"ffn_hidden_size": 11008}, "intermediate_size = 14336"),
    (LLAMA, {"mlp_dim": 11008}, "intermediate_size = 14336"),
    (LLAMA, {"head_size": 64}, "hidden_size / num_attention_heads = 128"),
    (LLAMA, {"kv_channels": 64}, "hidden_size / num_attention_heads = 128"),
    (LLAMA, {"n_embd": 2048}, "hidden_size = 4096"),
    (LLAMA, {"draft_vocab_size": 32000}, "draft_vocab_size = 32000 is not a key of llama; the type reads vocab_size"),
    (LLAMA, {"padded_vocab_size": 128512}, "vocab_size = 128256"),
    (LLAMA, {"num_local_experts": 8}, "num_local_experts = 8 is not a key of llama; the type has no experts"),
    (LLAMA, {"num_experts": [64, 64]}, "the type has no experts"),
    (LLAMA, {"kv_lora_rank": 512}, "the type has no compressed keys and values"),
    (LLAMA, {"bias": True}, "bias = true is not a key of llama; the type reads attention_bias, mlp_bias"),
    (LLAMA, {"qkv_bias": True}, "attention_bias"),
    (LLAMA, {"use_qk_norm": True}, "the type has none"),
    (SHARED, {"tie_embeddings": True}, "tie_word_embeddings"),
    (LLAMA, {"position_embedding_type": "relative_key"}, "tables of relative positions are not counted"),
    (GPT2, {"block_size": 256}, "block_size = 256 is not a key of gpt2; the type reads n_positions = 1024"),
    (GPT2, {"context_length": 256}, "n_positions = 1024"),
    (GPT2, {"bias": False}, "bias = false is not a key of gpt2; the type has them"),
    (GPT2, {"no_bias": True}, "the type has them"),
    (GPT2, {"ffn_hidden_size": 1024}, "n_inner"),
    (GPT2, {"multi_query": True}, "n_head = 12"),
    (GPT2, {"n_kv_heads": 4}, "n_head = 12 for keys and values too"),
    (GPT2, {"alibi": True}, "the type has a position table"),
    (BERT, {"pruned_heads": {"0": [0, 1, 2], "5": [7]}}, "pruned heads would be counted"),
    (BERT, {"position_embedding_type": "relative_key_query"}, "position_embedding_type = relative_key_query"),
    (BERT, {"position_embedding_type": "alibi"}, "the type has a position table, the type reads max_position"),
    (LLAMA, {"num_kv_groups": 5}, "num_key_value_heads"),
    ({"model_type": "llama"}, {"ffn_dim_multiplier": 1.3}, "the type reads intermediate_size"),
    (GPT2, {"mlp_ratio": 3}, "the type reads n_inner"),
    ({"model_type": "mixtral"}, {"moe_num_experts": 16}, "num_local_experts = 8"),
    ({"model_type": "qwen3"}, {"use_qk_norm": False}, "the type has them"),
    (
        {"model_type": "qwen2_vl", "hidden_size": 8192, "vocab_size": 152064},
        {"layer_num": 28},
        "num_hidden_layers",
    ),
    ({"model_type": "llama"}, {"dim": 5120}, "hidden_size"),
    ({"model_type": "t5"}, {"feedforward_size": 65536}, "d_ff = 2048"),
    ({"model_type": "bart"}, {"n_layers": 7}, "encoder_layers = 12 and decoder_layers = 12"),
]


@pytest.mark.parametrize(("document", "more", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_key_that_would_change_the_count_if_it_were_known_is_refused_with_the_key_that_is_read(document, more, said):
    with pytest.raises(InputError) as refused:
        spec({**document, **more})
    assert all(key in str(refused.value) for key in more)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("document", "more"),
    [
        (GPT2, {"bias": True, "block_size": 1024, "n_ctx": 1024, "n_layers": 12, "ffn_hidden_size": 3072}),
        (
            GPT2,
            {
                "n_kv_heads": 12,
                "head_dim": 64,
                "num_kv_heads": 0,
                "multi_query": False,
                "qkv_bias": True,
                "mlp_ratio": 4.0,
            },
        ),
        (BERT, {"pruned_heads": {}, "position_embedding_type": "absolute", "emb_size": 768, "dim": 768}),
        (SHARED, {"n_kv_heads": 8, "layers_num": 32, "n_heads": 32, "head_size": 128, "n_vocab": 128256}),
        (SHARED, {"num_local_experts": 0, "num_experts": 1, "q_lora_rank": None, "bias": False, "use_qk_norm": False}),
        (SHARED, {"tie_embeddings": False, "d_head": 128, "hidden_dim": 4096, "num_key_value_groups": 4}),
        (SHARED, {"hidden_dim": 14336, "position_embedding_type": "rope", "n_positions": 8192}),
        ({"model_type": "qwen3"}, {"use_qk_norm": True, "add_bias_linear": False}),
        ({"model_type": "roberta", "max_position_embeddings": 514}, {"n_positions": 512}),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_key_that_says_what_is_counted_passes_in_silence(document, more):
    assert total({**document, **more}) == total(document)
    assert unread({**document, **more}) == []


def test_an_unknown_number_or_switch_is_named_and_a_known_harmless_key_is_not():
    harmless = {"top_k": 50, "num_beams": 4, "gradient_checkpointing": False, "_private": 3, "scale_embedding": True}
    unknown = {"frobnication": 3, "use_frobs": True, "note": "words", "extra": None}
    assert unread({**LLAMA, **harmless, **unknown}) == [
        "Not read by LlamaForCausalLM: frobnication = 3, use_frobs = true."
    ]


# The files of other programs with the type that a refusal asks for: SimuMax, UER's, nanoGPT's, minGPT's, Megatron's
# arguments, litgpt's, Meta's, and Raschka's from his book; nanoGPT's own total is that of its code.
@pytest.mark.parametrize(
    ("model_type", "document", "total_of_the_program"),
    [
        ("llama", {"hidden_size": 5120, "head_num": 40, "intermediate_size": 13824, "layer_num": 40}, None),
        ("qwen3", {"hidden_size": 5120, "head_num": 64, "kv_head_num": 8, "head_size": 128, "layer_num": 64}, None),
        ("t5", {"emb_size": 1024, "feedforward_size": 65536, "heads_num": 128, "layers_num": 24}, None),
        ("bert", {"emb_size": 1024, "feedforward_size": 4096, "heads_num": 16, "layers_num": 24}, None),
        (
            "gpt2",
            {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256, "bias": False, "vocab_size": 65},
            10745088,
        ),
        ("gpt2", {"n_layer": 3, "n_head": 3, "n_embd": 48, "block_size": 128, "vocab_size": 10}, None),
        ("llama", {"hidden_size": 4096, "ffn_hidden_size": 11008, "num_layers": 40, "num_query_groups": 8}, None),
        ("llama", {"n_layer": 22, "n_head": 32, "n_embd": 2048, "n_query_groups": 4, "padded_vocab_size": 32000}, None),
        ("llama", {"dim": 5120, "n_layers": 40, "n_heads": 40, "multiple_of": 256, "norm_eps": 1e-5}, None),
        ("gpt2", {"context_length": 256, "emb_dim": 768, "n_heads": 12, "n_layers": 12, "qkv_bias": False}, None),
    ],
)
def test_a_type_that_is_added_to_another_programs_file_gives_no_wrong_count(model_type, document, total_of_the_program):
    added = {"model_type": model_type, **document}
    if total_of_the_program is None:
        with pytest.raises(InputError):
            spec(added)
    else:
        assert total(added) == total_of_the_program


# As on the hub: openai-community/gpt2, bert-base-multilingual-cased, facebook/bart-large, albert-base-v2,
# state-spaces/mamba-130m-hf, distilbert-base-uncased, a Qwen3-30B-A3B, huawei-noah's TinyBERT.
@pytest.mark.parametrize(
    "document",
    [
        {**GPT2, "n_ctx": 1024, "output_past": True, "task_specific_params": {"text-generation": {"max_length": 50}}},
        {**BERT, "directionality": "bidi", "pooler_fc_size": 768, "pooler_num_attention_heads": 12, "pooler_type": "a"}
        | {"pooler_num_fc_layers": 3, "pooler_size_per_head": 128, "gradient_checkpointing": False},
        {"model_type": "bart", "add_bias_logits": False, "add_final_layer_norm": False, "classif_dropout": 0.1}
        | {"num_hidden_layers": 12, "normalize_before": False, "normalize_embedding": True, "early_stopping": True}
        | {"static_position_embeddings": False, "extra_pos_embeddings": 2, "no_repeat_ngram_size": 3},
        {"model_type": "albert", "down_scale_factor": 1, "gap_size": 0, "net_structure_type": 0}
        | {"num_memory_blocks": 0, "layers_to_keep": []},
        {"model_type": "mamba", "d_inner": 1536, "d_model": 768, "n_layer": 24, "num_hidden_layers": 24}
        | {"fused_add_norm": True, "rms_norm": True, "ssm_cfg": {}, "pad_vocab_size_multiple": 8}
        | {
            "intermediate_size": 1536,
            "residual_in_fp32": True,
            "time_step_rank": 48,
            "rescale_prenorm_residual": False,
        },
        {"model_type": "distilbert", "tie_weights_": True, "sinusoidal_pos_embds": False, "output_past": True},
        {"model_type": "qwen3_moe", "num_experts": 128, "num_local_experts": 128, "max_window_layers": 48},
        {**BERT, "hidden_size": 312, "emb_size": 312, "num_attention_heads": 12, "cell": {}, "structure": []},
    ],
    ids=lambda document: document["model_type"],
)
def test_what_the_hubs_configs_have_beside_passes_in_silence(document):
    assert unread(document) == []


def test_code_of_its_own_is_said_in_the_first_line(run, tmp_path):
    path = tmp_path / "config.json"

    def first(document):
        path.write_text(json.dumps(document))
        return run(str(path)).stdout.splitlines()[0]

    mosaic = {"model_type": "bert", "architectures": ["BertForMaskedLM"], "alibi_starting_size": 512, "auto_map": CODE}
    assert "BertForMaskedLM does not read alibi_starting_size = 512" in first(mosaic)
    experts = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "auto_map": CODE}
    assert first(experts).endswith("as transformers' Qwen2ForCausalLM; its own code (auto_map) is not read")
    assert first({**experts, "auto_map": {}}).endswith("(qwen2, Qwen2ForCausalLM)")


def test_code_of_its_own_is_marked_in_every_output(run, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "auto_map": CODE}))
    mark = "mine, own code not read"
    for verb in ("show", "formula", "flops", "cache", "memory"):
        assert run(verb, str(path)).stdout.startswith(mark), verb
    for given in (["compare", str(path), "gpt2-small"], [str(path), "gpt2-small"]):
        assert mark in run(*given).stdout.splitlines()[0]
    for given in ([str(path)], ["flops", str(path)], ["formula", str(path)], ["compare", str(path), "gpt2-small"]):
        assert mark in run(*given, "--json").stdout
    known = {"model_type": "internlm2", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
    known |= {"num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 50, "bias": False, "auto_map": CODE}
    path.write_text(json.dumps(known))
    assert run(str(path)).stdout.startswith("mine (llama, ")  # a type that is described here, whose code is known


def test_a_width_under_a_word_of_many_meanings_is_named_where_the_types_own_is_given():
    assert unread({**LLAMA, "dim": 128}) == ["Not read by LlamaForCausalLM: dim = 128."]
    assert total({**LLAMA, "dim": 128}) == total(LLAMA)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("kvHeadNum", "n_kv_heads"),
        ("num_transformer_layers", "n_layers"),
        ("n_query_groups", "n_kv_heads"),
        ("size_per_head", "d_head"),
        ("moe-ffn-hidden-size", "d_expert"),
        ("feedforward_size", "d_ff"),
        ("expert_num", "n_experts"),
        ("vocabulary_size", "n_vocab"),
    ],
)
def test_a_key_means_what_its_words_say_in_any_order(key, meant):
    assert meanings(key)[0] == meant


@pytest.mark.parametrize("key", ["top_k", "num_labels", "num_beams", "audio_vocab_size", "lm_head_size", "num_blocks"])
def test_a_key_that_has_the_words_of_a_size_and_is_none_means_nothing(key):
    assert meanings(key) == ()


@needs_transformers
@pytest.mark.parametrize(
    "model_type",
    [
        pytest.param(one, marks=[] if at % 12 == 0 else pytest.mark.slow)
        for at, one in enumerate(accepted())
        if one != "dots3_note_text"  # what transformers saves of it is a config of layers that is not counted
    ],
)
def test_a_config_as_transformers_saves_it_counts_as_its_defaults_do(model_type):
    from transformers import AutoConfig

    saved = json.loads(json.dumps(AutoConfig.for_model(model_type).to_dict(), default=str))
    try:
        counted = total({"model_type": model_type})
    except InputError:
        return  # the type's defaults don't describe a model
    assert total(saved) == counted
    assert unread(saved) == []


def foreign_keys():
    """The keys of every type, with their values in other types."""
    pool = {}
    for one in types():
        for key, value in known(one)["defaults"].items():
            if value is not None and key not in ("tie_word_embeddings", "text_config"):
                pool.setdefault(key, []).append(value)
    return pool


@needs_transformers
@pytest.mark.parametrize("number", [30, pytest.param(600, marks=pytest.mark.slow)])
def test_keys_of_other_types_change_no_count_but_what_transformers_class_backs(number):
    from paramcount.classes import of_transformers

    pool, chosen = foreign_keys(), random.Random(13)
    counted = 0
    for _ in range(number):
        model_type = chosen.choice(accepted())
        keys = [key for key in chosen.sample(sorted(pool), 3) if key not in known(model_type)["defaults"]]
        document = {"model_type": model_type, **{key: chosen.choice(pool[key]) for key in keys}}
        try:
            found = spec(document)
            before = total({"model_type": model_type})
        except InputError:
            continue
        counted += 1
        if found.model().total() != before or counted % 5 == 0:
            family = found.family
            assert of_transformers.differences(family.model, of_transformers.build(family.config)) == [], document
    assert counted > number / 2


@needs_transformers
@pytest.mark.slow
def test_the_harmless_keys_are_those_that_the_script_finds(tmp_path):
    from pathlib import Path

    script = Path(__file__).resolve().parent.parent / "scripts" / "harmless_keys.py"
    found = importlib.util.spec_from_file_location("harmless_keys", script)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    before = module.OUT.read_text()
    module.OUT = tmp_path / "harmless.txt"
    module.main()
    assert module.OUT.read_text() == before
