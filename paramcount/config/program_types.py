"""Model types that transformers lacks: their keys and defaults, in the form of types.jsonl."""

from __future__ import annotations

from typing import Any

TYPES: dict[str, dict[str, Any]] = {
    "nanogpt": {  # karpathy/nanoGPT, model.py, GPTConfig
        "type": "nanogpt",
        "classes": {"GPT": "causal"},
        "spellings": {
            "num_hidden_layers": "n_layer",
            "num_attention_heads": "n_head",
            "hidden_size": "n_embd",
            "max_position_embeddings": "block_size",
        },
        "nested": {},
        "defaults": {
            "block_size": 1024,
            "vocab_size": 50304,
            "n_layer": 12,
            "n_head": 12,
            "n_embd": 768,
            "dropout": 0.0,
            "bias": True,
            "tie_word_embeddings": True,
        },
    },
}
