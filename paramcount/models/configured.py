"""The design of a config: its keys can be changed, and its body builds the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.config import Config
from paramcount.config.config import DEEPEST
from paramcount.config.longer import DEPTHS, at_depth
from paramcount.config.misplaced import refuse_unread
from paramcount.config.sizes import Use
from paramcount.errors import printable
from paramcount.ledger.model import Model
from paramcount.ledger.sized import formula_of
from paramcount.models.architecture import Architecture
from paramcount.models.design import Design, SizeError, Sizes
from paramcount.models.registry import NotCountedError, accepted, architecture_of, class_of, task_of
from paramcount.models.text_models import HEADED, TEXT
from paramcount.quantity import QuantityError, parse_quantity


def _with_ahead(model: Model, config: Config, architecture: Architecture) -> Model:
    """*model* with its text model's modules for multi-token prediction, if they are asked for."""
    text = config if architecture.ahead else config.inner.get(TEXT)
    own = architecture if text is config else text and architecture_of(text.model_type)
    if not own or own.ahead is None or config.task not in ("causal", *HEADED):
        return model
    return own.ahead.on(model, config, text or config, f"{architecture.prefix}." if text is config else "")


class Configured(Design):
    """The models of one config with different sizes; for a multimodal model perhaps only one *part*.

    Raises NotCountedError if the config's type or class has no architecture, ConfigError if it does not describe a
    model.
    """

    def __init__(self, config: Config, part: str = ""):
        architecture = architecture_of(config.model_type)
        if architecture is None:
            counted = f"docs/coverage.md lists the {len(accepted())} types that are"
            raise NotCountedError(config, f"model_type {config.model_type} is not counted here; {counted}")
        self.architecture = architecture
        refuse_unread(config)
        config.task = task_of(config, architecture)
        self.config, self.part, already = config, part, len(config.notes)
        self.entire = _with_ahead(architecture.build(config), config, architecture)
        self.model = self.entire.part(part) if part else self.entire
        self.said = tuple(map(printable, config.notes[already:]))
        self.name, self.summary, self.source = config.model_type, architecture.summary, architecture.source
        self.kind = f"{self.name}, {class_of(config)}"
        self.keys = _of_part(part, config, self.model) if part else config.used
        self.limits, self.looked = frozenset(config.limits), frozenset(config.looked)
        self.sizes = tuple(name for name, use in self.keys.items() if not isinstance(use.value, bool))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.keys)

    def values(self) -> Sizes:
        """Every size and switch, by its symbol."""
        return {name: use.value for name, use in self.keys.items()}

    def __eq__(self, other: object) -> bool:
        mine = (self.name, self.config.task, self.part, self.fields)
        return isinstance(other, Configured) and mine == (other.name, other.config.task, other.part, other.fields)

    def __hash__(self) -> int:
        return hash((self.name, self.config.task))

    def __reduce__(self) -> tuple[type[Configured], tuple[Config, str]]:
        """Pickled as its config, since bodies and rules are functions."""
        return Configured, (self.config.changed({}), self.part)

    def read(self, field: str, text: str) -> Any:
        """The value of *field*, a symbol or a key, in *text*; raises SizeError."""
        use = self.config.used.get(field)
        if use and not use.settable:
            raise SizeError(f"{field} follows from {use.key}; set that instead")
        held = self.config.holding(field) if use is None else None
        known = use.value if use else held[0].get(held[1]) if held else None
        if use is None and held is None:
            settable = [name for name, one in self.config.used.items() if one.settable]
            raise SizeError(f"{field}: not a size of {self.name}; valid: {', '.join(settable)}, or a key in its config")
        if text.strip() == "0":
            return 0  # there may be 0 layers or experts of a kind; other zeros are refused where they are read
        if isinstance(known, bool) or text.lower() in ("true", "false"):
            if text.lower() not in ("true", "false"):
                raise SizeError(f"{field} = {text}: not a switch; valid: true, false")
            return text.lower() == "true"
        try:
            return parse_quantity(text, field)
        except QuantityError as error:
            raise SizeError(str(error)) from None

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Configured, Sizes]:
        """The design of the config with *changes* applied, and its sizes; what depends on changed keys follows.

        Lists of layers are extended to another depth by their pattern.
        """
        changed = Configured(self.config.changed({**self._lists(changes), **changes}), self.part)
        return changed, changed.values()

    def _lists(self, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
        depths = {field: self.keys[field].value for field in changes if field in DEPTHS & self.keys.keys()}
        lists: dict[str, list[Any]] = {}
        for field, before in depths.items():
            if before != changes[field]:
                config = self.config.inner.get("text_config", self.config)
                found = at_depth(config.values, before, min(changes[field], DEEPEST))
                if found and changes[field] > DEEPEST:
                    raise SizeError(
                        f"{field} = {changes[field]}: layers are listed one by one; valid: up to {DEEPEST:,}"
                    )
                lists |= {f"{config.prefix}{key}": value for key, value in found.items()}
        return lists

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The sizes that follow from others and cannot be given."""
        return {name: (1, use.key) for name, use in self.keys.items() if not use.settable}

    def configured(self, sizes: Mapping[str, Any]) -> Configured:
        """Itself, since it has one config."""
        return self

    def sized(self, sizes: Mapping[str, Any]) -> Model:
        """The model, with a formula for every size."""
        return self.model

    def symbolic(self, sizes: Mapping[str, Any]) -> Model:
        """The model with every size replaced by its formula."""
        return self.model.mapped(formula_of)

    def build(self, **sizes: Any) -> Model:
        """The model of the config with *sizes* set; with symbols, the same model as formulas."""
        if not all(isinstance(size, int) for size in sizes.values()):
            values = {**self.values(), **sizes}
            return self.model.mapped(lambda size: formula_of(size).at(values))
        changes = {name: value for name, value in sizes.items() if self._is_new(name, value)}
        return Configured(self.config.changed(changes), self.part).model if changes else self.model

    def _is_new(self, name: str, value: Any) -> bool:
        use = self.config.used.get(name)
        return use is None or (use.settable and use.value != value)


def _of_part(part: str, config: Config, model: Model) -> dict[str, Use]:
    """The sizes of *config* that *model*, one *part* of it, is built with."""
    symbols = {symbol for size in model.by_component().values() for symbol in formula_of(size).symbols()}
    for name, use in reversed(config.used.items()):
        symbols |= use.rule.needs() if name in symbols and use.rule else set()
    inner = {one.prefix for one in config.inner.values() if (one.part or "text") == part}
    own = {name for name, use in config.used.items() if use.key.startswith(tuple(inner)) and use.settable}
    return {name: use for name, use in config.used.items() if name in symbols | own}
