"""A config.json as a document: read within bounds, its model type's defaults beside it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from paramcount.config.config import Config, ConfigError

LARGEST = 10_000_000  # bytes
TYPES = Path(__file__).with_name("types.jsonl")


def read(path: Path) -> Config:
    """The config in the file at *path*; raises ConfigError."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); valid: a config.json") from None
    return parse(text, str(path))


def parse(text: bytes | str, name: str) -> Config:
    """The config that *text* is, called *name* in errors; raises ConfigError."""
    if len(text) > LARGEST:
        raise ConfigError(f"{name}: larger than any config.json; valid: up to {LARGEST:,} bytes")
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config.json") from None
    except ValueError as error:
        raise ConfigError(f"{name}: no JSON ({error}); valid: a config.json") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{name}: a JSON {type(document).__name__}; valid: an object of keys and values")
    return of(document, name)


def of(document: dict[str, Any], name: str = "config") -> Config:
    """*document* over its model type's defaults; raises ConfigError where the type is missing or unknown."""
    model_type = document.get("model_type")
    if not isinstance(model_type, str):
        raise ConfigError(f"{name}: no model_type; valid: one of transformers' model types, e.g. llama")
    return Config(document, known(model_type) or unknown(model_type), name)


@cache
def known(model_type: str) -> dict[str, Any] | None:
    """What transformers says of *model_type*; None where it is no text model type of that version."""
    # Of four hundred lines only the one that is asked for is parsed.
    head = json.dumps({"type": model_type})[:-1] + ","
    found = next((line for line in _lines() if line.startswith(head)), "")
    return json.loads(found) if found else None


def unknown(model_type: str) -> dict[str, Any]:
    """The same of a type that is no text model type of that version: nothing."""
    return {"type": model_type, "classes": {}, "spellings": {}, "nested": {}, "defaults": {}}


def types() -> list[str]:
    """Every model type that is known."""
    return [json.loads(line)["type"] for line in _lines()[1:]]


@cache
def _lines() -> list[str]:
    return TYPES.read_text(encoding="utf-8").splitlines()


def version() -> str:
    """The version of transformers that the types are of."""
    return str(json.loads(_lines()[0])["transformers"])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice} is there twice")
    return document
