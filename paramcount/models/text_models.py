"""The text model of a multimodal model: its body, and the head on it."""

from __future__ import annotations

from typing import Any

from paramcount.blocks.task_heads import lm_head, no_head, untied
from paramcount.config import Config
from paramcount.config.document import of
from paramcount.config.meaning import meanings
from paramcount.config.sizes import Use
from paramcount.models.decoders.lfm import tied_by_older_key
from paramcount.models.registry import NotCountedError, architecture_of
from paramcount.models.wholes import TIED, WHOLES

TEXT, QUANTIZED = "text_config", "quantization_config"
HEADED = ("multimodal", "seq2seq")  # tasks of classes with a language model head
UNREAD = ("architectures", "tie_embedding")  # in a text_config, since the whole's class and head apply
# Old names of text model types in configs.
RENAMED = {"exaone4_5_text": "exaone4", "kimi_k2": "deepseek_v3"}


def text_model(config: Config) -> Config:
    """*config*, or, for a multimodal model, its text model's config, with a note that says so.

    Raises NotCountedError if the text model's type or class is not counted.
    """
    if config.model_type not in WHOLES:
        return config
    text, stated = _text(config)
    tied = text.get(TIED)
    text = of({**text.document, TIED: tied}, config.name)
    text.prefix = _prefix(config)
    text.whole, (text.holder, text.task) = config, _holder(config)
    _refuse_uncounted(config, text, tied)
    text.notes += _tie_said(stated, tied)
    return text


def inside(config: Config) -> Config:
    """The text model's config in *config*, a whole model; the sizes it uses are recorded there."""
    if TEXT in config.inner:
        return config.inner[TEXT]
    text, stated = _text(config)
    text.prefix = _prefix(config)
    text.holder, text.task = _holder(config)
    _refuse_uncounted(config, text, text.get(TIED))
    if TIED in config.used:  # given by the whole, or left to its text model
        own, tied = config.used[TIED], text.get(TIED)
        config.used[TIED] = own if own.value == tied else Use(tied, text.prefix + TIED, given=True)
        text.decided = frozenset({TIED})
    config.notes += [*text.notes, *_tie_said(stated, text.get(TIED))]
    text.note_in(config)
    config.inner[TEXT] = text
    return text


def _text(config: Config) -> tuple[Config, Any]:
    """The text model's config, tied as the whole is, and what it says itself about tying."""
    inner, own = _text_config(config), config.about["text"]
    named = inner.get("model_type", own["type"]) if own["other"] else own["type"]
    inner["model_type"] = RENAMED.get(str(named), named)
    text = of(inner, config.name)
    tied = WHOLES[config.model_type].ties(config, text)
    text.values[TIED] = tied
    return text, inner.get(TIED, tied)


def _tie_said(stated: Any, tied: bool) -> list[str]:
    """A note if a text_config disagrees with the whole about tying."""
    if stated == tied:
        return []
    return [f"{TIED} is {str(tied).lower()}, as in the whole model, whatever {TEXT} says."]


def _prefix(config: Config) -> str:
    return f"{config.prefix}{TEXT}." if isinstance(config.get(TEXT), dict) or not WHOLES[config.model_type].flat else ""


def _refuse_uncounted(config: Config, text: Config, tied: bool) -> None:
    if not _is_counted(text, tied):
        raise NotCountedError(config, f"{TEXT} of model_type {text.model_type} is not counted in {text.holder}")


def _text_config(config: Config) -> dict[str, Any]:
    """The text model's keys that are read in the whole."""
    found, whole = config.get(TEXT), WHOLES[config.model_type]
    if found is None and whole.flat:
        fields = of({"model_type": config.about["text"]["type"]}).values
        found = {key: value for key, value in config.document.items() if key in fields or _may_be_its_size(config, key)}
    if found is None:
        found = config.about.get("parts", {}).get(TEXT, {}).get("given", {})
    if not isinstance(found, dict):
        raise config.refuse(TEXT, "valid: an object of keys and values")
    return {**whole.under, **{key: found[key] for key in found if key not in UNREAD}}


def _may_be_its_size(config: Config, key: str) -> bool:
    """Whether *key*, in a whole that has the text model's keys among its own, is a size neither reads."""
    return bool(meanings(key)) and key not in config.about["spellings"] and type(config.document[key]) is int


def _holder(config: Config) -> tuple[str, str]:
    """The class that holds the text model, and whether it includes a language model head."""
    classes = {name: task for name, task in config.about["classes"].items() if task in (*HEADED, "base")}
    name = config.class_name() or next(name for name, task in classes.items() if task in HEADED)
    if name not in classes:
        valid = ", ".join(classes)
        raise NotCountedError(config, f"architectures names {name}, which is not counted here; counted: {valid}")
    return name, "causal" if classes[name] in HEADED else "base"


def _is_counted(text: Config, tied: bool) -> bool:
    """Whether the type's own language model has the head the holding class puts on its body."""
    architecture = architecture_of(text.model_type)
    if architecture is None or architecture.own_head:
        return False
    head = architecture.heads.get(text.task)
    if text.task == "base":
        return head is no_head
    return head in (lm_head(), tied_by_older_key) or (head is untied and not tied)


def quantised(config: Config) -> str:
    """The note on *config*'s quantisation, if any."""
    how = config.get(QUANTIZED) or config.get("quantization")  # MLX's key
    if not isinstance(how, dict):
        return ""
    method = how.get("quant_method", "unnamed")
    bits = how.get("bits") or (8 if how.get("load_in_8bit") else 4 if how.get("load_in_4bit") else None)
    return f"Quantised ({method}{f', {bits} bits' if bits else ''}): this changes the bytes, not the count."
