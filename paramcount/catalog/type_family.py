"""A model type as a family: a table's rows are configs whose sizes have the literature's names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from paramcount.config.document import of
from paramcount.config.keys import symbol
from paramcount.config.rules import Quotient, Rule, in_order
from paramcount.config.sizes import ConfigError
from paramcount.errors import InputError
from paramcount.ledger.model import Entry, Model, Reading
from paramcount.ledger.paper import as_paper
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.design import TIED, Design, MissingError, SizeError, Sizes

# Sizes that are never taken from defaults.
ESSENTIAL = ("n_layers", "n_encoder_layers", "n_decoder_layers", "d_model", "n_heads", "n_encoder_heads",
             "n_decoder_heads", "n_kv_heads", "d_ff", "d_encoder_ff", "d_decoder_ff", "d_inner", "n_vocab")  # fmt: skip
PLACE = 8  # divides the defaults of other sizes
MOST_NEEDED = 8
MISSING = re.compile(r": (\w+) is missing")


class Formula(NamedTuple):
    """A count as a function of *symbols*, some of which follow from others by *rules*."""

    total: Callable[..., int]
    symbols: tuple[str, ...]
    rules: Mapping[str, Callable[[Mapping[str, int]], int]]

    def at(self, sizes: dict[str, Any]) -> int:
        """The count for *sizes*, for searching; fractions are rounded down, and derived sizes are added to *sizes*."""
        for name, rule in self.rules.items():
            sizes[name] = rule(sizes)
        return int(self.total(*[sizes[symbol] for symbol in self.symbols]))


def _remembered(rule: Rule) -> Callable[[Mapping[str, int]], int]:
    """The value of *rule*, rounded down so that counts grow, and cached: a search repeats few values."""
    if isinstance(rule, Quotient) and rule.rounded == "exactly":
        rule = rule._replace(rounded="down")
    needs = sorted(rule.needs())
    known: dict[tuple[int, ...], int] = {}

    def value(sizes: Mapping[str, int]) -> int:
        key = tuple([sizes[name] for name in needs])
        if key not in known:
            known[key] = rule.value(sizes) or 0
        return known[key]

    return value


Totals = dict[Reading, tuple[Callable[..., int], tuple[str, ...]]]  # counts, compiled, and their symbols


class Structure:
    """All configs that agree in what a body compares: the *model* over their sizes and derived sizes.

    *fixed* are sizes from the type's defaults that no row gives.
    *totals* are shared by all whose ledgers are the same but for the layers' numbers.
    """

    def __init__(self, model: Model, fixed: Mapping[str, int], rules: Mapping[str, Rule], totals: Totals):
        self.fixed = fixed
        self._model, self._rules, self._totals = model, rules, totals
        self._formulas: dict[Reading, Formula] = {}

    def formula(self, reading: Reading) -> Formula:
        """The count that *reading* names, as a formula."""
        if reading not in self._formulas:
            if reading not in self._totals:
                total = Polynomial({}) + self._model.read(reading)
                self._totals[reading] = total.function(total.symbols()), tuple(total.symbols())
            compiled, symbols = self._totals[reading]
            needed = set(symbols)
            for name in reversed(list(self._rules)):
                needed |= self._rules[name].needs() if name in needed else set()
            rules = {name: _remembered(rule) for name, rule in self._rules.items() if name in needed}
            self._formulas[reading] = Formula(compiled, symbols, rules)
        return self._formulas[reading]


def _stating_a_model(document: dict[str, Any]) -> tuple[Configured, tuple[str, ...]]:
    """The design of *document*, with *PLACE* for keys it needs to be a model, and those keys."""
    needed: list[str] = []
    while True:
        try:
            return Configured(of({**document, **dict.fromkeys(needed, PLACE)}, document["model_type"])), tuple(needed)
        except ConfigError as error:
            found = MISSING.search(str(error))
            if found is None or found[1] in needed or len(needed) == MOST_NEEDED:
                raise
            needed.append(found[1])


class TypeFamily(Design):
    """The family of a model type, or of one of its transformers classes.

    A size that the type's defaults leave out must be given; *PLACE* stands for it here. Raises InputError if the
    defaults do not describe a model even then.
    """

    def __init__(self, model_type: str, in_class: str = ""):
        document = {"model_type": model_type, **({"architectures": [in_class]} if in_class else {})}
        self._base, self._needed = _stating_a_model(document)
        self.name = self.kind = in_class or model_type
        self.summary, self.source = self._base.summary, self._base.source
        values = {name: use.value for name, use in self._base.keys.items() if use.settable}
        self._needed = tuple(name for name in (symbol(key) for key in self._needed) if name in values)
        self._values = {**values, **dict.fromkeys(self._open)}
        self.sizes = tuple(name for name, value in self._values.items() if not isinstance(value, bool))
        switches = {name: value for name, value in values.items() if isinstance(value, bool)}
        self.switches = {"tied" if name == TIED else name: value for name, value in switches.items()}
        # By the sizes a model's body compared: which were left open, and the values of those compared.
        self._structures: dict[tuple[str, ...], dict[tuple[Any, ...], Structure]] = {}
        self._totals: dict[tuple[Entry, ...], Totals] = {}

    @cached_property
    def _open(self) -> dict[str, str]:
        """The sizes the type's defaults leave null, by the literature's names, with their keys."""
        about = self._base.config.about["defaults"]
        keys = {symbol(key): key for key, value in about.items() if value is None and symbol(key) != key}
        return {name: key for name, key in keys.items() if name not in self._base.keys and name != "d_head"}

    def read(self, field: str, text: str) -> Any:
        """The value of *field* in *text*; raises SizeError."""
        if field in self._open:
            return self._base.read("n_layers", text)
        return self._base.read(TIED if field == "tied" else field, text)

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* over the type's defaults; raises SizeError if an essential size is missing or they do not fit."""
        if unknown := [field for field in given if field not in self.fields]:
            raise SizeError(f"{unknown[0]}: not a hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        essential = [
            field for field in dict.fromkeys((*ESSENTIAL, *self._needed)) if self._values.get(field) is not None
        ]
        if missing := [field for field in essential if field not in given]:
            raise MissingError(self.name, missing)
        sizes, fault = self._settled(tuple(given.items()))
        if fault:
            raise SizeError(fault)
        return dict(sizes)

    @lru_cache(maxsize=2**15)  # noqa: B019  # types are few, and a search repeats itself
    def _settled(self, items: tuple[tuple[str, Any], ...]) -> tuple[Sizes, str]:
        """The sizes of a config with *items*, or why there is none."""
        given = dict(items)
        try:
            values = self.shape(given).values()
        except InputError as error:
            return {}, str(error)
        return {field: given.get(field, values.get(TIED if field == "tied" else field)) for field in self.fields}, ""

    def defaults(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The sizes left open by *given* that the type's defaults fill, with a note saying so."""
        return {
            field: f"{value}, the default of {self.name}"
            for field, value in self._values.items()
            if field in self.sizes and field not in (*given, *self._needed) and value is not None
        }

    def loosely(self, given: Mapping[str, Any]) -> Sizes:
        """*given* over the type's defaults, whether or not it describes a model."""
        return {**{field: self._values.get(field) for field in self.sizes}, **self.switches, **given}

    def symbolic(self, sizes: Mapping[str, Any]) -> Model:
        """The model of *sizes* over symbols, including derived ones."""
        return as_paper(self.shape(sizes).model).mapped(formula_of)

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[TypeFamily, Sizes]:
        """*sizes* with *changes* applied."""
        return self, self.settle({**{name: value for name, value in sizes.items() if value is not None}, **changes})

    def shape(self, sizes: Mapping[str, Any]) -> Configured:
        """The design of the config with *sizes*; raises InputError if it does not describe a model."""
        stated = {name: value for name, value in sizes.items() if value is not None and value != self._values.get(name)}
        changes = {TIED if name == "tied" else self._open.get(name, name): value for name, value in stated.items()}
        return self._changed(tuple(sorted(changes.items()))) if changes else self._base

    @lru_cache(maxsize=2**8)  # noqa: B019  # a row is settled, counted and read one after the other
    def _changed(self, changes: tuple[tuple[str, Any], ...]) -> Configured:
        return self._base.change(self._base.values(), dict(changes))[0]

    def build(self, **sizes: Any) -> Model:
        """The model of *sizes* as the paper writes it."""
        return as_paper(self.shape(sizes).model)

    def recount(self, sizes: Mapping[str, int], reading: str) -> int:
        """The count that *reading* names, by the body alone: papers write other tensors of the same sum."""
        return int(self.shape(sizes).model.read(reading))

    def sized(self, sizes: Mapping[str, Any]) -> Model:
        """The model of the config with *sizes*."""
        return self.shape(sizes).model

    def configured(self, sizes: Mapping[str, Any]) -> Configured:
        """The design of the config with *sizes*."""
        return self.shape(sizes)

    def model_as(self, sizes: Mapping[str, Any], reading: str) -> Model:
        """The model of *sizes* as the paper writes it, or as checkpoints of the type store it."""
        return self.shape(sizes).model if reading == "stored" else self.build(**sizes)

    def counter(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Callable[..., int]:
        """The count for sizes in order, by formula if a body's comparisons match a model built before."""
        chosen = self.switches if switches is None else switches
        named = self.named_counter(reading, chosen)
        return lambda *values: named({**dict(zip(self.sizes, values, strict=True)), **chosen})

    def named_counter(self, reading: Reading, switches: Mapping[str, bool]) -> Callable[[Mapping[str, Any]], int]:
        """The same for sizes by name, which include the *switches*."""

        def count(sizes: Mapping[str, Any]) -> int:
            structure = self._structure(sizes)
            return structure.formula(reading).at({**structure.fixed, **sizes})

        return count

    def _structure(self, sizes: Mapping[str, Any]) -> Structure:
        """The structure of models like that of *sizes*, or of the type's defaults if these are not a model."""
        left_open = tuple([name for name in self._open if sizes.get(name) is None])
        for looked, structures in self._structures.items():
            if found := structures.get((left_open, tuple(map(sizes.get, looked)))):
                return found
        try:
            shape = self.shape(sizes)
        except InputError:
            shape = self._base
        looked = tuple(name for name in self.fields if name in shape.looked or name in self.switches)
        model = as_paper(shape.model).mapped(formula_of)
        ledger = tuple(entry._replace(stacks=()) for entry in model.ledger())
        found = Structure(
            model=model,
            fixed={name: use.value for name, use in shape.keys.items() if use.settable and name not in self.sizes},
            rules=in_order({name: use.rule for name, use in shape.keys.items() if use.rule is not None}),
            totals=self._totals.setdefault(ledger, {}),
        )
        self._structures.setdefault(looked, {})[left_open, tuple(map(sizes.get, looked))] = found
        return found
