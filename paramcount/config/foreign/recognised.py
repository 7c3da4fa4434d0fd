"""Recognises which program a file belongs to and reads it as a config.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program
from paramcount.config.keys import symbol
from paramcount.config.own_code import AUTO_MAP
from paramcount.config.sizes import ConfigError
from paramcount.quantity import QuantityError, parse_quantity

MODULES = (
    "llama_params",
    "mistral",
    "deepseek",
    "gpt2",
    "untyped",
    "own_code",
    "simumax",
    "uer",
    "trainers",
    "open_trainers",
)


class Read(NamedTuple):
    """The *document* a file becomes, the *notes* on it, and the changes already *in* it."""

    document: dict[str, Any]
    notes: tuple[str, ...]
    settled: frozenset[str] = frozenset()


def read_as(document: Mapping[str, Any], name: str, changes: Iterable[str] = ()) -> Read | None:
    """*document* as a config.json, with those of *changes* ("vocab_size=32000") applied that its program reads.

    None if no program is recognised; raises ConfigError if several are, or if the keys do not describe a model.
    """
    document = {key.replace("-", "_"): value for key, value in document.items()}
    asked = {change: _key_and_value(change) for change in changes if "=" in change}
    values = dict(asked.values())
    found = [one for one in _programs() if one.recognises(_over(document, values, one.under))]
    if not found:
        return None
    if len(found) > 1:
        may = " or ".join(one.called for one in found)
        raise ConfigError(f"{name}: its keys fit {may}; valid: with a model_type, --set model_type=…")
    program = found[0]
    keys = Keys(document[program.under] if program.under else document, name, program.called, values)
    config = dict(program.config(keys))
    if AUTO_MAP in keys.document:
        config[AUTO_MAP] = keys.document[AUTO_MAP]  # the note that it is not run is made for any config
    if program.strict:
        keys.refuse_unread(program.passed)
    known = keys.read | program.known_by()
    settled = [change for change, (key, _) in asked.items() if key in known]
    with_ = f" with {', '.join(settled)}" if settled else ""
    said = f"Read as {program.called}{with_} and counted as {config['model_type']}."
    return Read(config, (said, *keys.notes), frozenset(settled))


def programs_of(document: Mapping[str, Any]) -> list[str]:
    """The names of the programs whose file *document* may be, by its keys."""
    return [one.called for one in _programs() if one.recognises(document)]


def _programs() -> Iterator[Program]:
    for module in MODULES:
        yield from import_module(f"paramcount.config.foreign.{module}").PROGRAMS


def _over(document: Mapping[str, Any], changes: Mapping[str, Any], under: str) -> Mapping[str, Any]:
    held = document.get(under) if under else document
    if not isinstance(held, Mapping):
        return document
    return {**document, under: {**held, **changes}} if under else {**document, **changes}


def _key_and_value(change: str) -> tuple[str, Any]:
    key, _, text = (part.strip() for part in change.partition("="))
    key = "vocab_size" if symbol(key) == "n_vocab" or key == "n_vocab" else key
    if text.lower() in ("true", "false"):
        return key, text.lower() == "true"
    try:
        return key, parse_quantity(text, key)
    except QuantityError:
        return key, text
