"""Files of other programs and older files are counted as what they are, or refused by name."""

import contextlib
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount import load
from paramcount.config.foreign import programs_of
from paramcount.errors import InputError

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

META_8B = {"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "vocab_size": 128256, "multiple_of": 1024}
META_8B |= {"ffn_dim_multiplier": 1.3, "norm_eps": 1e-05, "rope_theta": 500000.0, "use_scaled_rope": True}
META_70B = {"dim": 8192, "n_layers": 80, "n_heads": 64, "n_kv_heads": 8, "vocab_size": 32000, "multiple_of": 4096}
META_70B |= {"ffn_dim_multiplier": 1.3, "norm_eps": 1e-05}
MISTRAL = {"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32, "n_kv_heads": 8}
MISTRAL |= {"norm_eps": 1e-05, "vocab_size": 32000, "sliding_window": 4096}
MIXTRAL = {**MISTRAL, "moe": {"num_experts_per_tok": 2, "num_experts": 8}}
DEEPSEEK = {"vocab_size": 129280, "dim": 7168, "inter_dim": 18432, "moe_inter_dim": 2048, "n_layers": 61}
DEEPSEEK |= {"n_dense_layers": 3, "n_heads": 128, "n_routed_experts": 256, "n_shared_experts": 1, "dtype": "fp8"}
DEEPSEEK |= {"n_activated_experts": 8, "n_expert_groups": 8, "n_limited_groups": 4, "route_scale": 2.5}
DEEPSEEK |= {"score_func": "sigmoid", "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128}
DEEPSEEK |= {"qk_rope_head_dim": 64, "v_head_dim": 128}
DEEPSEEK_16B = {**DEEPSEEK, "vocab_size": 102400, "dim": 2048, "inter_dim": 10944, "moe_inter_dim": 1408}
DEEPSEEK_16B |= {"n_layers": 27, "n_dense_layers": 1, "n_heads": 16, "n_routed_experts": 64, "n_shared_experts": 2}
DEEPSEEK_16B |= {"n_activated_experts": 6, "q_lora_rank": 0, "score_func": "softmax", "mscale": 0.707}
HPARAMS = {"n_vocab": 50257, "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12}
NANO = {"n_layer": 12, "n_head": 12, "n_embd": 768, "block_size": 1024, "bias": False, "vocab_size": 50257}
CHARACTERS = {**NANO, "n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256, "vocab_size": 65}
STORIES = {"dim": 288, "n_layers": 6, "n_heads": 6, "n_kv_heads": 6, "vocab_size": 32000, "multiple_of": 32}
STORIES |= {"max_seq_len": 256, "dropout": 0.0}
BERT = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
BERT |= {"max_position_embeddings": 512, "type_vocab_size": 2, "vocab_size": 30522, "hidden_act": "gelu"}
ALBERT = {**BERT, "vocab_size": 30000, "embedding_size": 128, "num_hidden_groups": 1, "inner_group_num": 1}
UNILM = {**BERT, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
UNILM |= {"type_vocab_size": 6, "vocab_size": 28996, "label_smoothing": 0.0}
GPT2 = {"n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "n_ctx": 1024, "vocab_size": 50257}
GPT2 |= {"summary_type": "cls_index", "num_labels": 1, "torchscript": False, "pruned_heads": {}}
GPTJ = {"layers": 28, "d_model": 4096, "n_heads": 16, "n_vocab": 50400, "norm": "layernorm", "pe": "rotary"}
GPTJ |= {"pe_rotary_dims": 64, "seq": 2048, "cores_per_replica": 8, "total_steps": 350000, "val_set": {"pile": "x"}}
SIMU = {"hidden_size": 5120, "head_num": 40, "kv_head_num": 40, "head_size": 128, "intermediate_size": 13824}
SIMU |= {"layer_num": 40, "vocab_size": 32000, "use_swiglu": True}
SIMU_QWEN = {"model_name": "qwen3-32b", "model_type": "dense", "hidden_size": 5120, "head_num": 64, "kv_head_num": 8}
SIMU_QWEN |= {"head_size": 128, "intermediate_size": 25600, "layer_num": 64, "vocab_size": 151936, "use_swiglu": True}
UER_T5 = {"emb_size": 1024, "feedforward_size": 65536, "hidden_size": 1024, "hidden_act": "relu", "heads_num": 128}
UER_T5 |= {"attention_head_size": 128, "layers_num": 24, "decoder_layers_num": 24, "data_processor": "t5"}
UER_T5 |= {"embedding": ["word"], "tgt_embedding": ["word"], "encoder": "transformer", "decoder": "transformer"}
UER_T5 |= {"relative_position_embedding": True, "remove_embedding_layernorm": True, "share_embedding": True}
UER_T5 |= {"mask": "fully_visible", "layernorm_positioning": "pre", "remove_attention_scale": True, "layernorm": "t5"}
UER_T5 |= {"remove_transformer_bias": True, "target": ["lm"], "tie_weights": True, "vocab_size": 32128}
UER_GPT2 = {"emb_size": 768, "feedforward_size": 3072, "hidden_size": 768, "hidden_act": "gelu_fast", "heads_num": 12}
UER_GPT2 |= {"layers_num": 12, "max_seq_length": 1024, "embedding": ["word", "pos"], "encoder": "transformer"}
UER_GPT2 |= {"remove_embedding_layernorm": True, "mask": "causal", "layernorm_positioning": "pre", "target": ["lm"]}
UER_GPT2 |= {"tie_weights": True, "vocab_size": 21128}
QWEN = {"model_type": "qwen", "architectures": ["QWenLMHeadModel"], "hidden_size": 4096, "intermediate_size": 22016}
QWEN |= {"num_hidden_layers": 32, "num_attention_heads": 32, "kv_channels": 128, "vocab_size": 151936, "no_bias": True}
QWEN |= {"auto_map": {"AutoConfig": "configuration_qwen.QWenConfig"}, "seq_length": 8192, "use_logn_attn": True}
CHATGLM = {"model_type": "chatglm", "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 28}
CHATGLM |= {"num_attention_heads": 32, "kv_channels": 128, "multi_query_attention": True, "multi_query_group_num": 2}
CHATGLM |= {"padded_vocab_size": 65024, "add_qkv_bias": True, "add_bias_linear": False, "rmsnorm": True}
CHATGLM |= {"post_layer_norm": True, "seq_length": 32768}
INTERNLM2 = {"model_type": "internlm2", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32}
INTERNLM2 |= {"num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 92544, "bias": False}
BAICHUAN = {"model_type": "baichuan", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32}
BAICHUAN |= {"num_attention_heads": 32, "vocab_size": 64000}
OLMO = {"model_type": "hf_olmo", "d_model": 4096, "n_heads": 32, "n_layers": 32, "mlp_hidden_size": 22016}
OLMO |= {"include_bias": False, "layer_norm_type": "default", "layer_norm_with_affine": False, "rope": True}
OLMO |= {"attention_layer_norm": False, "weight_tying": False, "vocab_size": 50280, "embedding_size": 50304}
OLMO_1B = {**OLMO, "d_model": 2048, "n_heads": 16, "n_layers": 16, "mlp_ratio": 8, "weight_tying": True}
OLMO_1B = {key: value for key, value in OLMO_1B.items() if key not in ("model_type", "mlp_hidden_size")}
NEOX = {"num_layers": 6, "hidden_size": 512, "num_attention_heads": 8, "max_position_embeddings": 2048}
NEOX |= {"pos_emb": "rotary", "no_weight_tying": True, "gpt_j_residual": True, "model_parallel_size": 1}
NEOX |= {"tokenizer_type": "HFTokenizer", "optimizer": {"type": "Adam"}}
NEOX_12B = {"num-layers": 36, "hidden-size": 5120, "num-attention-heads": 40, "pos-emb": "rotary"}
NEOX_12B |= {"no-weight-tying": True, "model-parallel-size": 4, "tokenizer_type": "HFTokenizer"}
MEGATRON = {"num_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "ffn_hidden_size": 11008}
MEGATRON |= {"swiglu": True, "normalization": "RMSNorm", "add_bias_linear": False, "padded_vocab_size": 32000}
MEGATRON |= {"position_embedding_type": "rope", "untie_embeddings_and_output_weights": True}
MEGATRON_GPT2 = {"num_layers": 12, "hidden_size": 768, "num_attention_heads": 12, "max_position_embeddings": 1024}
MEGATRON_GPT2 |= {"micro_batch_size": 4, "padded_vocab_size": 50257}
MPT = {"model": {"name": "mpt_causal_lm", "d_model": 4096, "n_heads": 32, "n_layers": 32, "vocab_size": 50432}}
MPT["model"] |= {"no_bias": True, "attn_config": {"alibi": True, "attn_impl": "triton"}}
NANOTRON = {"model": {"model_config": {"is_llama_config": True, "hidden_size": 2048, "intermediate_size": 8192}}}
NANOTRON["model"]["model_config"] |= {"num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8}
NANOTRON["model"]["model_config"] |= {"vocab_size": 128256, "tie_word_embeddings": True}
LINGUA = {"model": {"dim": 4096, "n_layers": 32, "n_heads": 32, "vocab_size": 32000, "ffn_dim_multiplier": 1.0}}
NEOX_LLAMA = {"num_layers": 32, "hidden_size": 4096, "intermediate_size": 32768, "num_attention_heads": 32}
NEOX_LLAMA |= {"pos_emb": "rotary", "no_weight_tying": True, "norm": "rmsnorm", "activation": "swiglu"}
NEOX_LLAMA |= {"use_bias_in_norms": False, "use_bias_in_attn_linear": False, "use_bias_in_mlp": False}
NEOX_LLAMA |= {"mlp_multiple_of": 256, "make_vocab_size_divisible_by": 1, "vocab_size": 32000}
NEOX_70B = {"num_layers": 80, "hidden_size": 8192, "intermediate_size": 86016, "num_attention_heads": 64}
NEOX_70B |= {"num_kv_heads": 8, "attention_config": [[["flash"], 80]]}
UER_LLAMA = {"emb_size": 8192, "feedforward_size": 28672, "hidden_size": 8192, "hidden_act": "silu", "heads_num": 64}
UER_LLAMA |= {"local_kv_heads_num": 8, "layers_num": 80, "data_processor": "lm", "max_seq_length": 2048}
UER_LLAMA |= {"embedding": ["word"], "remove_transformer_bias": True, "remove_embedding_layernorm": True}
UER_LLAMA |= {"rotary_position_embedding": True, "encoder": "transformer", "feed_forward": "gated", "mask": "causal"}
UER_LLAMA |= {"layernorm_positioning": "pre", "layernorm": "rms", "target": ["lm"], "vocab_size": 32000}
UER_BERT = {"emb_size": 768, "feedforward_size": 3072, "hidden_size": 768, "heads_num": 12, "layers_num": 12}
UER_BERT |= {"max_seq_length": 512, "embedding": ["word", "pos", "seg"], "encoder": "transformer", "tie_weights": True}
UER_BERT |= {"mask": "fully_visible", "target": ["mlm", "sp"], "hidden_act": "gelu", "vocab_size": 30522}
BERT_PRETRAINING = 109_482_240 + 768 * 768 + 3 * 768 + 30522 + 2 * 768 + 2  # the body and both heads
SIMU_MIXTRAL = {"model_type": "moe", "model_name": "mixtral_8x7b", "hidden_size": 4096, "head_num": 32}
SIMU_MIXTRAL |= {"kv_head_num": 8, "head_size": 128, "intermediate_size": 14336, "layer_num": 32, "expert_num": 8}
SIMU_MIXTRAL |= {"topk": 2, "vocab_size": 32000, "use_swiglu": True}
OLMO_LLAMA = {"d_model": 4096, "n_heads": 32, "n_layers": 32, "mlp_hidden_size": 22016, "include_bias": False}
OLMO_LLAMA |= {"layer_norm_type": "rms", "layer_norm_with_affine": True, "attention_layer_norm": False, "rope": True}
OLMO_LLAMA |= {"attention_layer_norm_with_affine": False, "weight_tying": False, "vocab_size": 32000}
INNER = {**NANOTRON["model"]["model_config"], "is_qwen2_config": True, "attention_bias": False}
NANOTRON_QWEN = {"model": {"model_config": {key: INNER[key] for key in INNER if key != "is_llama_config"}}}
INNER = {"is_qwen2_config": True, "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24}
INNER |= {"num_attention_heads": 14, "num_key_value_heads": 2, "attention_bias": True, "vocab_size": 151936}
NANOTRON_05B = {"model": {"model_config": {**INNER, "tie_word_embeddings": True}}}
T5_XXL = {"model_type": "t5", "architectures": ["T5EncoderModel"], "d_ff": 10240, "d_kv": 64, "d_model": 4096}
T5_XXL |= {"num_heads": 64, "num_layers": 24, "vocab_size": 32128, "is_gated_act": True, "tie_word_embeddings": False}

# Released totals: of the checkpoints if there are any, otherwise of the papers' formulas by hand.
RELEASED = {
    "Llama 3.1 8B, params.json": (META_8B, 8_030_261_248),
    "Llama 2 70B, params.json": (META_70B, 68_976_648_192),
    "Mistral 7B, params.json": (MISTRAL, 7_241_732_096),
    "Mixtral 8x7B, params.json": (MIXTRAL, 46_702_792_704),
    "DeepSeek-V3, inference": (DEEPSEEK, 671_026_404_352),
    "DeepSeek-V2-Lite, inference": (DEEPSEEK_16B, 15_706_484_224),
    "GPT-2, hparams.json": (HPARAMS, 124_439_808),
    "nanoGPT": ({**NANO, "bias": True}, 124_439_808),
    "nanoGPT without biases": ({**NANO, "vocab_size": 50304}, 123_587_328 + 1024 * 768),
    "nanoGPT's characters": (
        {**NANO, "n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256, "vocab_size": 65},
        10_745_088,
    ),
    "llama2.c, stories15M": (STORIES, 15_191_712),
    "bert_config.json": (BERT, 109_482_240),
    "bert_config.json of KorBERT": ({**BERT, "vocab_size": 30349, "pooler_fc_size": 768}, 109_349_376),
    "ALBERT base": (ALBERT, 11_683_584),
    "ELECTRA base": ({**BERT, "embedding_size": 768}, 108_891_648),
    "UniLM large": (UNILM, 333_614_404),
    "pytorch-transformers GPT-2": (GPT2, 124_439_808),
    "pytorch-transformers, couplets": ({**GPT2, "vocab_size": 21128}, 102_068_736),
    "GPT-J 6B": (GPTJ, 6_050_882_784),
    "SimuMax Llama 2 13B": (SIMU, 13_015_864_320),
    "SimuMax Qwen3 32B": (SIMU_QWEN, 32_762_123_264),
    "SimuMax with a type": ({**SIMU, "model_type": "llama"}, 13_015_864_320),
    "UER T5 11B": (UER_T5, 11_307_321_344),
    "UER GPT-2": (UER_GPT2, 102_068_736),
    "Qwen 7B": (QWEN, 7_721_324_544),
    "ChatGLM3 6B": (CHATGLM, 6_243_584_000),
    "GLM-4 9B": ({**CHATGLM, "num_layers": 40, "num_hidden_layers": 40, "padded_vocab_size": 151552}, 9_399_951_360),
    "InternLM2 7B": (INTERNLM2, 7_737_708_544),
    "Baichuan 7B": (BAICHUAN, 7_000_559_616),
    "Baichuan2 7B": ({**BAICHUAN, "vocab_size": 125696}, 7_505_973_248),
    "OLMo 7B": (OLMO, 6_888_095_744),
    "OLMo 1B": ({"model": OLMO_1B}, 1_176_764_416),
    "Pythia 70M": (NEOX, 70_426_624),
    "Pythia 12B": (NEOX_12B, 11_846_072_320),
    "Megatron Llama 7B": (MEGATRON, 6_738_415_616),
    "Megatron GPT-2": (MEGATRON_GPT2, 124_439_808),
    "NeoX's Llama 7B": (NEOX_LLAMA, 6_738_415_616),
    "NeoX's Llama 2 70B": ({**NEOX_LLAMA, **NEOX_70B}, 68_976_648_192),
    "UER Llama 2 70B": (UER_LLAMA, 68_976_648_192),
    "UER BERT": (UER_BERT, BERT_PRETRAINING + 768),
    "SimuMax Mixtral 8x7B": (SIMU_MIXTRAL, 46_702_792_704),
    "OLMo with Llama's norms": ({"model": OLMO_LLAMA}, 6_738_415_616),
    "nanotron without biases": (NANOTRON_QWEN, 1_235_814_400),
    "nanotron Qwen 2.5 0.5B": (NANOTRON_05B, 494_032_768),
    "MPT 7B": (MPT, 6_649_286_656),
    "nanotron Llama 3.2 1B": (NANOTRON, 1_235_814_400),
    "lingua 7B": (LINGUA, 6_738_415_616),
    "T5 XXL's encoder": (T5_XXL, 4_762_310_656),
}


@pytest.mark.parametrize("kind", RELEASED)
def test_the_file_of_a_released_model_counts_to_its_released_total(kind):
    document, total = RELEASED[kind]
    model = load(document)
    assert model.total() == sum(model.by_component().values()) == total
    assert kind.startswith("T5") or model.notes[0].startswith("Read as ")


@pytest.mark.parametrize("kind", RELEASED)
def test_one_program_alone_knows_a_file(kind):
    document = {key.replace("-", "_"): value for key, value in RELEASED[kind][0].items()}
    assert len(programs_of(document)) == (kind not in ("T5 XXL's encoder",))


@pytest.mark.parametrize("kind", [kind for kind in RELEASED if "T5 XXL" not in kind])
def test_its_formula_is_that_of_any_config(kind):
    spec = load(RELEASED[kind][0]).spec
    assert spec.formula().at(spec.sizes) == spec.model().total()


def saved(tmp_path, document, name="config.json"):
    path = tmp_path / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def total(run, *arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)["total"]


LLAMA_2 = {**META_8B, "n_kv_heads": 32, "vocab_size": -1, "multiple_of": 256, "ffn_dim_multiplier": 1.0}


def test_what_a_file_leaves_open_is_asked_for_and_given_by_set(run, tmp_path):
    path = saved(tmp_path, LLAMA_2)
    done = run(path)
    assert done.exit_code == 2
    assert "--set vocab_size=32000" in done.stderr
    assert total(run, path, "--set", "vocab_size=32000") == total(run, path, "--set", "n_vocab=32000") == 6_738_415_616
    deeper = total(run, path, "--set", "vocab_size=32000", "--set", "n_layers=33")
    assert deeper - 6_738_415_616 == 4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096


def test_a_type_is_given_by_set_wherever_it_is_asked_for(run, tmp_path):
    alike = {**BERT, "type_vocab_size": 1, "max_position_embeddings": 514, "vocab_size": 50265}
    path = saved(tmp_path, alike)
    assert "--set model_type=bert, or roberta" in run(path).stderr
    assert total(run, path, "--set", "model_type=roberta") == load({**alike, "model_type": "roberta"}).total()
    deep, less = (total(run, path, "--set", "model_type=bert", "--set", f"n_layers={n}") for n in (4, 3))
    assert deep - less == 12 * 768**2 + 13 * 768
    bare = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    path = saved(tmp_path, bare)
    assert "--set model_type=llama" in run(path).stderr
    for verb in (("formula",), ("flops",), ("cache",), ()):
        assert run(*verb, path, "--set", "model_type=llama").exit_code == 0
    assert total(run, path, "--set", "model_type=llama") == load({**bare, "model_type": "llama"}).total()


def test_the_class_gives_the_type_where_it_is_called_after_it():
    model = load({"architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "num_hidden_layers": 2})
    assert model.notes[0] == "No model_type: read as llama, by its class LlamaForCausalLM."


REFUSED = [
    ({**META_8B, "moe_args": {"num_experts": 16}}, "moe_args = .* in Meta's params.json"),
    ({**META_8B, "vision_chunk_size": 448}, "vision_chunk_size = 448"),
    ({**MISTRAL, "vision_encoder": {"hidden_size": 1024}}, "vision_encoder"),
    ({**MISTRAL, "q_lora_rank": 1536}, "q_lora_rank"),
    ({**MISTRAL, "n_heads": "32"}, "n_heads = 32 in Mistral's params.json; valid: a whole number"),
    (
        {**MISTRAL, "model_type": "llama"},
        "model_type = llama, which has no key dim; by its keys it is Mistral's params.json",
    ),
    ({**MIXTRAL, "moe": {"num_experts": 8, "num_experts_per_tok": 2, "num_shared": 1}}, "num_shared = 1"),
    ({**UER_T5, "model_type": "llama"}, "model_type = llama in UER's model config; valid: t5"),
    (
        {**UER_T5, "model_type": "opt"},
        "model_type = opt, which has no key layers_num; by its keys it is UER's model config",
    ),
    ({**SIMU, "model_type": "moe"}, "expert_num is missing from SimuMax's model file"),
    ({**SIMU, "model_name": "mystery"}, "model_name = mystery.*--set model_type="),
    ({**SIMU, "expert_num": 8}, "expert_num = 8"),
    ({**GPTJ, "pe": "fixed"}, "pe = fixed"),
    ({**QWEN, "no_bias": False}, "no_bias = false"),
    ({**QWEN, "architectures": ["QWenVL"]}, "architectures"),
    ({**CHATGLM, "ffn_hidden_size": None}, "the first ChatGLM is not supported"),
    ({**CHATGLM, "inner_hidden_size": 16384}, "inner_hidden_size"),
    ({**OLMO, "include_bias": True}, "include_bias = true"),
    ({**OLMO, "alibi": True}, "alibi = true"),
    ({**NEOX, "moe_num_experts": 8}, "moe_num_experts = 8"),
    ({**NEOX, "tokenizer_type": "SPMTokenizer"}, "tokenizer_type = SPMTokenizer"),
    ({**NEOX, "attention_config": [[["gmlp"], "all"]]}, "attention_config = .* valid: layers of bigbird"),
    ({**NEOX, "attention_config": [[["flash", "mamba"], 3]]}, "attention_config = "),
    ({**NEOX_LLAMA, "use_bias_in_mlp": None}, "--set use_bias_in_mlp=false"),
    ({key: NEOX_LLAMA[key] for key in NEOX_LLAMA if key != "vocab_size"}, "--set vocab_size="),
    ({**UER_BERT, "target": ["mlm"]}, "target = "),
    ({**UER_BERT, "emb_size": 128}, "emb_size = 128"),
    ({**SIMU_MIXTRAL, "moe_ffn_hidden_size": 1408}, "moe_ffn_hidden_size = 1408"),
    ({**SIMU_MIXTRAL, "model_name": "deepseek-16b"}, "model_name = deepseek-16b"),
    ({**NEOX, "norm": "rmsnorm"}, "RMSNorm, biases: unsupported"),
    ({**MEGATRON, "num_experts": 8}, "num_experts = 8"),
    ({**MEGATRON, "normalization": "LayerNorm"}, "gated feed-forward, LayerNorm, no biases: unsupported"),
    ({"num_layers": 2, "hidden_size": 8, "num_attention_heads": 2}, "no model_type"),
    ({"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256, "vocab_size": 65}, "nanoGPT's with .* or minGPT's"),
    ({"model": {**MPT["model"], "learned_pos_emb": True, "attn_config": {}}}, "learned_pos_emb = true"),
    ({"model": {**MPT["model"], "no_bias": False}}, "no_bias = false"),
    ({"model": {**LINGUA["model"], "vocab_size": -1}}, "vocab_size = -1 in lingua's training config"),
    ({**BERT, "model_type": "foo"}, "model_type foo is not counted here"),
    ({"peft_type": "LORA", **BERT}, "an adapter's config"),
    ({**T5_XXL, "is_gated_act": "yes"}, "is_gated_act = yes"),
]


@pytest.mark.parametrize(("document", "said"), REFUSED)
def test_what_a_file_says_beyond_what_is_counted_is_refused_by_name(document, said):
    with pytest.raises(InputError, match=said):
        load(document)


def test_what_gptj_was_printed_with_is_explained():
    note = load(GPTJ).notes[1]
    assert note.startswith(f"Its program's own count is {6_053_381_344 - 6_050_882_784:,} larger: each of 8 shards")


ODD = st.sampled_from([None, -1, 0, 1.5, 10**18, 10**400, True, "", "x", [], [[1]], {}, {"a": [1]}, float("inf")])


@given(st.sampled_from(sorted(RELEASED)), st.data())
def test_an_odd_value_is_counted_or_refused(kind, data):
    document = RELEASED[kind][0]
    inner = data.draw(st.sampled_from([document, *(one for one in document.values() if isinstance(one, dict) and one)]))
    key, value = data.draw(st.sampled_from(sorted(inner))), data.draw(ODD)
    odd = {**document, key: value}
    if inner is not document:
        odd = {one: {**inner, key: value} if held is inner else held for one, held in document.items()}
    with contextlib.suppress(InputError):
        assert load(odd).total() > 0


def test_the_library_takes_what_set_takes(tmp_path):
    assert load(LLAMA_2, vocab_size=32000).total() == 6_738_415_616
    assert load(saved(tmp_path, LLAMA_2), vocab_size=32000, n_layers=32).total() == 6_738_415_616
    assert (
        load({"num_hidden_layers": 2}, model_type="llama").total() == load({"model_type": "llama"}, n_layers=2).total()
    )
    assert load(LLAMA_2, vocab_size=32000).name == "llama"


STRICT = ["Llama 3.1 8B, params.json", "Mistral 7B, params.json", "DeepSeek-V3, inference", "GPT-2, hparams.json"]
STRICT += ["llama2.c, stories15M", "nanoGPT", "UER T5 11B", "SimuMax Llama 2 13B", "Qwen 7B", "ChatGLM3 6B"]
STRICT += ["InternLM2 7B", "Baichuan 7B"]


@pytest.mark.parametrize("kind", STRICT)
@pytest.mark.parametrize("value", [3, True, {"a": 1}, [1]])
def test_no_number_or_switch_is_passed_over(kind, value):
    with pytest.raises(InputError, match="something_new = "):
        load({**RELEASED[kind][0], "something_new": value})


# Witnesses: hand-written modules with the papers' sizes, which never read a ledger.


def norm(width, bias=False):
    return nn.LayerNorm(width, bias=bias)


def counted(*modules):
    return sum(weight.numel() for module in modules for weight in module.parameters())


def llama_like(d, layers, d_ff, vocab, queries, keys, qkv_bias=False, out_bias=False, norms=True, tied=False):
    """Embedding, layers of attention and a gated feed-forward, a norm and a head."""
    with torch.device("meta"):
        layer = [
            nn.Linear(d, queries + 2 * keys, bias=qkv_bias),
            nn.Linear(queries, d, bias=out_bias),
            nn.Linear(d, 2 * d_ff, bias=False),
            nn.Linear(d_ff, d, bias=False),
            *([nn.RMSNorm(d), nn.RMSNorm(d)] if norms else []),
        ]
        around = [nn.Embedding(vocab, d), *([nn.RMSNorm(d)] if norms else [])]
        head = [] if tied else [nn.Linear(d, vocab, bias=False)]
        return layers * counted(*layer) + counted(*around, *head)


def gpt(d, layers, vocab, context, bias):
    """GPT-2 with a tied head, with biases or without."""
    with torch.device("meta"):
        maps = [nn.Linear(d, 3 * d, bias=bias), nn.Linear(d, d, bias=bias)]
        maps += [nn.Linear(d, 4 * d, bias=bias), nn.Linear(4 * d, d, bias=bias)]
        norms = [norm(d, bias), norm(d, bias)]
        return layers * counted(*maps, *norms) + counted(
            nn.Embedding(vocab, d), nn.Embedding(context, d), norm(d, bias)
        )


SIZES = st.fixed_dictionaries(
    {"d_head": st.integers(1, 9), "heads": st.integers(1, 6), "layers": st.integers(1, 5), "d_ff": st.integers(1, 40)}
    | {"vocab": st.integers(1, 99), "on": st.booleans(), "tied": st.booleans()}
)


@given(SIZES)
def test_qwen_1_is_its_module(s):
    d = s["d_head"] * s["heads"]
    document = {
        "model_type": "qwen",
        "hidden_size": d,
        "num_hidden_layers": s["layers"],
        "intermediate_size": 2 * s["d_ff"],
    }
    document |= {"num_attention_heads": s["heads"], "vocab_size": s["vocab"], "tie_word_embeddings": s["tied"]}
    assert load(document).total() == llama_like(d, s["layers"], s["d_ff"], s["vocab"], d, d, True, tied=s["tied"])


@given(SIZES, st.integers(1, 3), st.integers(1, 5))
def test_chatglm_is_its_module(s, groups, d_head):
    d, heads = s["d_head"] * 6, groups * s["heads"]
    document = {**CHATGLM, "hidden_size": d, "num_layers": s["layers"], "ffn_hidden_size": s["d_ff"]}
    document |= {"num_attention_heads": heads, "kv_channels": 2 * d_head, "multi_query_group_num": groups}
    document |= {"padded_vocab_size": s["vocab"], "add_qkv_bias": s["on"]}
    widths = (2 * d_head * heads, 2 * d_head * groups)
    assert load(document).total() == llama_like(d, s["layers"], s["d_ff"], s["vocab"], *widths, s["on"])


@given(SIZES, st.integers(1, 3))
def test_internlm_2_is_its_module(s, groups):
    heads = groups * s["heads"]
    d, keys = s["d_head"] * heads, s["d_head"] * groups
    document = {**INTERNLM2, "hidden_size": d, "num_hidden_layers": s["layers"], "intermediate_size": s["d_ff"]}
    document |= {"num_attention_heads": heads, "num_key_value_heads": groups, "vocab_size": s["vocab"], "bias": s["on"]}
    document |= {"tie_word_embeddings": s["tied"]}
    module = llama_like(d, s["layers"], s["d_ff"], s["vocab"], d, keys, s["on"], s["on"], tied=s["tied"])
    assert load(document).total() == module


@given(SIZES)
def test_baichuan_is_its_module(s):
    d = s["d_head"] * s["heads"]
    document = {**BAICHUAN, "hidden_size": d, "num_hidden_layers": s["layers"], "intermediate_size": s["d_ff"]}
    document |= {"num_attention_heads": s["heads"], "vocab_size": s["vocab"]}
    assert load(document).total() == llama_like(d, s["layers"], s["d_ff"], s["vocab"], d, d)


@given(SIZES)
def test_olmo_1_is_its_module(s):
    d = s["d_head"] * s["heads"]
    document = {**OLMO, "d_model": d, "n_layers": s["layers"], "n_heads": s["heads"], "mlp_hidden_size": 2 * s["d_ff"]}
    document |= {"embedding_size": s["vocab"], "weight_tying": s["tied"]}
    module = llama_like(d, s["layers"], s["d_ff"], s["vocab"], d, d, norms=False, tied=s["tied"])
    assert load(document).total() == module


@given(SIZES)
def test_nanogpt_is_its_module(s):
    d = s["d_head"] * s["heads"]
    document = {"n_embd": d, "n_layer": s["layers"], "n_head": s["heads"], "block_size": s["d_ff"], "bias": s["on"]}
    document |= {"vocab_size": s["vocab"]}
    assert load(document).total() == gpt(d, s["layers"], s["vocab"], s["d_ff"], s["on"])
    untied = {key: value for key, value in document.items() if key != "bias"} | {"attn_pdrop": 0.1}
    assert load(untied).total() == gpt(d, s["layers"], s["vocab"], s["d_ff"], True) + s["vocab"] * d


@given(SIZES, st.integers(1, 64), st.none() | st.floats(0.3, 2))
def test_metas_width_of_the_feed_forward_is_the_programs_own(s, multiple, multiplier):
    d = s["d_head"] * s["heads"]
    width = int(2 * (4 * d) / 3)
    width = width if multiplier is None else int(multiplier * width)
    width = multiple * ((width + multiple - 1) // multiple)
    document = {"dim": d, "n_layers": s["layers"], "n_heads": s["heads"], "multiple_of": multiple, "norm_eps": 1e-5}
    document |= {"vocab_size": s["vocab"], "ffn_dim_multiplier": multiplier}
    if width:
        assert load(document).total() == llama_like(d, s["layers"], width, s["vocab"], d, d)


@given(SIZES, st.integers(1, 8), st.integers(1, 64))
def test_megatron_and_neox_pad_the_vocabulary_by_ranks(s, ranks, multiple):
    d = s["d_head"] * s["heads"]
    padded = -(-s["vocab"] // (multiple * ranks)) * multiple * ranks
    sizes = {"num_layers": s["layers"], "hidden_size": d, "num_attention_heads": s["heads"], "vocab_size": s["vocab"]}
    sizes |= {"make_vocab_size_divisible_by": multiple, "max_position_embeddings": s["d_ff"]}
    by_hand = gpt(d, s["layers"], padded, s["d_ff"], True)
    assert load({**sizes, "tensor_model_parallel_size": ranks, "micro_batch_size": 1}).total() == by_hand
    assert load({**sizes, "model_parallel_size": ranks, "pos_emb": "learned"}).total() == by_hand


# Files that are not JSON.


def test_yaml_is_read_where_a_file_is_yaml(run, tmp_path):
    pytest.importorskip("yaml")
    text = """
# a comment
variables:
  max_seq_len: 2048
model:
  name: mpt_causal_lm
  d_model: 4096
  n_heads: 32
  n_layers: 32
  max_seq_len: ${variables.max_seq_len}
  vocab_size: 50368
  attn_config:
    attn_impl: flash
"""
    path = saved(tmp_path, text, "mpt.yaml")
    assert total(run, path) == 6_649_024_512
    said = " ".join(run(path).stdout.split())
    assert "1,445,888 biases" in said  # by hand: 11 a layer and one of d_model
    assert "8,388,608 position parameters" in said
    commented = '{\n  # of GPT-NeoX\n  "num-layers": 6, "hidden-size": 512, "num-attention-heads": 8,\n'
    commented += '  "pos-emb": "rotary", "no-weight-tying": true, "tokenizer_type": "HFTokenizer"\n}'
    assert total(run, saved(tmp_path, commented, "70M.yml")) == 70_426_624


SCRIPT = """#!/bin/bash
GPT_ARGS="
    --num-layers 32 \\
    --hidden-size 4096 \\
    --ffn-hidden-size 11008 \\
    --num-attention-heads 32 \\
    # --num-layers 48
    --swiglu --disable-bias-linear --normalization RMSNorm \\
    --position-embedding-type rope --untie-embeddings-and-output-weights \\
    --vocab-size 32000 --make-vocab-size-divisible-by 1
"
torchrun pretrain_gpt.py $GPT_ARGS
"""


def test_a_script_with_megatrons_arguments_is_read(run, tmp_path):
    assert total(run, saved(tmp_path, SCRIPT, "llama.sh")) == 6_738_415_616
    done = run(saved(tmp_path, SCRIPT.replace("--hidden-size 4096", "--hidden-size $HIDDEN"), "open.sh"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "hidden_size = $HIDDEN in Megatron-LM's arguments" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [1, 2]\nb: [*a, *a]\n", "the alias *a in line 2; valid: YAML without aliases"),
        ("model: 1\nmodel: 2\n", "a key appears twice"),
        ("- 1\n- 2\n", "no keys and values"),
        ("a: [\n", "not valid YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
        ("a: " + "[" * 20_000 + "\n", "nested too deeply"),
        ("# a comment\n" * 90_000 + "a: 1\n", "characters of YAML"),
        ("a: 1\n", "no model_type"),
    ],
)
def test_yaml_from_strangers_costs_a_line(run, tmp_path, text, said):
    pytest.importorskip("yaml")
    done = run(saved(tmp_path, text, "x.yaml"))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_without_pyyaml_a_line_says_how_to_get_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    done = run(saved(tmp_path, "model:\n  dim: 4\n", "x.yaml"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "pip install 'paramcount[files]'" in done.stderr


def test_a_folder_with_a_programs_file_is_counted(run, tmp_path):
    (tmp_path / "124M").mkdir()
    saved(tmp_path, HPARAMS, "124M/hparams.json")
    assert total(run, str(tmp_path / "124M")) == 124_439_808
