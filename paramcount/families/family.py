"""What a family is, and how sizes that were left open follow from those that were given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.ledger.polynomial import Polynomial
from paramcount.quantity import QuantityError, parse_quantity

Sizes = dict[str, Any]  # field -> int (or a symbol, or an array); conventions such as `tied` -> bool

_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class SizeError(InputError):
    """Hyperparameters that state no model; the message names the field and what would be valid."""


class Family(NamedTuple):
    """A family of models: its hyperparameters in the field's names and the composition they are put into.

    *sizes* are its whole numbers in the order in which they are shown, *switches* its conventions with their defaults,
    *ties* the sizes that are a multiple of another unless given: {"d_ff": (4, "d_model")}.
    """

    name: str
    summary: str
    source: str
    sizes: tuple[str, ...]
    switches: Mapping[str, bool]
    ties: Mapping[str, tuple[int, str]]
    build: Callable[..., Model]

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.sizes, *self.switches)

    @property
    def kind(self) -> str:
        """What its models are, as headings say it."""
        return self.name

    @property
    def keys(self) -> Mapping[str, Any]:
        """What the keys of a config say, for families that have one."""
        return {}

    def read(self, field: str, text: str) -> int | bool:
        """The value that *text* gives *field*; raises SizeError on an unknown field or a text that fits none."""
        if field in self.switches:
            if text.lower() not in _SWITCH:
                raise SizeError(f"{field} = {text}: not a switch; valid: true, false")
            return _SWITCH[text.lower()]
        if field not in self.sizes:
            raise SizeError(f"{field}: no hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        try:
            return parse_quantity(text, field)
        except QuantityError as error:
            raise SizeError(str(error)) from None

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* with every open size filled in, in the family's order; raises SizeError where one cannot be."""
        for field in given:
            if field not in self.fields:
                raise SizeError(f"{field}: no hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        sizes = {**self.switches, **{field: _exact(field, value) for field, value in given.items()}}
        if "d_model" in sizes:
            _divide(sizes, "d_head", "n_heads")
            _divide(sizes, "n_heads", "d_head")
        for field, (ratio, other) in self.ties.items():
            if other in sizes:
                sizes.setdefault(field, ratio * sizes[other])
        if missing := [field for field in self.sizes if field not in sizes]:
            hints = " ".join(f"--set {field}=…" for field in missing)
            raise SizeError(f"{self.name}: {', '.join(missing)} not given; add {hints}")
        _fitting(sizes, "n_kv_heads", "n_heads", lambda shared, heads: heads % shared == 0, "divides")
        _fitting(sizes, "n_active_experts", "n_experts", lambda active, experts: active <= experts, "is at most")
        return {field: sizes[field] for field in self.fields}

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The ties that whole *sizes* keep, e.g. {"d_ff": (4, "d_model")} where d_ff is 4·d_model."""
        return {
            field: (ratio, other)
            for field, (ratio, other) in self.ties.items()
            if isinstance(sizes[other], int) and sizes[field] == ratio * sizes[other]
        }

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Family, Sizes]:
        """*sizes* with *changes* over them, and their family; what was tied to a changed size follows it."""
        follows = self.kept(sizes)
        kept = {field: value for field, value in sizes.items() if field not in follows}
        return self, self.settle({**kept, **changes})

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        """The family's sizes as symbols; with *sizes*, those that keep a tie there are written as the tie."""
        symbols: Sizes = {field: Polynomial.symbol(field) for field in self.sizes} | dict(self.switches)
        if sizes is not None:
            symbols |= {field: sizes[field] for field in self.switches}
            symbols |= {field: ratio * symbols[other] for field, (ratio, other) in self.kept(sizes).items()}
        return symbols


def _exact(field: str, value: Any) -> Any:
    if isinstance(value, float) or (isinstance(value, int) and value < 1 and not isinstance(value, bool)):
        raise SizeError(f"{field} = {value}: not a positive whole number; valid: 768")
    # numpy's ints overflow in silence; as Python's they stay exact.
    return value.astype(object) if getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u") else value


def _fitting(sizes: Sizes, field: str, other: str, fits: Callable[[int, int], bool], words: str) -> None:
    one, two = sizes.get(field), sizes.get(other)
    if isinstance(one, int) and isinstance(two, int) and not fits(one, two):
        raise SizeError(f"{field} = {one}: does not fit {other} = {two}; valid: a number that {words} it")


def _divide(sizes: Sizes, open_field: str, other: str) -> None:
    if open_field in sizes or not isinstance(sizes.get(other), int) or not isinstance(sizes["d_model"], int):
        return
    quotient, rest = divmod(sizes["d_model"], sizes[other])
    if rest:
        raise SizeError(
            f"{open_field} not given, and d_model = {sizes['d_model']} is no multiple of {other} = {sizes[other]}; "
            f"add --set {open_field}=…, or change one of the two"
        )
    sizes[open_field] = quotient
