"""Extends lists with one item per layer to another depth, if they repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from paramcount.config.rules import pattern

DEPTHS = frozenset({"n_layers", "n_encoder_layers", "n_decoder_layers"})
NUMBERED = ("layer", "idx", "indices")  # found in the names of keys that list layer numbers


def at_depth(values: Mapping[str, Any], before: int, after: int) -> dict[str, list[Any]]:
    """The lists in *values* that describe, or number, some of *before* layers, rewritten for *after* layers.

    A list that does not repeat is left out, since nothing says how it would go on.
    """
    changed = {key: _listed(key, value, before, after) for key, value in values.items() if isinstance(value, list)}
    return {key: value for key, value in changed.items() if value is not None and value != values[key]}


def _listed(key: str, value: list[Any], before: int, after: int) -> list[Any] | None:
    if len(value) == before > 0:
        kinds = tuple(json.dumps(one, sort_keys=True) for one in value)
        found = pattern(kinds)
        return None if found is None else [json.loads(kind) for kind in found.layers(after)]
    if value and any(part in key for part in NUMBERED) and _are_numbers(value, before):
        found = pattern(tuple("yes" if at in value else "no" for at in range(before)))
        return None if found is None else [at for at, kind in enumerate(found.layers(after)) if kind == "yes"]
    return None


def _are_numbers(value: list[Any], before: int) -> bool:
    return all(type(at) is int and 0 <= at < before for at in value)
