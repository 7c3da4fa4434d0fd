"""Of a config that holds several models, such as of text and of images, the one of text."""

from __future__ import annotations

from typing import Any

from paramcount.architectures.registry import architecture_of
from paramcount.config import Config, ConfigError
from paramcount.config.document import of

TEXT, TIED, QUANTIZED = "text_config", "tie_word_embeddings", "quantization_config"


def text_model(config: Config) -> Config:
    """*config*, or the config of its text model where it is a model of more than text; its notes say so."""
    if architecture_of(config.model_type) is not None or not isinstance(config.get(TEXT), dict):
        return config
    inner: dict[str, Any] = dict(config.get(TEXT))
    inner.setdefault("model_type", config.about["nested"].get(TEXT) or None)
    if not inner["model_type"]:
        raise ConfigError(f"{config.name}: {TEXT} has no model_type, and {config.model_type} no default for it")
    _tie(config, inner)
    found = of(inner, config.name)
    found.prefix = f"{TEXT}."
    found.notes.append(f"Only the text model ({TEXT}: {inner['model_type']}) of {config.model_type} is counted.")
    return found


def _tie(outer: Config, inner: dict[str, Any]) -> None:
    """The outer config ties the head that the whole model has; where both say it, they must agree."""
    if TIED not in outer.given:
        return
    if inner.setdefault(TIED, outer.given[TIED]) != outer.given[TIED]:
        raise ConfigError(f"{outer.name}: {TIED} = {outer.given[TIED]} and {TEXT}.{TIED} = {inner[TIED]} contradict")


def quantised(config: Config) -> str:
    """What is to be said of *config*'s quantisation; nothing where it has none."""
    how = config.get(QUANTIZED)
    if not isinstance(how, dict):
        return ""
    method = how.get("quant_method", "unnamed")
    bits = how.get("bits") or (8 if how.get("load_in_8bit") else 4 if how.get("load_in_4bit") else None)
    return f"Quantised ({method}{f', {bits} bits' if bits else ''}): that changes the bytes, not the count."
