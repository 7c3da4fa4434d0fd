"""A config.json as a document: read within bounds, its model type's defaults beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from paramcount.config.config import Config
from paramcount.config.earlier_names import present
from paramcount.config.sizes import ConfigError
from paramcount.config.types import known, lines, unknown
from paramcount.errors import all_printable, printable
from paramcount.inputs import instead_of_json, once, read_within

LARGEST = 10_000_000  # bytes


def read(path: str | os.PathLike[str]) -> Config:
    """The config in the file at *path*; raises ConfigError."""
    text = read_within(path, LARGEST, "a config.json", ConfigError)
    return parse(text, str(path))


def parse(text: bytes | str, name: str) -> Config:
    """The config that *text* is, called *name* in errors; raises ConfigError."""
    if len(text) > LARGEST:
        raise ConfigError(f"{name}: larger than any config.json; valid: up to {LARGEST:,} bytes")
    try:
        document = json.loads(text, object_pairs_hook=once)
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config.json") from None
    except ValueError as error:
        if instead := instead_of_json(text, error):
            raise ConfigError(f"{name}: {instead}") from None
        raise ConfigError(f"{name}: no JSON ({error}); valid: a config.json") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{name}: a JSON {type(document).__name__}; valid: an object of keys and values")
    return of(document, name)


def of_python(document: Mapping[str, Any], name: str = "config") -> Config:
    """The config that *document* is, written as JSON has it: whole numbers as keys are text; raises ConfigError."""
    return parse(_as_json(document, name), name)


def _as_json(document: Mapping[str, Any], name: str) -> str:
    try:
        return json.dumps(dict(document), default=_mapping)
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config.json") from None
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: {error}, which JSON cannot hold; valid: what a config.json holds") from None


def _mapping(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a value of type {type(value).__name__}")


def of(document: dict[str, Any], name: str = "config") -> Config:
    """*document* over its model type's defaults; raises ConfigError where the type is missing or unknown."""
    document, name = all_printable(document), printable(name)
    if not isinstance(document.get("model_type"), str):
        raise ConfigError(f"{name}: {_untyped(document)}")
    document, named = present(document), document["model_type"]
    model_type = document["model_type"]
    config = Config(document, known(model_type) or unknown(model_type), name)
    if model_type != named:
        config.notes.append(f"model_type {named} is {model_type} in transformers.")
    return config


def _untyped(document: dict[str, Any]) -> str:
    """What is wrong with *document*, which has no model type, and what would be valid."""
    if "peft_type" in document:
        base = document.get("base_model_name_or_path") or "the model that it is for"
        return f"the config of an adapter, which states no model; valid: its weights, or --base MODEL, here {base}"
    named = document.get("architectures")
    name = named[0] if isinstance(named, list) and named else None
    of_class = [json.loads(line)["type"] for line in lines()[1:] if f'{json.dumps(name)}: "' in line]
    if of_class:
        return f"no model_type; valid: {', '.join(of_class)}, for {name}"
    return "no model_type; valid: one of transformers' model types, e.g. llama"
