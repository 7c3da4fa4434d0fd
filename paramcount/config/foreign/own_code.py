"""Configs of types that shipped their own code: Qwen 1, ChatGLM 2 to GLM-4, InternLM 2, Baichuan. None is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

LAYER = {
    "hidden_size": "hidden_size",
    "num_hidden_layers": "num_hidden_layers",
    "num_attention_heads": "num_attention_heads",
    "vocab_size": "vocab_size",
}
GLM = {
    "num_layers": "num_hidden_layers",
    "padded_vocab_size": "vocab_size",
    "ffn_hidden_size": "intermediate_size",
    "kv_channels": "head_dim",
    "multi_query_group_num": "num_key_value_heads",
    "hidden_size": "hidden_size",
    "num_attention_heads": "num_attention_heads",
}
PASSED = frozenset(
    {"bf16", "fp16", "fp32", "scale_attn_weights", "seq_length", "use_cache_quantization", "use_cache_kernel"}
    | {"use_dynamic_ntk", "use_logn_attn", "use_flash_attn", "softmax_in_fp32", "rotary_emb_base", "pretraining_tp"}
    | {"model_max_length", "apply_query_key_layer_scaling", "attention_softmax_in_fp32", "bias_dropout_fusion"}
    | {"fp32_residual_connection", "original_rope", "quantization_config", "z_loss_weight"}
)


def _sizes(keys: Keys, names: Mapping[str, str]) -> dict[str, Any]:
    for key in names:
        keys.whole(key)
    return renamed(keys, names)


def _class(keys: Keys, classes: Mapping[str, str]) -> dict[str, Any]:
    named = keys.get("architectures")
    if not named:
        return {}
    if not isinstance(named, list) or named[0] not in classes:
        keys.refuse("architectures", f"{', '.join(classes)}; no other is supported")
    return {"architectures": [classes[named[0]]]}


def qwen(keys: Keys) -> dict[str, Any]:
    """Bai et al. 2023, sec. 2.3: Llama's layer with biases on queries, keys and values.

    Its intermediate_size covers gate and up together.
    """
    keys.only("no_bias", True)
    width = keys.whole("intermediate_size")
    if width % 2:
        keys.refuse("intermediate_size", "an even number, since it covers gate and up together")
    keys.only("kv_channels", keys.whole("hidden_size") // keys.whole("num_attention_heads"))
    return {
        "model_type": "qwen2",
        **_sizes(keys, LAYER),
        **_class(keys, {"QWenLMHeadModel": "Qwen2ForCausalLM", "QWenModel": "Qwen2Model"}),
        "num_key_value_heads": keys.whole("num_attention_heads"),
        "intermediate_size": width // 2,
        "tie_word_embeddings": keys.flag("tie_word_embeddings", False),
    }


def chatglm(keys: Keys) -> dict[str, Any]:
    """Team GLM 2024, sec. 2: ChatGLM2 to GLM-4; its ChatGLMModel includes the output head."""
    if keys.get("ffn_hidden_size") is None:
        keys.refuse("ffn_hidden_size", "the value of ChatGLM 2, 3 or GLM-4; the first ChatGLM is not supported")
    for key in ("rmsnorm", "post_layer_norm", "multi_query_attention"):
        keys.only(key, True)
    for key in ("add_bias_linear", "apply_residual_connection_post_layernorm", "tie_word_embeddings"):
        keys.only(key, False)
    names = {
        "num_layers": "num_hidden_layers",
        "padded_vocab_size": "vocab_size",
        "ffn_hidden_size": "intermediate_size",
    }
    names |= {"kv_channels": "head_dim", "multi_query_group_num": "num_key_value_heads"}
    names |= {key: key for key in ("hidden_size", "num_attention_heads")}
    keys.only("num_hidden_layers", keys.whole("num_layers"))
    keys.only("vocab_size", keys.whole("padded_vocab_size"))
    headed = dict.fromkeys(("ChatGLMForConditionalGeneration", "ChatGLMModel"), "GlmForCausalLM")
    return {
        "model_type": "glm",
        **_sizes(keys, GLM),
        **_class(keys, headed),
        "attention_bias": keys.flag("add_qkv_bias", False),
        "tie_word_embeddings": False,
    }


def internlm2(keys: Keys) -> dict[str, Any]:
    """Cai et al. 2024, sec. 2.2: Llama; the switch controls the biases of attention only."""
    names = {**LAYER, "intermediate_size": "intermediate_size", "num_key_value_heads": "num_key_value_heads"}
    keys.whole("num_key_value_heads", keys.whole("num_attention_heads"))
    for key in names:
        if key != "num_key_value_heads":
            keys.whole(key)
    return {
        "model_type": "llama",
        **renamed(keys, names),
        **_class(keys, {"InternLM2ForCausalLM": "LlamaForCausalLM", "InternLM2Model": "LlamaModel"}),
        "attention_bias": keys.flag("bias", True),
        "tie_word_embeddings": keys.flag("tie_word_embeddings", False),
    }


def baichuan(keys: Keys) -> dict[str, Any]:
    """Yang et al. 2023, sec. 2: Llama's layer without grouped heads; positions are rotary or ALiBi."""
    names = {**LAYER, "intermediate_size": "intermediate_size"}
    causal = dict.fromkeys(("BaichuanForCausalLM", "BaiChuanForCausalLM"), "LlamaForCausalLM")
    return {
        "model_type": "llama",
        **_sizes(keys, names),
        **_class(keys, {**causal, "BaichuanModel": "LlamaModel"}),
        "num_key_value_heads": keys.whole("num_attention_heads"),
        "tie_word_embeddings": keys.flag("tie_word_embeddings", False),
    }


PROGRAMS = (
    Program("a config of Qwen 1", qwen, types=frozenset({"qwen"}), passed=PASSED),
    Program("a config of ChatGLM 2 to GLM-4", chatglm, types=frozenset({"chatglm"}), passed=PASSED),
    Program("a config of InternLM 2", internlm2, types=frozenset({"internlm2"}), passed=PASSED),
    Program("a config of Baichuan", baichuan, types=frozenset({"baichuan"}), passed=PASSED),
)
