"""The inference configs released with DeepSeek-V3 and V3.2."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

NAMES = {
    "vocab_size": "vocab_size",
    "dim": "hidden_size",
    "inter_dim": "intermediate_size",
    "moe_inter_dim": "moe_intermediate_size",
    "n_layers": "num_hidden_layers",
    "n_dense_layers": "first_k_dense_replace",
    "n_heads": "num_attention_heads",
    "n_routed_experts": "n_routed_experts",
    "n_shared_experts": "n_shared_experts",
    "n_activated_experts": "num_experts_per_tok",
    "kv_lora_rank": "kv_lora_rank",
    "qk_nope_head_dim": "qk_nope_head_dim",
    "qk_rope_head_dim": "qk_rope_head_dim",
    "v_head_dim": "v_head_dim",
    "index_n_heads": "index_n_heads",
    "index_head_dim": "index_head_dim",
    "index_topk": "index_topk",
}
PASSED = frozenset(
    {"n_expert_groups", "n_limited_groups", "route_scale", "score_func", "mscale", "scale_fmt", "original_seq_len"}
    | {"beta_fast", "beta_slow"}
)


def deepseek(keys: Keys) -> dict[str, Any]:
    """DeepSeek-AI 2024b, sec. 2.1. Softmax scores mean V2, an indexer V3.2; a rank of 0 means none."""
    for key in NAMES:
        if not key.startswith("index_"):
            keys.whole(key, least=0 if key == "n_dense_layers" else 1)
    v2 = keys.only("score_func", "softmax", "sigmoid", default="softmax") == "softmax"
    model_type = "deepseek_v32" if keys.get("index_n_heads") else "deepseek_v2" if v2 else "deepseek_v3"
    if keys.get("model_type", model_type) != model_type:
        keys.refuse("model_type", model_type)
    return {
        "model_type": model_type,
        **renamed(keys, NAMES),
        "num_key_value_heads": keys.whole("n_heads"),
        "q_lora_rank": keys.whole("q_lora_rank", least=0) or None,
        "num_nextn_predict_layers": 0,
        "n_group": 1,
        "topk_group": 1,
    }


PROGRAMS = (
    Program(
        "DeepSeek's inference config",
        deepseek,
        frozenset({"dim", "inter_dim", "moe_inter_dim", "n_layers", "n_dense_layers", "kv_lora_rank"}),
        may_be=frozenset({"deepseek_v2", "deepseek_v3", "deepseek_v32"}),
        passed=PASSED,
    ),
)
