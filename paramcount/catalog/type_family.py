"""A model type as a family: the rows of a table are configs of it whose sizes carry the literature's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from paramcount.config.document import of
from paramcount.config.keys import symbol
from paramcount.config.rules import Rule, in_order
from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.ledger.paper import as_paper
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.design import Design, SizeError, Sizes

TIED = "tie_word_embeddings"
ESSENTIAL = ("n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff", "n_vocab")  # no default speaks for these


class Structure(NamedTuple):
    """The count of all configs that are alike in what a body looks at, over their sizes and those that follow."""

    total: Polynomial
    rules: Mapping[str, Rule]

    def at(self, sizes: Mapping[str, int]) -> int:
        """The count of *sizes*, for the search: what does not come out whole is rounded down."""
        every = dict(sizes)
        for name, rule in self.rules.items():
            every[name] = rule.value(every) or 0
        return int(self.total.at(every))


class TypeFamily(Design):
    """The family of a model type. Raises InputError where transformers' defaults state no model of it."""

    def __init__(self, model_type: str):
        self._base = Configured(of({"model_type": model_type}, model_type))
        self.name, self.kind = model_type, model_type
        self.summary, self.source = self._base.summary, self._base.source
        values = {name: use.value for name, use in self._base.keys.items() if use.settable}
        self._values = {**values, **dict.fromkeys(self._open)}
        self.sizes = tuple(name for name, value in self._values.items() if not isinstance(value, bool))
        switches = {name: value for name, value in values.items() if isinstance(value, bool)}
        self.switches = {"tied" if name == TIED else name: value for name, value in switches.items()}
        self._structures: dict[tuple[Any, ...], Structure] = {}

    @cached_property
    def _open(self) -> dict[str, str]:
        """The sizes that the type's defaults leave open, as null, by the literature's names, with their keys."""
        about = self._base.config.about["defaults"]
        keys = {symbol(key): key for key, value in about.items() if value is None and symbol(key) != key}
        return {name: key for name, key in keys.items() if name not in self._base.keys and name != "d_head"}

    def read(self, field: str, text: str) -> Any:
        """The value that *text* gives *field*; raises SizeError."""
        if field in self._open:
            return self._base.read("n_layers", text)
        return self._base.read(TIED if field == "tied" else field, text)

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* over the type's own defaults; raises SizeError where an essential size is missing or none fits."""
        if unknown := [field for field in given if field not in self.fields]:
            raise SizeError(f"{unknown[0]}: no hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        if missing := [field for field in ESSENTIAL if self._values.get(field) is not None and field not in given]:
            hints = " ".join(f"--set {field}=…" for field in missing)
            raise SizeError(f"{self.name}: {', '.join(missing)} not given; add {hints}")
        try:
            shape = self.shape(given)
        except InputError as error:
            raise SizeError(str(error)) from None
        values = {**{TIED if name == TIED else name: value for name, value in shape.values().items()}}
        return {field: given.get(field, values.get(TIED if field == "tied" else field)) for field in self.fields}

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[TypeFamily, Sizes]:
        """*sizes* with *changes* over them."""
        return self, self.settle({**{name: value for name, value in sizes.items() if value is not None}, **changes})

    def shape(self, sizes: Mapping[str, Any]) -> Configured:
        """The design of the config that states *sizes*; raises InputError where it states no model."""
        stated = {name: value for name, value in sizes.items() if value is not None and value != self._values.get(name)}
        changes = {TIED if name == "tied" else self._open.get(name, name): value for name, value in stated.items()}
        return self._base.change(self._base.values(), changes)[0] if changes else self._base

    def build(self, **sizes: Any) -> Model:
        """The model of *sizes* in the paper's reading; over symbols, the formulas of the type's own defaults."""
        if all(isinstance(size, int) or size is None for size in sizes.values()):
            return as_paper(self.shape(sizes).model)
        values = {**self._base.values(), **sizes}
        return as_paper(self._base.model).mapped(lambda size: formula_of(size).at(values))

    def counter(self, reading: str, switches: Mapping[str, bool] | None = None) -> Callable[..., int]:
        """The count of sizes in their order: by formula where what a body looks at is as it was in a model built."""
        chosen = self.switches if switches is None else switches

        def count(*values: int | None) -> int:
            sizes = {**dict(zip(self.sizes, values, strict=True)), **chosen}
            known = (one for one in self._structures if one[0] == reading and _alike(one[1], sizes))
            key = next(known, None) or self._looked(reading, sizes)
            return self._structures[key].at({name: value for name, value in sizes.items() if value is not None})

        return count

    def _looked(self, reading: str, sizes: Mapping[str, Any]) -> tuple[Any, ...]:
        """Where the structure of a model of *sizes* is kept; of the type's own where they state none."""
        try:
            shape = self.shape(sizes)
        except InputError:
            shape = self._base
        seen = {name: sizes.get(name) for name in self.fields if name in shape.config.looked or name in self.switches}
        seen |= {name: None for name in self._open if sizes.get(name) is None}
        key = (reading, tuple(seen.items()))
        rules = in_order({name: use.rule for name, use in shape.keys.items() if use.rule is not None})
        total = Polynomial({}) + as_paper(shape.model).mapped(formula_of).read(reading)
        self._structures[key] = Structure(total, rules)
        return key


def _alike(seen: tuple[tuple[str, Any], ...], sizes: Mapping[str, Any]) -> bool:
    return all(sizes.get(name) == value for name, value in seen)
