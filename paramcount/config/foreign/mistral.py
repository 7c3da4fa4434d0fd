"""Mistral's params.json."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

NAMES = {
    "dim": "hidden_size",
    "n_layers": "num_hidden_layers",
    "n_heads": "num_attention_heads",
    "n_kv_heads": "num_key_value_heads",
    "head_dim": "head_dim",
    "hidden_dim": "intermediate_size",
    "vocab_size": "vocab_size",
}


def mistral(keys: Keys) -> dict[str, Any]:
    """Jiang et al. 2023, sec. 2; with experts, Jiang et al. 2024, sec. 2. The head is untied by default."""
    for key in NAMES:
        keys.whole(key)
    keys.only("use_biases", False)
    shared = {**renamed(keys, NAMES), "tie_word_embeddings": keys.flag("tied_embeddings", False)}
    if keys.get("moe") is None:
        return {"model_type": "mistral", **shared}
    experts = keys.within("moe")
    routed = {
        "num_local_experts": experts.whole("num_experts"),
        "num_experts_per_tok": experts.whole("num_experts_per_tok"),
    }
    experts.refuse_unread()
    return {"model_type": "mixtral", **shared, **routed}


PROGRAMS = (
    Program(
        "Mistral's params.json",
        mistral,
        frozenset({"dim", "n_layers", "n_heads", "hidden_dim", "head_dim"}),
        frozenset({"dropout", "max_position_embeddings", "inter_dim"}),
        may_be=frozenset({"mistral", "mixtral"}),
        passed=frozenset({"sliding_window", "causal", "model_parallel", "max_seq_len"}),
    ),
)
