"""A config as a family of its own: its sizes may be set anew, and it builds a model of them or of symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.blocks.leaves import Given
from paramcount.config import Config
from paramcount.config.config import Use
from paramcount.config.misplaced import refuse_unread
from paramcount.families.family import SizeError, Sizes
from paramcount.ledger.model import Model, Part, Stack
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import formula_of
from paramcount.models.registry import NotCountedError, accepted, architecture_of, class_of, task_of
from paramcount.quantity import QuantityError, parse_quantity


class Configured:
    """The family of the models that one config states when its sizes are changed.

    It has what paramcount.families.Family has. Raises NotCountedError where the config's type or class has no
    architecture, ConfigError where it states no model.
    """

    switches: Mapping[str, bool] = {}
    ties: Mapping[str, tuple[int, str]] = {}

    def __init__(self, config: Config):
        architecture = architecture_of(config.model_type)
        if architecture is None:
            counted = f"{len(accepted())} types are, and docs/coverage.md lists them"
            raise NotCountedError(config, f"model_type {config.model_type} is not counted here; {counted}")
        self.architecture = architecture
        refuse_unread(config)
        config.task = task_of(config, architecture)
        self.config = config
        self.model = architecture.build(config)
        self.name, self.summary, self.source = config.model_type, architecture.summary, architecture.source

    @property
    def kind(self) -> str:
        """The model type and the class that is counted."""
        return f"{self.name}, {class_of(self.config)}"

    @property
    def sizes(self) -> tuple[str, ...]:
        """The symbols of the sizes that the model was built with."""
        return tuple(name for name, use in self.config.used.items() if not isinstance(use.value, bool))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.config.used)

    @property
    def keys(self) -> Mapping[str, Use]:
        """Where in the config each size and switch stands, or how it follows."""
        return self.config.used

    def values(self) -> Sizes:
        """Every size and switch, by its symbol."""
        return {name: use.value for name, use in self.config.used.items()}

    def __eq__(self, other: object) -> bool:
        mine = (self.name, self.config.task, self.fields)
        return isinstance(other, Configured) and mine == (other.name, other.config.task, other.fields)

    def __hash__(self) -> int:
        return hash((self.name, self.config.task))

    def read(self, field: str, text: str) -> Any:
        """The value that *text* gives *field*, a symbol or a key; raises SizeError."""
        use = self.config.used.get(field)
        if use and not use.settable:
            raise SizeError(f"{field}: follows from {use.key}; set that")
        known = self.config.get(field) if use is None else use.value
        if use is None and not self.config.knows(field):
            settable = [name for name, one in self.config.used.items() if one.settable]
            raise SizeError(f"{field}: no size of {self.name}; valid: {', '.join(settable)}, or a key of its config")
        if text.strip() == "0":
            return 0  # layers or experts of some kind may be none; what may not be is refused where it is read
        if isinstance(known, bool) or text.lower() in ("true", "false"):
            if text.lower() not in ("true", "false"):
                raise SizeError(f"{field} = {text}: not a switch; valid: true, false")
            return text.lower() == "true"
        try:
            return parse_quantity(text, field)
        except QuantityError as error:
            raise SizeError(str(error)) from None

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Configured, Sizes]:
        """The family of the config with *changes* over it, and its sizes; what follows from changed keys follows."""
        changed = Configured(self.config.changed(changes))
        return changed, changed.values()

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* as they are; what they leave open the config says."""
        return dict(given)

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The sizes that follow from others and are not to be given."""
        return {name: (1, use.key) for name, use in self.config.used.items() if not use.settable}

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        """The sizes as symbols."""
        return {name: Polynomial.symbol(name) for name in self.sizes}

    def build(self, **sizes: Any) -> Model:
        """The model of the config with *sizes* in it; over symbols, the same model as formulas."""
        if any(isinstance(size, Polynomial) for size in sizes.values()):
            return symbolic(self.model)
        changes = {name: value for name, value in sizes.items() if self._is_new(name, value)}
        return Configured(self.config.changed(changes)).model if changes else self.model

    def _is_new(self, name: str, value: Any) -> bool:
        use = self.config.used.get(name)
        return use is None or (use.settable and use.value != value)


def symbolic(model: Model) -> Model:
    """*model* with the formula of every size in place of its value."""
    return Model(tuple(map(_symbolic, model.parts)))


def _symbolic(part: Part | Stack) -> Part | Stack:
    if isinstance(part, Stack):
        active = None if part.active is None else formula_of(part.active)
        return part._replace(depth=formula_of(part.depth), layer=tuple(map(_symbolic, part.layer)), active=active)
    tensors = [
        tensor._replace(shape=tuple(map(formula_of, tensor.shape)), active=tuple(map(formula_of, tensor.active)))
        for tensor in part.block.tensors()
    ]
    return part._replace(block=Given(tuple(tensors)))
