"""Model files of SimuMax, a simulator of training."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

NAMES = {
    "hidden_size": "hidden_size",
    "head_num": "num_attention_heads",
    "kv_head_num": "num_key_value_heads",
    "head_size": "head_dim",
    "intermediate_size": "intermediate_size",
    "layer_num": "num_hidden_layers",
    "vocab_size": "vocab_size",
}
TYPES = ("llama", "mistral", "qwen2", "qwen3")
OPEN = "with a type, since the file leaves attention's norms and biases open: --set model_type=qwen3, or llama"


def simumax(keys: Keys) -> dict[str, Any]:
    """Llama's layer. A known model_type takes precedence over SimuMax's own dense and moe."""
    for key in NAMES:
        keys.whole(key)
    keys.only("use_swiglu", True)
    own = keys.get("model_type", "dense")
    sizes = {**renamed(keys, NAMES), "tie_word_embeddings": False}
    if own == "moe" and keys.get("attention_type") is None:
        return {"model_type": "mixtral", **sizes, **_experts(keys)}
    if own not in ("dense", *TYPES):
        keys.refuse("model_type", f"dense, or {', '.join(TYPES)}")
    return {"model_type": own if own in TYPES else _named(keys, TYPES), **sizes}


def _experts(keys: Keys) -> dict[str, Any]:
    """Mixtral's experts: in every layer, each as wide as intermediate_size, none shared."""
    _named(keys, ("mixtral",))
    keys.only("moe_ffn_hidden_size", keys.whole("intermediate_size"))
    return {"num_local_experts": keys.whole("expert_num"), "num_experts_per_tok": keys.whole("topk")}


def _named(keys: Keys, types: tuple[str, ...]) -> str:
    """The one of *types* that the file's model name begins with; the first if it has no name."""
    name = str(keys.get("model_name", types[0])).lower()
    found = next((one for one in types if name.startswith(one)), None)
    if found is None:
        keys.refuse("model_name", OPEN)
    return found


MAY_BE = frozenset({"dense", "moe", *TYPES})
PROGRAMS = (Program("SimuMax's model file", simumax, frozenset({"layer_num", "head_num", "head_size"}), may_be=MAY_BE),)
