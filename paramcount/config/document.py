"""Reads a config.json within limits and finds its model type's defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from paramcount.config.config import Config
from paramcount.config.earlier_names import TYPES, present
from paramcount.config.sizes import ConfigError
from paramcount.config.types import known, lines, unknown
from paramcount.errors import all_printable, printable
from paramcount.inputs import instead_of_json, once, read_within

LARGEST = 10_000_000  # bytes


# Names of depths and widths in other programs' files, which hardly any type reads.
OTHERS = frozenset({"dim", "layers", "layer_num", "layers_num", "block_size", "mlp_hidden_size"})


def read(path: str | os.PathLike[str], changes: Iterable[str] = ()) -> Config:
    """The config in the file at *path*, with *changes* as in `of`; raises ConfigError."""
    text = read_within(path, LARGEST, "a config.json", ConfigError)
    return parse(text, str(path), changes)


def parse(text: bytes | str, name: str, changes: Iterable[str] = ()) -> Config:
    """The config in *text*, called *name* in errors, with *changes* as in `of`; raises ConfigError."""
    if len(text) > LARGEST:
        raise ConfigError(f"{name}: larger than any config.json; valid: up to {LARGEST:,} bytes")
    try:
        document = json.loads(text, object_pairs_hook=once)
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config.json") from None
    except ValueError as error:
        if instead := instead_of_json(text, error):
            raise ConfigError(f"{name}: {instead}") from None
        other = _other_text(text, name)
        if other is not None:
            return of(other, name, changes)
        raise ConfigError(f"{name}: not valid JSON ({error}); valid: a config.json") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{name}: a JSON {type(document).__name__}; valid: an object of keys and values")
    return of(document, name, changes)


def _other_text(text: bytes | str, name: str) -> dict[str, Any] | None:
    """The keys in *text*, which is not JSON but may be another program's format; None if it is not."""
    from paramcount.config.foreign.text import document_of

    try:
        plain = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        return None
    return document_of(plain, name)


def of_python(document: Mapping[str, Any], name: str = "config", changes: Iterable[str] = ()) -> Config:
    """The config in a Python *document*, treated as JSON would be: keys that are numbers become text.

    *changes* are as in `of`. Raises ConfigError.
    """
    return parse(_as_json(document, name), name, changes)


def _as_json(document: Mapping[str, Any], name: str) -> str:
    try:
        return json.dumps(dict(document), default=_mapping)
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config.json") from None
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: cannot be written as JSON ({error}); valid: the values of a config.json") from None


def _mapping(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a value of type {type(value).__name__}")


def of(document: dict[str, Any], name: str = "config", changes: Iterable[str] = ()) -> Config:
    """*document* over its model type's defaults, or translated if it is another program's file.

    Changes ("model_type=bert") needed to tell what kind of model it is are applied first and recorded as `settled`.
    Raises ConfigError if the type is missing or unknown.
    """
    document, name, changes = all_printable(document), printable(name), tuple(changes)
    notes, settled = tuple[str, ...](), frozenset[str]()
    if not _is_typed(document):
        document, notes, settled = _as_it_is_meant(document, name, changes)
    if not isinstance(document.get("model_type"), str):
        raise ConfigError(f"{name}: {_untyped(document)}")
    document, named = present(document), document["model_type"]
    model_type = document["model_type"]
    config = Config(document, known(model_type) or unknown(model_type), name)
    config.settled, config.meant = settled, any(note.startswith("Read as ") for note in notes)
    config.notes += notes
    if model_type != named:
        config.notes.append(f"model_type {named} is called {model_type} in transformers.")
    return config


def _is_typed(document: dict[str, Any]) -> bool:
    """Whether *document* has a known type, and no depth or width of another program's."""
    model_type = document.get("model_type")
    return isinstance(model_type, str) and (model_type in TYPES or (bool(known(model_type)) and not _unread(document)))


def _unread(document: dict[str, Any]) -> list[str]:
    """The keys of *document* that belong to another program and not to its type."""
    about = known(document["model_type"]) or unknown(document["model_type"])
    return sorted(OTHERS & document.keys() - {*about["defaults"], *about["spellings"]})


def _as_it_is_meant(
    document: dict[str, Any], name: str, changes: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[str, ...], frozenset[str]]:
    """*document* with a known type, notes on how it was read, and the *changes* applied already."""
    from paramcount.config.foreign import read_as

    found = None if "peft_type" in document else read_as(document, name, changes)
    if found is not None:
        return found
    if isinstance(document.get("model_type"), str):
        _refuse_another(document, name)
        return document, (), frozenset()
    asked = [change for change in changes if change.partition("=")[0].strip() == "model_type"]
    types = [asked[-1].partition("=")[2].strip()] if asked else _types_of_class(document)
    if len(types) != 1:
        return document, (), frozenset()
    typed = {**document, "model_type": types[0]}
    _refuse_another(typed, name)
    if "peft_type" in typed:
        return document, (), frozenset()
    why = "as --set says" if asked else f"by its class {document['architectures'][0]}"
    return typed, (f"No model_type: read as {types[0]}, {why}.",), frozenset(asked)


def _refuse_another(document: dict[str, Any], name: str) -> None:
    """Raise ConfigError if *document* has a known type but is another program's file."""
    from paramcount.config.foreign import programs_of

    others = _unread(document) if known(document["model_type"]) else []
    found = programs_of({key: value for key, value in document.items() if key != "model_type"}) if others else []
    if found:
        said = f"model_type = {document['model_type']}, which has no key {others[0]}; by its keys it is {found[0]}"
        raise ConfigError(f"{name}: {said}; valid: the same without model_type")


def _types_of_class(document: dict[str, Any]) -> list[str]:
    """The model types whose class *document* names, or the one of these that the class is named after."""
    named = document.get("architectures")
    name = named[0] if isinstance(named, list) and named else None
    if not isinstance(name, str):
        return []
    found = [json.loads(line)["type"] for line in lines()[1:] if f'{json.dumps(name)}: "' in line]
    own = [one for one in found if name.lower().startswith(one.replace("_", "").replace("-", ""))]
    return own or found


def _untyped(document: dict[str, Any]) -> str:
    """What is wrong with *document*, which has no model type, and what would be valid."""
    if "peft_type" in document:
        base = document.get("base_model_name_or_path") or "the model it was trained on"
        return f"an adapter's config, which does not describe a model; valid: its weights, or --base MODEL ({base})"
    of_class = _types_of_class(document)
    if of_class:
        which = f"one of {', '.join(of_class)}, which share {document['architectures'][0]}"
        return f"no model_type; valid: --set model_type=…, {which}"
    return "no model_type; valid: one of transformers' model types, such as --set model_type=llama"
