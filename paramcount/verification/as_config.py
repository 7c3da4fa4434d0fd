"""Models in the catalog's families as configs of transformers' classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError

USUAL = {
    "num_hidden_layers": "n_layers",
    "hidden_size": "d_model",
    "num_attention_heads": "n_heads",
    "intermediate_size": "d_ff",
    "vocab_size": "n_vocab",
}
OLD = {"n_layer": "n_layers", "n_embd": "d_model", "n_head": "n_heads", "n_positions": "n_ctx", "vocab_size": "n_vocab"}
TIED = {"tie_word_embeddings": "tied"}
GROUPED = {**USUAL, **TIED, "num_key_value_heads": "n_kv_heads", "head_dim": "d_head"}
ENCODER = {**USUAL, "max_position_embeddings": "n_ctx", "type_vocab_size": "n_segments"}


class ClassKeys(NamedTuple):
    """A family as a transformers class: the size under each key, and what the class takes for granted.

    *needs* are sizes with the multiple of d_model they must equal, or the value of a switch.
    """

    model_type: str
    cls: str
    keys: Mapping[str, str]
    needs: Mapping[str, int | bool] = {}
    more_rows: int = 0  # positions beyond n_ctx


WIDE = {"d_ff": 4}
CLASS_KEYS: Mapping[str, ClassKeys] = {
    "gpt": ClassKeys("gpt2", "GPT2LMHeadModel", {**OLD, **TIED, "n_inner": "d_ff"}),
    "gpt-post-norm": ClassKeys("openai-gpt", "OpenAIGPTLMHeadModel", {**OLD, **TIED}, WIDE),
    "opt": ClassKeys(
        "opt",
        "OPTForCausalLM",
        {**USUAL, **TIED, "ffn_dim": "d_ff", "word_embed_proj_dim": "d_model", "max_position_embeddings": "n_ctx"},
    ),
    "gpt-neox": ClassKeys("gpt_neox", "GPTNeoXForCausalLM", {**USUAL, **TIED}),
    "bloom": ClassKeys("bloom", "BloomForCausalLM", {**USUAL, **TIED}, WIDE),
    "llama": ClassKeys("llama", "LlamaForCausalLM", GROUPED),
    "mixtral": ClassKeys(
        "mixtral",
        "MixtralForCausalLM",
        {**GROUPED, "num_local_experts": "n_experts", "num_experts_per_tok": "n_active_experts"},
    ),
    "bert": ClassKeys("bert", "BertModel", ENCODER, {"pooler": True}),
    "roberta": ClassKeys("roberta", "RobertaModel", ENCODER, {"pooler": True}, more_rows=2),
}


def config_of(spec: Spec) -> dict[str, Any]:
    """The config.json for *spec*'s shape; raises InputError if no transformers class has it."""
    name, sizes = spec.family.name, spec.sizes
    if name not in CLASS_KEYS:
        raise InputError(
            f"{spec.title()}: transformers has no class for the family {name}; valid: {', '.join(CLASS_KEYS)}"
        )
    stated = CLASS_KEYS[name]
    for field, need in stated.needs.items():
        _need(spec, field, need if isinstance(need, bool) else need * sizes["d_model"])
    if "head_dim" not in stated.keys:
        _need(spec, "n_heads·d_head", sizes["d_model"], sizes["n_heads"] * sizes["d_head"])
    config = {key: sizes[field] for key, field in stated.keys.items()}
    if stated.more_rows:
        config["max_position_embeddings"] += stated.more_rows
    special = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"))
    return {"model_type": stated.model_type, "architectures": [stated.cls], **special, **config}


def _need(spec: Spec, field: str, need: Any, has: Any = None) -> None:
    has = spec.sizes[field] if has is None else has
    if has != need:
        cls = CLASS_KEYS[spec.family.name].cls
        raise InputError(f"{spec.title()}: {field} = {has}, but {cls} can only have {need}; valid: another model")
