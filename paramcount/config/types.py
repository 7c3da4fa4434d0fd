"""transformers' keys and defaults for each model type, one line of types.jsonl each."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

TYPES = os.path.join(os.path.dirname(__file__), "types.jsonl")


@cache
def known(model_type: str) -> dict[str, Any] | None:
    """The keys and defaults of *model_type*; None if it is not a text model type of this transformers version."""
    # Only one of four hundred lines is parsed.
    head = json.dumps({"type": model_type})[:-1] + ","
    found = next((line for line in lines() if line.startswith(head)), "")
    return json.loads(found) if found else _of_program(model_type)


def _of_program(model_type: str) -> dict[str, Any] | None:
    from paramcount.config.program_types import TYPES as OWN

    return OWN.get(model_type)


def unknown(model_type: str) -> dict[str, Any]:
    """The same record, empty, for a type that is not known."""
    return {"type": model_type, "classes": {}, "spellings": {}, "nested": {}, "defaults": {}}


def types() -> list[str]:
    """Every known model type."""
    return [json.loads(line)["type"] for line in lines()[1:]]


@cache
def lines() -> list[str]:
    with open(TYPES, encoding="utf-8") as file:
        return file.read().splitlines()


def version() -> str:
    """The version of transformers the types are taken from."""
    return str(json.loads(lines()[0])["transformers"])
