"""The transformers class of a model type, and the fields of its config."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from paramcount.classes.closed import closed
from paramcount.classes.of_transformers import class_name
from paramcount.config import Config
from paramcount.config.keys import symbol as printed
from paramcount.config.own_code import without_code
from paramcount.config.types import known, unknown
from paramcount.derivation.subject import Subject, Values, distinct, nested
from paramcount.errors import InputError

# Fields of every config that affect no tensor: how a model is run, saved and fine-tuned.
APART = frozenset({"transformers_version", "architectures", "dtype", "id2label", "label2id", "problem_type"})
APART |= {"torch_dtype", "_name_or_path", "name_or_path", "quantization_config"}


def read(model_type: str, config: Mapping[str, Any] | None, given: str) -> Subject:
    """The class for *model_type* with its default config, or with *config*, which was read from the file *given*.

    The class is the one that *config* names, or else the one that is counted for such a config.
    """
    import transformers

    types = transformers.CONFIG_MAPPING
    if model_type not in types:
        raise InputError(f"{model_type}: not a model type of transformers; {_valid(model_type, list(types))}")
    if config and config.get("model_type", model_type) != model_type:
        raise InputError(f"{given}: its model_type is {config['model_type']}; valid: a config of {model_type}")
    return _subject(model_type, _class(model_type, config or {}, given), types[model_type], dict(config or {}), given)


def _class(model_type: str, config: Mapping[str, Any], given: str) -> type:
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES

    about = known(model_type) or unknown(model_type)
    name = class_name(Config(config, about, given)) or str(MODEL_MAPPING_NAMES.get(model_type, "its bare model"))
    found = getattr(transformers, name, None)
    if not (isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)):
        valid = ", ".join(about["classes"]) or "--config FILE whose architectures names one"
        has = f"transformers {transformers.__version__} has no class {name}"
        raise InputError(f"{given or model_type}: {has}; valid: {valid}")
    return found


def _valid(model_type: str, types: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(model_type, types, 3)
    return f"did you mean {', '.join(close)}?" if close else "valid: e.g. llama, mamba2, t5, or your own module:Class"


def _subject(model_type: str, model: type, kind: type, config: dict[str, Any], given: str) -> Subject:
    base = _fields(kind)
    chosen = {key: value for key, value in _known(kind, config).items() if key not in APART}
    flat = dict(_flat(chosen, base))

    def build(changes: Values) -> Any:
        with closed():
            return model(kind(**nested({**flat, **changes})))

    symbols = {field: _symbol(kind, field) for field in {**base, **flat}}
    defaults = dict(base) if given else None
    return Subject(f"{model_type} ({model.__name__})", {**base, **flat}, build, distinct(symbols), given, defaults)


def _known(kind: type, config: dict[str, Any]) -> dict[str, Any]:
    """*config* in the class's own spelling of its keys."""
    spelt = getattr(kind, "attribute_map", {})
    return {spelt.get(key, key): value for key, value in without_code(config).items() if key != "model_type"}


def _flat(config: dict[str, Any], base: dict[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in config.items():
        path = outer + key
        if isinstance(value, dict) and any(field.startswith(f"{path}.") for field in base):
            yield from _flat(value, base, f"{path}.")
        else:
            yield path, value


def _fields(kind: type, outer: str = "") -> dict[str, Any]:
    """The default of every field of a config class, including nested configs."""
    nested_kinds = getattr(kind, "sub_configs", {}) if not outer else {}
    result: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        inner = nested_kinds.get(field.name)
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            result |= _fields(inner, f"{outer}{field.name}.")
        elif field.name not in APART and field.init:
            made = field.default_factory
            value = made() if made is not dataclasses.MISSING else field.default
            result[outer + field.name] = None if value is dataclasses.MISSING else value
    return result


def _symbol(kind: type, field: str) -> str:
    """The printed name of *field*: d_model for hidden_size, however the class spells it."""
    spelt = {own: common for common, own in getattr(kind, "attribute_map", {}).items()}
    *outer, last = field.split(".")
    symbol = printed(last)
    return symbol if outer or symbol != last or last not in spelt else printed(spelt[last])
