"""Old names of model types, classes and keys, and what transformers calls them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paramcount.errors import InputError

# Falcon shipped its own code before transformers had it; transformers' script for its old checkpoints,
# models/falcon/convert_custom_code_checkpoint.py, renames these keys and tells the two variants apart by n_head_kv.
_FALCON = {"n_head": "num_attention_heads", "n_layer": "num_hidden_layers", "n_head_kv": "num_kv_heads"}
# Kimi-K2 has DeepSeek-V3's keys, and its class under `architectures`.
TYPES = {"RefinedWebModel": "falcon", "RefinedWeb": "falcon", "kimi_k2": "deepseek_v3"}
TWICE = ("clip", "metaclip_2")  # types whose older configs give each part twice
CLASSES = {
    "T5WithLMHeadModel": "T5ForConditionalGeneration",
    "Qwen2_5OmniModel": "Qwen2_5OmniForConditionalGeneration",
    "RWModel": "FalconModel",
    "RWForCausalLM": "FalconForCausalLM",
    "RWForSequenceClassification": "FalconForSequenceClassification",
    "RWForTokenClassification": "FalconForTokenClassification",
    "RWForQuestionAnswering": "FalconForQuestionAnswering",
}


def present(document: Mapping[str, Any]) -> dict[str, Any]:
    """*document* with the model type and keys that transformers uses now.

    Raises InputError if an old key and its present name contradict each other.
    """
    named = document["model_type"]
    if named in TWICE:
        return _once(document)
    if named not in TYPES:
        return dict(document)
    now = {**document, "model_type": TYPES[named]}
    if now["model_type"] == "falcon":
        for old, own in _FALCON.items():
            if old in now and now.setdefault(own, now.pop(old)) != document[old]:
                raise InputError(
                    f"{old} = {document[old]} and {own} = {now[own]} contradict each other: they are the same key"
                )
        now["new_decoder_architecture"] = "n_head_kv" in document
    return now


def _once(document: Mapping[str, Any]) -> dict[str, Any]:
    """*document* with each part's config given once: text_config_dict wins, over its type's defaults.

    As in transformers, keys of its type that only text_config has are ignored.
    """
    from paramcount.config.types import known  # needed by these few types only

    now = dict(document)
    for part in ("text", "vision"):
        twice = now.pop(f"{part}_config_dict", None)
        if twice is None:
            continue
        said = now.get(f"{part}_config") or {}
        if not isinstance(twice, Mapping) or not isinstance(said, Mapping):
            raise InputError(f"{part}_config_dict and {part}_config: not objects; valid: objects of keys and values")
        own = (known(f"{document['model_type']}_{part}_model") or {"defaults": {}})["defaults"]
        now[f"{part}_config"] = {**{key: value for key, value in said.items() if key not in own}, **twice}
    return now


def present_class(named: str, classes: Iterable[str]) -> str:
    """Which of *classes* is called *named*, or was, ignoring case and underscores; *named* if none is."""
    alike = {_plain(own): own for own in classes}
    return alike.get(_plain(CLASSES.get(named, named)), named)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
