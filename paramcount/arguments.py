"""Arguments of public functions, checked by the types that the functions state, so that a wrong one is one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from inspect import Signature, signature
from numbers import Real
from os import PathLike
from typing import Any, ParamSpec, TypeVar

from paramcount.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")
INFINITE = float("inf")
LONGEST = 60  # characters of a value in an error

ALIKE: dict[str, Callable[[Any], bool]] = {
    "None": lambda value: value is None,
    "bool": lambda value: isinstance(value, bool) or type(value).__name__ == "bool",  # numpy's too
    "int": lambda value: _is_number(value) and value == value // 1,
    "float": lambda value: _is_number(value),
    "str": lambda value: isinstance(value, str),
    "PathLike[str]": lambda value: isinstance(value, PathLike),
    "Sequence[str]": lambda value: _are(value, str),
    "Sequence[Mapping[str, float]]": lambda value: _are(value, Mapping),
}
WRONG = {
    "bool": "not True or False; valid: True, False",
    "int": "not a whole number; valid: 8",
    "float": "not a number; valid: 1e22",
    "str": "not text; valid: text in quotes",
    "PathLike[str]": "not a name or path; valid: 'table.csv', pathlib.Path('table.csv')",
    "Sequence[str]": "not text or a list of texts; valid: text in quotes",
    "Sequence[Mapping[str, float]]": "not a file or a list of mappings; valid: 'runs.csv', frame.to_dict('records')",
}


class CallError(InputError, TypeError):
    """A call with an argument that the function doesn't have, or without one that it needs."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """*function*, whose arguments are checked first; numbers of numpy become Python's.

    Only parameters of plain types are (bool, int, float, str, paths, None); the function reads others itself. Raises
    InputError on an argument of a wrong type.
    """

    @wraps(function)
    def with_checks(*args: P.args, **kwargs: P.kwargs) -> R:
        takes = signature(function)
        try:
            given = takes.bind(*args, **kwargs)
        except TypeError as error:
            raise CallError(f"{function.__name__}: {error}{_near(takes, kwargs)}") from None
        for name, value in given.arguments.items():
            given.arguments[name] = _read(takes, name, value)
        return function(*given.args, **given.kwargs)

    return with_checks


def _near(takes: Signature, named: Mapping[str, object]) -> str:
    """The parameter that the first unknown name is likely to mean; else all of them."""
    known = [name for name in takes.parameters if name != "self"]
    unknown = next((name for name in named if name not in known), "")
    near = get_close_matches(unknown, known, 1)
    return f"; did you mean {near[0]}?" if near else f"; valid: {', '.join(known)}"


def _read(takes: Signature, name: str, value: Any) -> Any:
    """*value* as the parameter called *name* takes it."""
    parameter = takes.parameters[name]
    types = str(parameter.annotation).split(" | ")
    if parameter.kind is parameter.VAR_KEYWORD or not ALIKE.keys() >= set(types):
        return value
    if parameter.kind is parameter.VAR_POSITIONAL:
        return tuple(as_typed(name, one, types) for one in value)
    return as_typed(name, value, types)


def as_typed(name: str, value: Any, types: list[str]) -> Any:
    """*value*, the argument called *name*, where it is of one of these *types*; raises InputError otherwise."""
    if not any(ALIKE[kind](value) for kind in types):
        shown = " ".join(repr(value).split())
        shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
        raise InputError(f"{name} = {shown}: {WRONG[types[-1] if types[-1] in WRONG else types[0]]}")
    if isinstance(value, bool) or value is None or isinstance(value, str | PathLike):
        return value
    if "int" in types and ALIKE["int"](value):
        return int(value)
    return bool(value) if "bool" in types else value


def _are(value: Any, kind: type) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str | bytes)
        and all(isinstance(one, kind) for one in value)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and value == value and abs(value) != INFINITE
