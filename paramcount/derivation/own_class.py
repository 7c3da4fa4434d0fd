"""A user's own class, module:Class, whose constructor takes sizes or one config object."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import os
import sys
import typing
from collections.abc import Mapping
from typing import Any

from paramcount.classes.meta import shapes_alone
from paramcount.config.keys import symbol as printed
from paramcount.derivation.subject import Subject, Values, distinct
from paramcount.errors import InputError

# Values to try for sizes without a default; they divide each other where classes need it.
TRIED: tuple[dict[str, int], ...] = (
    {"n_layers": 4, "n_heads": 4, "n_kv_heads": 2, "d_head": 24, "d_model": 96, "d_ff": 192, "n_vocab": 1000},
    {"n_layers": 3, "n_heads": 2, "n_kv_heads": 2, "d_head": 8, "d_model": 16, "d_ff": 32, "n_vocab": 64},
)
OTHERS = (12, 24, 4, 1)


def read(target: str, config: Mapping[str, Any] | None, given: str) -> Subject:
    """The class named by *target*, with its constructor's defaults or with *config*, read from the file *given*."""
    kind = _imported(target)
    parameters, hints = _parameters(target, kind)
    holder = _holder(parameters, hints)
    fields = _config_fields(holder) if holder else {p.name: p.default for p in parameters}
    if unknown := [key for key in config or {} if key not in fields]:
        raise InputError(f"{given}: {unknown[0]} is not an argument of {target}; valid: {', '.join(fields)}")
    base = {**fields, **(config or {})}

    def build(changes: Values) -> Any:
        values = {**base, **changes}
        return kind(holder(**values)) if holder else kind(**values)

    symbols = distinct({field: printed(field) for field in base})
    if open_ := [key for key, value in base.items() if value is inspect.Parameter.empty]:
        base |= _first(target, build, open_, symbols)
    complete = inspect.Parameter.empty not in fields.values()
    return Subject(target, dict(base), build, symbols, given, dict(fields) if given and complete else None)


def _imported(target: str) -> type:
    from torch import nn

    module, _, name = target.partition(":")
    if not module.strip() or not name.strip():
        missing = "class" if module.strip() else "module"
        raise InputError(f"{target}: no {missing}; valid: module:Class, e.g. mypackage.model:MyModel")
    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        raise InputError(
            f"{target}: {module} cannot be imported ({_line(error)}); valid: a module on the path"
        ) from None
    for part in name.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise InputError(f"{target}: {module} has no nn.Module class {name}; valid: module:Class of an nn.Module")
    return found


def _parameters(target: str, kind: type) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.kind not in variable]
    if any(p.kind is inspect.Parameter.POSITIONAL_ONLY for p in parameters) or not parameters:
        raise InputError(f"{target}: its constructor takes no named sizes; valid: integer arguments or one config")
    try:
        hints = typing.get_type_hints(next(vars(c)["__init__"] for c in kind.__mro__ if "__init__" in vars(c)))
    except Exception:  # annotations may use names that don't exist at run time
        hints = {}
    return parameters, hints


def _holder(parameters: list[inspect.Parameter], hints: dict[str, Any]) -> Any:
    """The class of the config that is the constructor's only argument without a default."""
    needed = [p for p in parameters if p.default is inspect.Parameter.empty] or parameters[:1]
    kind = hints.get(needed[0].name)
    alone = len(needed) == 1 and isinstance(kind, type) and kind not in (int, float, bool, str)
    return kind if alone else None


def _config_fields(holder: Any) -> dict[str, Any]:
    if not dataclasses.is_dataclass(holder):
        found = [p for p in inspect.signature(holder).parameters.values() if p.kind is not p.VAR_KEYWORD]
        return {p.name: p.default for p in found}
    fields = {}
    for field in (f for f in dataclasses.fields(holder) if f.init):
        made = field.default_factory
        value = made() if made is not dataclasses.MISSING else field.default
        fields[field.name] = inspect.Parameter.empty if value is dataclasses.MISSING else value
    return fields


def _first(target: str, build: Any, open_: list[str], symbols: dict[str, str]) -> dict[str, int]:
    """Values with which the class can be built, for the sizes without a default."""
    failed = ""
    for tried in TRIED:
        for other in OTHERS:
            values = {field: tried.get(symbols[field], other) for field in open_}
            try:
                with shapes_alone():
                    build(values)
                return values
            except Exception as error:
                failed = _line(error)
    asked = ", ".join(open_)
    raise InputError(
        f"{target}: it couldn't be built with any values tried for {asked} ({failed}); valid: --config FILE with values"
    )


def _line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:120]}" if said else type(error).__name__
