"""Reads adapter_config.json: what decides the number of trained parameters; other options are refused."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from paramcount.checkpoint.files import document
from paramcount.costs.memory.lora import parse
from paramcount.errors import InputError

# Keys that do not affect the count: initialisation, scaling, dropout, names.
HARMLESS = frozenset(
    {"alpha_pattern", "alora_invocation_tokens", "auto_mapping", "base_model_name_or_path", "corda_config"}
    | {"eva_config", "fan_in_fan_out", "inference_mode", "init_lora_weights", "loftq_config", "lora_alpha"}
    | {"lora_dropout", "lora_ga_config", "megatron_config", "megatron_core", "peft_type", "peft_version", "revision"}
    | {
        "qalora_group_size",
        "runtime_config",
        "task_type",
        "use_rslora",
        "enable_lora",
        "merge_weights",
        "trainer_state",
    }
)
COUNTED = frozenset(
    {"r", "target_modules", "exclude_modules", "bias", "modules_to_save", "layers_to_transform", "layers_pattern"}
    | {"rank_pattern", "use_dora", "lora_bias", "trainable_token_indices"}
)
BIASES = ("none", "all", "lora_only")
ALL_LINEAR = "all-linear"
MOST_REPEATS, LONGEST = 6, 2000  # limits on a pattern, so that matching is quick
REPEATED_GROUP = re.compile(r"\)[*+{]")
LARGEST_RANK = 2**31
CONFIG = "adapter_config.json"


class Peft(NamedTuple):
    """An adapter: maps of rank *r* at each target, and whole modules that are trained and saved.

    *targets* are endings of modules' names, or a string: a pattern for whole names, or all-linear. *ranks* gives other
    ranks by pattern. *tokens* is the number of trained rows by table, "" being the token embedding.
    """

    r: int
    targets: tuple[str, ...] | str
    exclude: tuple[str, ...] | str = ()
    ranks: Mapping[str, int] = {}
    layers: tuple[int, ...] | None = None
    layers_pattern: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    bias: str = "none"
    dora: bool = False
    lora_bias: bool = False
    tokens: Mapping[str, int] = {}
    task: str = ""
    base: str = ""

    def said(self) -> str:
        """The adapter in words: LoRA of rank 16 on q_proj, v_proj."""
        targets = self.targets if isinstance(self.targets, str) else ", ".join(self.targets)
        ranks = " (other ranks by pattern)" if self.ranks else ""
        return f"{'DoRA' if self.dora else 'LoRA'} of rank {self.r}{ranks} on {targets}"


def of_text(lora: str) -> Peft:
    """The adapter for r=16,targets=q_proj,v_proj."""
    asked = parse(lora)
    return Peft(asked.r, asked.targets)


def of_file(path: str) -> Peft:
    """The adapter in the folder, or of the config, at *path*; raises InputError if there is none."""
    config = path if path.endswith(".json") else os.path.join(folder_of(path), CONFIG)
    if not os.path.isfile(config):
        raise InputError(f"{path}: has no {CONFIG}; valid: an adapter's folder")
    return of_document(document(config, as_python=True), config)


def folder_of(path: str) -> str:
    """The folder of an adapter at *path*, its folder or one of its files."""
    return path if os.path.isdir(path) else os.path.dirname(path)


def of_document(document: Mapping[str, Any], name: str) -> Peft:
    """The adapter described by *document*, an adapter_config.json in the file *name*. Raises InputError."""
    kind = document.get("peft_type")
    if kind != "LORA":
        raise InputError(f"{name}: peft_type = {_word(kind)}: not supported; valid: LORA, with use_dora or use_rslora")
    for key, value in document.items():
        if key not in HARMLESS | COUNTED and value not in (None, False, [], {}, ""):
            raise InputError(f"{name}: {key} = {_word(value)}: its parameters are not known; valid: without it")
    r, bias = document.get("r", 8), document.get("bias", "none")
    if bias not in BIASES:
        raise InputError(f"{name}: bias = {_word(bias)}: unknown; valid: {', '.join(BIASES)}")
    return Peft(
        _rank(name, "r", r),
        _modules(name, "target_modules", document.get("target_modules"), needed=True),
        _modules(name, "exclude_modules", document.get("exclude_modules")),
        _ranks(name, document.get("rank_pattern")),
        _layers(name, document.get("layers_to_transform")),
        _words(name, "layers_pattern", document.get("layers_pattern")),
        _words(name, "modules_to_save", document.get("modules_to_save")),
        bias,
        _switch(name, "use_dora", document.get("use_dora")),
        _switch(name, "lora_bias", document.get("lora_bias")),
        _tokens(name, document.get("trainable_token_indices")),
        task if isinstance(task := document.get("task_type"), str) else "",
        base if isinstance(base := document.get("base_model_name_or_path"), str) else "",
    )


def checked_pattern(name: str, key: str, pattern: str) -> str:
    """*pattern*, if it is a regular expression that is quick on any name; raises InputError otherwise."""
    repeats = len(re.findall(r"(?<!\\)[*+]|\{", pattern))
    if len(pattern) > LONGEST or repeats > MOST_REPEATS or REPEATED_GROUP.search(pattern):
        raise InputError(f"{name}: {key}: this pattern may be slow to match; valid: up to {MOST_REPEATS} * or +")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise InputError(f"{name}: {key} = {_word(pattern)}: not a regular expression; valid: q_proj|v_proj") from None
    return pattern


def _rank(name: str, key: str, value: Any) -> int:
    if type(value) is not int or not 1 <= value <= LARGEST_RANK:
        raise InputError(f"{name}: {key} = {_word(value)}: not a rank; valid: a positive whole number")
    return value


def _modules(name: str, key: str, value: Any, needed: bool = False) -> tuple[str, ...] | str:
    if isinstance(value, str) and value:
        return ALL_LINEAR if value.lower() == ALL_LINEAR else checked_pattern(name, key, value)
    words = _words(name, key, value)
    if needed and not words:
        raise InputError(f"{name}: {key} is missing (peft would choose it by model type); valid: names of modules")
    return words


def _words(name: str, key: str, value: Any) -> tuple[str, ...]:
    value = [value] if isinstance(value, str) and value else value or []
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise InputError(f"{name}: {key} = {_word(value)}: not names of modules; valid: a list of strings")
    return tuple(sorted(value))


def _ranks(name: str, value: Any) -> dict[str, int]:
    if not isinstance(value or {}, Mapping):
        raise InputError(f"{name}: rank_pattern = {_word(value)}: not ranks by name; valid: an object")
    return {
        checked_pattern(name, "rank_pattern", key): _rank(name, f"rank_pattern, {key}", rank)
        for key, rank in (value or {}).items()
    }


def _layers(name: str, value: Any) -> tuple[int, ...] | None:
    if value is None or value == []:
        return None
    layers = [value] if type(value) is int else value
    if not isinstance(layers, list) or any(type(layer) is not int for layer in layers):
        raise InputError(f"{name}: layers_to_transform = {_word(value)}: not layers; valid: a list of whole numbers")
    return tuple(layers)


def _switch(name: str, key: str, value: Any) -> bool:
    if value not in (None, True, False):
        raise InputError(f"{name}: {key} = {_word(value)}: not a switch; valid: true, false")
    return bool(value)


def _tokens(name: str, value: Any) -> dict[str, int]:
    """The number of rows by table; a plain list is for the token embedding."""
    tables = value if isinstance(value, Mapping) else {"": value} if value else {}
    if not all(isinstance(rows, list) and all(type(row) is int for row in rows) for rows in tables.values()):
        raise InputError(f"{name}: trainable_token_indices: not token numbers; valid: a list of whole numbers")
    return {table: len(set(rows)) for table, rows in tables.items() if rows}


def _word(value: Any) -> str:
    return str(value)[:60]
