"""Real configs, reduced to the keys that matter: counted as transformers' class, and as published.

Each was read in the public repository that is named above it.
"""

import importlib.util
import json

import pytest

from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError, parse

pytestmark = pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="needs transformers")

CODE = {"AutoConfig": "configuration.Config", "AutoModelForCausalLM": "modeling.Model"}
# tiiuae/falcon-7b-instruct as it was first, in a demo of Tenstorrent's
FALCON = {
    "architectures": ["RWForCausalLM"],
    "model_type": "RefinedWebModel",
    "auto_map": CODE,
    "alibi": False,
    "bias": False,
    "hidden_size": 4544,
    "multi_query": True,
    "n_head": 71,
    "n_layer": 32,
    "parallel_attn": True,
    "vocab_size": 65024,
}
# mosaicml/mpt-7b
MPT = {
    "architectures": ["MPTForCausalLM"],
    "model_type": "mpt",
    "auto_map": CODE,
    "attn_config": {"alibi": True, "attn_type": "multihead_attention", "clip_qkv": None, "qk_ln": False},
    "d_model": 4096,
    "expansion_ratio": 4,
    "init_config": {"emb_init_std": None, "name": "kaiming_normal_"},
    "learned_pos_emb": True,
    "n_heads": 32,
    "n_layers": 32,
    "no_bias": True,
    "norm_type": "low_precision_layernorm",
    "vocab_size": 50432,
}
# microsoft/Phi-3.5-MoE-instruct
PHI_MOE = {
    "architectures": ["PhiMoEForCausalLM"],
    "model_type": "phimoe",
    "auto_map": CODE,
    "attention_bias": True,
    "lm_head_bias": True,
    "hidden_size": 4096,
    "input_jitter_noise": 0.01,
    "intermediate_size": 6400,
    "num_attention_heads": 32,
    "num_experts_per_tok": 2,
    "num_hidden_layers": 32,
    "num_key_value_heads": 8,
    "num_local_experts": 16,
    "vocab_size": 32064,
}
# Kent0n-Li/ChatDoctor: pretrained/config.json, as the first conversions of LLaMA were
LLAMA = {
    "architectures": ["LLaMAForCausalLM"],
    "model_type": "llama",
    "pad_token_id": -1,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "max_sequence_length": 2048,
    "num_attention_heads": 32,
    "num_hidden_layers": 32,
    "vocab_size": 32001,
}
# t5-3b, in RahulSChand/gpu_poor: public/all_configs.json
T5 = {
    "architectures": ["T5WithLMHeadModel"],
    "model_type": "t5",
    "d_ff": 16384,
    "d_kv": 128,
    "d_model": 1024,
    "n_positions": 512,
    "num_heads": 32,
    "num_layers": 24,
    "vocab_size": 32128,
}
# DeepSeek-V2-Lite, in xinpengzz/toy-deepseek-moe: deepseek/config.json
DEEPSEEK = {
    "architectures": ["DeepseekV2ForCausalLM"],
    "model_type": "deepseek_v2",
    "auto_map": CODE,
    "aux_loss_alpha": 0.001,
    "first_k_dense_replace": 1,
    "hidden_size": 2048,
    "intermediate_size": 10944,
    "kv_lora_rank": 512,
    "moe_intermediate_size": 1408,
    "moe_layer_freq": 1,
    "n_routed_experts": 64,
    "n_shared_experts": 2,
    "num_attention_heads": 16,
    "num_experts_per_tok": 6,
    "num_hidden_layers": 27,
    "num_key_value_heads": 16,
    "q_lora_rank": None,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "scoring_func": "softmax",
    "v_head_dim": 128,
    "vocab_size": 102400,
}
KIMI = {
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 61,
    "num_attention_heads": 64,
    "num_key_value_heads": 64,
    "n_routed_experts": 384,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 1,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "n_group": 1,
    "topk_group": 1,
    "topk_method": "noaux_tc",
    "vocab_size": 163840,
    "tie_word_embeddings": False,
}
# moonshotai/Kimi-K2-Instruct and Kimi-K2.5, whose text models are of the same sizes
KIMI_K2 = {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2", "auto_map": CODE, **KIMI}
KIMI_K25 = {
    "architectures": ["KimiK25ForConditionalGeneration"],
    "model_type": "kimi_k25",
    "text_config": {"model_type": "kimi_k2", "quantization_config": {"format": "pack-quantized"}, **KIMI},
}
# openai/whisper-small, in emoney88/WhisperTranscription: whisper/config.json
WHISPER = {
    "architectures": ["WhisperForConditionalGeneration"],
    "model_type": "whisper",
    "d_model": 768,
    "decoder_attention_heads": 12,
    "decoder_ffn_dim": 3072,
    "decoder_layers": 12,
    "encoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
    "encoder_layers": 12,
    "forced_decoder_ids": [[1, 50259], [2, 50359]],
    "max_source_positions": 1500,
    "max_target_positions": 448,
    "num_hidden_layers": 12,
    "num_mel_bins": 80,
    "vocab_size": 51865,
}
# Qwen2.5-0.5B as transformers 5.13 saves it, in galiihajiip/LLM-RAG: merged_model/config.json
QWEN = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "dtype": "float32",
    "hidden_size": 896,
    "intermediate_size": 4864,
    "layer_types": ["full_attention"] * 24,
    "max_window_layers": 24,
    "num_attention_heads": 14,
    "num_hidden_layers": 24,
    "num_key_value_heads": 2,
    "pad_token_id": None,
    "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "default"},
    "sliding_window": None,
    "tie_word_embeddings": True,
    "vocab_size": 151936,
}
# rubert-tiny2 with three labels, as transformers 5.18 saves it, in AlexTurgen/russian-sentiment-rubert
RUBERT = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "add_cross_attention": False,
    "bos_token_id": None,
    "classifier_dropout": None,
    "dtype": "float32",
    "emb_size": 312,
    "hidden_size": 312,
    "id2label": {"0": "negative", "1": "neutral", "2": "positive"},
    "intermediate_size": 600,
    "is_decoder": False,
    "max_position_embeddings": 2048,
    "num_attention_heads": 12,
    "num_hidden_layers": 3,
    "problem_type": "single_label_classification",
    "vocab_size": 83828,
}
# Helsinki-NLP/opus-mt-en-hi, in Aniketsudke/EN-HI-Convertor: models/config.json
MARIAN = {
    "architectures": ["MarianMTModel"],
    "model_type": "marian",
    "add_final_layer_norm": False,
    "d_model": 512,
    "decoder_attention_heads": 8,
    "decoder_ffn_dim": 2048,
    "decoder_layers": 6,
    "decoder_vocab_size": 61950,
    "encoder_attention_heads": 8,
    "encoder_ffn_dim": 2048,
    "encoder_layers": 6,
    "extra_pos_embeddings": 61950,
    "max_position_embeddings": 512,
    "normalize_before": False,
    "num_hidden_layers": 6,
    "pad_token_id": 61949,
    "share_encoder_decoder_embeddings": True,
    "static_position_embeddings": True,
    "vocab_size": 61950,
}
# google/paligemma-3b-pt-224, in Yyzhang2000/PaliGemma-FT: weights/config.json
PALIGEMMA = {
    "architectures": ["PaliGemmaForConditionalGeneration"],
    "model_type": "paligemma",
    "hidden_size": 2048,
    "projection_dim": 2048,
    "text_config": {
        "hidden_size": 2048,
        "intermediate_size": 16384,
        "model_type": "gemma",
        "num_attention_heads": 8,
        "num_hidden_layers": 18,
        "num_image_tokens": 256,
        "num_key_value_heads": 1,
        "torch_dtype": "float32",
        "vocab_size": 257216,
    },
    "vision_config": {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "model_type": "siglip_vision_model",
        "num_attention_heads": 16,
        "num_hidden_layers": 27,
        "patch_size": 14,
        "projection_dim": 2048,
        "vision_use_head": False,
    },
    "vocab_size": 257216,
}
# MiniMaxAI/MiniMax-M2
MINIMAX = {
    "architectures": ["MiniMaxM2ForCausalLM"],
    "model_type": "minimax_m2",
    "auto_map": CODE,
    "attn_type_list": [1] * 62,
    "head_dim": 128,
    "hidden_size": 3072,
    "intermediate_size": 1536,
    "num_attention_heads": 48,
    "num_experts_per_tok": 8,
    "num_hidden_layers": 62,
    "num_key_value_heads": 8,
    "num_local_experts": 256,
    "qk_norm_type": "per_layer",
    "quantization_config": {"quant_method": "fp8", "fmt": "float8_e4m3fn", "weight_block_size": [128, 128]},
    "rotary_dim": 64,
    "shared_intermediate_size": 0,
    "use_qk_norm": True,
    "vocab_size": 200064,
}
REAL = {
    "falcon-7b": FALCON,
    "mpt-7b": MPT,
    "phi-3.5-moe": PHI_MOE,
    "chatdoctor": LLAMA,
    "t5-3b": T5,
    "deepseek-v2-lite": DEEPSEEK,
    "kimi-k2": KIMI_K2,
    "kimi-k2.5": KIMI_K25,
    "whisper-small": WHISPER,
    "qwen2.5-0.5b": QWEN,
    "rubert": RUBERT,
    "opus-mt-en-hi": MARIAN,
    "paligemma": PALIGEMMA,
    "minimax-m2": MINIMAX,
}
# Of Kimi-K2 the published number has the biases of its 60 routers besides, which are buffers in transformers' class.
PUBLISHED = {
    "t5-3b": 2_851_598_336,  # KerasHub, t5_3b_multi
    "deepseek-v2-lite": 15_706_484_224,  # the safetensors of deepseek-ai/DeepSeek-V2-Lite
    "kimi-k2": 1_026_408_232_448 - 60 * 384,  # the safetensors of moonshotai/Kimi-K2-Instruct
    "whisper-small": 241_734_912,  # KerasHub, whisper_small_multi
    "qwen2.5-0.5b": 494_032_768,  # the safetensors of Qwen/Qwen2.5-0.5B
}


def spec(document):
    return spec_of(parse(json.dumps(document), "config"), "config")


@pytest.mark.parametrize("name", REAL)
def test_a_real_config_counts_as_transformers_class(name):
    from paramcount.classes import of_transformers

    family = spec(REAL[name]).family
    assert of_transformers.differences(family.model, of_transformers.build(family.config)) == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_real_config_counts_to_what_was_published(name):
    assert spec(REAL[name]).family.model.total() == PUBLISHED[name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("falcon-7b", "model_type RefinedWebModel is called falcon in transformers."),
        ("falcon-7b", "RWForCausalLM is called FalconForCausalLM in transformers."),
        ("mpt-7b", "MPTForCausalLM is called MptForCausalLM in transformers."),
        ("mpt-7b", "Its own code (auto_map) is never run; this counts transformers' MptForCausalLM."),
        ("phi-3.5-moe", "PhiMoEForCausalLM is called PhimoeForCausalLM in transformers."),
        ("chatdoctor", "LLaMAForCausalLM is called LlamaForCausalLM in transformers."),
        ("t5-3b", "T5WithLMHeadModel is called T5ForConditionalGeneration in transformers."),
        ("kimi-k2", "model_type kimi_k2 is called deepseek_v3 in transformers."),
        ("kimi-k2.5", "KimiK25ForConditionalGeneration is called Kimi_K25ForConditionalGeneration in transformers."),
    ],
)
def test_a_name_that_transformers_does_not_have_is_said_to_be_what_it_is_there(name, said):
    assert said in spec(REAL[name]).notes


# OpenGVLab/InternVL2_5-1B, zai-org/GLM-ASR-Nano-2512, krutrim-ai-labs/Krutrim-1-instruct, allenai/OLMo-1B without its
# class, and sizes beside a text_config that is not there
@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {
                "model_type": "internvl_chat",
                "architectures": ["InternVLChatModel"],
                "llm_config": QWEN,
                "auto_map": CODE,
            },
            "its llm_config is a config of qwen2, which can be counted by itself",
        ),
        ({"model_type": "internvl_chat", "auto_map": CODE}, r"code that comes with a config \(auto_map\) is never run"),
        (
            {"model_type": "glmasr", "architectures": ["GlmasrModel"], "lm_config": {**LLAMA, "hidden_size": 2048}},
            "lm_config = {…} is not a key of glmasr; the type reads text_config, audio_config",
        ),
        (
            {"model_type": "llava", "hidden_size": 5120, "num_hidden_layers": 40},
            "reads text_config.hidden_size",
        ),
        (
            {**MPT, "attn_config": {"attn_type": "grouped_query_attention", "kv_n_heads": 8}},
            "attn_config.attn_type = grouped_query_attention; valid: multihead_attention",
        ),
        (
            {"model_type": "olmo", "d_model": 2048, "n_layers": 16},
            "d_model = 2048 is not a key of olmo, .*valid: hidden_size",
        ),
        ({**FALCON, "num_attention_heads": 70}, "n_head = 71 and num_attention_heads = 70 contradict each other"),
    ],
)
def test_what_transformers_would_pass_over_is_refused_with_the_key(document, said):
    with pytest.raises(ValueError, match=said):
        spec(document)


def test_what_no_class_has_is_refused_though_it_is_spelt_like_one():
    with pytest.raises(ConfigError, match="architectures names MyLLaMAForCausalLM"):
        spec({**LLAMA, "architectures": ["MyLLaMAForCausalLM"]})
