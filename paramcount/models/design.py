"""Design: a model whose sizes can be set, from a paper's table, a config or a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramcount.config.keys import symbol
from paramcount.errors import InputError
from paramcount.ledger.model import Model, Reading
from paramcount.ledger.polynomial import Polynomial

if TYPE_CHECKING:
    from paramcount.config import Config
    from paramcount.config.rules import Limit, Rule
    from paramcount.config.sizes import Use
    from paramcount.models.configured import Configured

Sizes = dict[str, Any]  # field -> int (or a symbol, or an array); conventions such as `tied` -> bool


TIED = "tie_word_embeddings"  # the config key for the families' switch tied
ROLES = ("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head")


class SizeError(InputError):
    """Sizes that do not describe a model; the message names the field and what would be valid."""


class MissingError(SizeError):
    """Required sizes that are not given: *fields*; *hints* are the options that would give them."""

    def __init__(self, name: str, fields: list[str]):
        self.fields = tuple(fields)
        self.hints = " ".join(f"--set {field}=…" for field in fields)
        super().__init__(f"{name}: {', '.join(fields)} not given; add {self.hints}")


class Design:
    """A model with sizes that can be set.

    *name* is the family's or model type's, *kind* is shown in headings. *sizes* are its whole numbers in display order,
    *switches* a family's conventions with their defaults, *ties* the sizes that default to a multiple of another:
    {"d_ff": (4, "d_model")}. *keys* say where each size and switch is in a config, *limits* are constraints on sizes,
    *looked* the sizes its body compares, so that other values may be counted differently, and *rules* say how derived
    sizes follow; these are empty without a config. *said* are notes on what was built.
    """

    name: str
    kind: str
    summary: str
    source: str
    sizes: tuple[str, ...] = ()
    switches: Mapping[str, bool] = {}
    ties: Mapping[str, tuple[int, str]] = {}
    keys: Mapping[str, Use] = {}
    limits: frozenset[Limit] = frozenset()
    looked: frozenset[str] = frozenset()
    rules: Mapping[str, Rule] = {}
    said: tuple[str, ...] = ()

    @property
    def roles(self) -> Mapping[str, str]:
        """Its own names for depth, width and heads, by the usual names."""
        return {role: role for role in ROLES if role in self.sizes}

    @property
    def fields(self) -> tuple[str, ...]:
        """Every size and switch."""
        return (*self.sizes, *self.switches)

    def field(self, name: str) -> str:
        """The field *name* stands for, by the literature's name or a config key; "" if there is none."""
        meant = "tied" if name == TIED else symbol(name)
        return next((field for field in (name, meant) if field in self.fields), "")

    def read(self, field: str, text: str) -> Any:
        """The value of *field* in *text*; raises SizeError on an unknown field or unsuitable text."""
        raise NotImplementedError

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* with every open size filled in; raises SizeError if one cannot be."""
        return dict(given)

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The ties that hold in *sizes*, e.g. {"d_ff": (4, "d_model")} if d_ff is 4·d_model."""
        return {}

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Design, Sizes]:
        """The design with *changes* applied to *sizes*, and its sizes; sizes that depend on them follow."""
        return self, dict(sizes)

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        """The sizes as symbols; with *sizes*, those tied there are written as the tie."""
        return {name: Polynomial.symbol(name) for name in self.sizes}

    def defaults(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The sizes left open by *given* that have a default, and which; ties do not count."""
        return {}

    def loosely(self, given: Mapping[str, Any]) -> Sizes:
        """*given* settled even if it is not a model: a fractional head width is rounded down."""
        sizes = {**self.switches, **given}
        for field, other in (("d_head", "n_heads"), ("n_heads", "d_head")):
            if field not in sizes and other in sizes:
                sizes[field] = max(1, sizes["d_model"] // sizes[other])
        for field, (ratio, other) in self.ties.items():
            sizes.setdefault(field, ratio * sizes[other])
        return sizes

    def symbolic(self, sizes: Mapping[str, Any]) -> Model:
        """The model of *sizes* over symbols, with tied sizes written as the tie, such as 4·d_model for d_ff."""
        return self.build(**self.symbols(sizes))

    def build(self, **sizes: Any) -> Model:
        """The model of *sizes*: from ints by its own body, from symbols and arrays by the body's formulas."""
        raise NotImplementedError

    def model_as(self, sizes: Mapping[str, Any], reading: str) -> Model:
        """The model of *sizes*, with tensors as the "paper" writes them or as they are "stored"; "" for the usual one.

        Raises InputError if there are no such checkpoints.
        """
        from paramcount.ledger.paper import as_paper

        model = self.build(**sizes)
        return as_paper(model) if reading == "paper" else model

    def sized(self, sizes: Mapping[str, Any]) -> Model:
        """The model of *sizes* with its blocks, each size with its formula."""
        raise NotImplementedError

    def configured(self, sizes: Mapping[str, Any]) -> Configured | None:
        """The design of the config with *sizes*; None if there is no such config."""
        return None

    def recount(self, sizes: Mapping[str, int], reading: str) -> int:
        """The count that *reading* names, for *sizes*, by the model's own body."""
        return int(self.build(**sizes).read(reading))

    def count(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Polynomial:
        """The count that *reading* names (see Model.read) as a polynomial in all its sizes."""
        sizes = {**self.symbols(), **(self.switches if switches is None else switches)}
        counted = self.build(**sizes).read(reading)
        total: Polynomial = Polynomial({}) + counted  # 0 for a shared component
        return total

    def counter(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Callable[..., int]:
        """That count as a compiled function of the sizes in order; exact for ints."""
        return self.count(reading, switches).function(self.sizes)

    def named_counter(self, reading: Reading, switches: Mapping[str, bool]) -> Callable[[Mapping[str, Any]], int]:
        """The same for sizes by name, which include the *switches*."""
        counter, names = self.counter(reading, switches), self.sizes
        return lambda sizes: counter(*[sizes[name] for name in names])


class Counted(Design):
    """A model counted from its tensors, without sizes to change or formulas."""

    def __init__(self, name: str, summary: str, source: str, model: Model, config: Config | None = None):
        self.config = config  # the one it was counted from
        self.name, self.kind, self.summary, self.source = name, name, summary, source
        self._model = model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and (self.name, self._model) == (other.name, other._model)

    def __hash__(self) -> int:
        return hash(self.name)

    def read(self, field: str, text: str) -> Any:
        """Raises SizeError, since there is nothing to set."""
        raise SizeError(f"{field}: {self.name} has no sizes to set ({self.summary})")

    def build(self, **sizes: Any) -> Model:
        """The model as it was counted."""
        return self._model
