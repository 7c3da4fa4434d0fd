"""Design: a model whose sizes can be set, whether a paper's table, a config or a class states it."""

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


TIED = "tie_word_embeddings"  # what configs call the switch that papers' families call tied
ROLES = ("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head")


class SizeError(InputError):
    """Sizes that state no model; the message names the field and what would be valid."""


class MissingError(SizeError):
    """Sizes that a model needs and that are not given: *fields*; *hints* are the options that would give them."""

    def __init__(self, name: str, fields: list[str]):
        self.fields = tuple(fields)
        self.hints = " ".join(f"--set {field}=…" for field in fields)
        super().__init__(f"{name}: {', '.join(fields)} not given; add {self.hints}")


class Design:
    """A model with sizes that can be set.

    *name* is that of the family or the model type, *kind* what headings say. *sizes* are its whole numbers in the order
    in which they are shown, *switches* a family's conventions with their defaults, *ties* the sizes that are a multiple
    of another unless given: {"d_ff": (4, "d_model")}. *keys* say where in a config each size and switch stands,
    *limits* what sizes have to keep, *looked* which of them its body looks at, so that it may count otherwise where
    they are others, and *rules* how sizes that are not given follow; these are empty where there is no config. *said*
    is notes on what was built.
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
        """What its depth, width and heads are called, by the names that most models have for them."""
        return {role: role for role in ROLES if role in self.sizes}

    @property
    def fields(self) -> tuple[str, ...]:
        """Every size and switch."""
        return (*self.sizes, *self.switches)

    def field(self, name: str) -> str:
        """The field that *name* means, the literature's or that of a config's key; "" where there is none."""
        meant = "tied" if name == TIED else symbol(name)
        return next((field for field in (name, meant) if field in self.fields), "")

    def read(self, field: str, text: str) -> Any:
        """The value that *text* gives *field*; raises SizeError on an unknown field or a text that fits none."""
        raise NotImplementedError

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* with every open size filled in; raises SizeError where one cannot be."""
        return dict(given)

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The ties that whole *sizes* keep, e.g. {"d_ff": (4, "d_model")} where d_ff is 4·d_model."""
        return {}

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Design, Sizes]:
        """The design with *changes* over *sizes*, and its sizes; what follows from a changed size follows it."""
        return self, dict(sizes)

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        """The sizes as symbols; with *sizes*, those that keep a tie there are written as the tie."""
        return {name: Polynomial.symbol(name) for name in self.sizes}

    def defaults(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Of the sizes that *given* leaves open those that some default states, and which; ties are none."""
        return {}

    def loosely(self, given: Mapping[str, Any]) -> Sizes:
        """*given* settled whether or not it states a model: a head's width that is none is rounded down."""
        sizes = {**self.switches, **given}
        for field, other in (("d_head", "n_heads"), ("n_heads", "d_head")):
            if field not in sizes and other in sizes:
                sizes[field] = max(1, sizes["d_model"] // sizes[other])
        for field, (ratio, other) in self.ties.items():
            sizes.setdefault(field, ratio * sizes[other])
        return sizes

    def symbolic(self, sizes: Mapping[str, Any]) -> Model:
        """The model of *sizes* over symbols, d_ff written as 4·d_model where it is that."""
        return self.build(**self.symbols(sizes))

    def build(self, **sizes: Any) -> Model:
        """The model of *sizes*: of ints by its own body, of symbols and arrays by the formulas that the body gave."""
        raise NotImplementedError

    def model_as(self, sizes: Mapping[str, Any], reading: str) -> Model:
        """The model of *sizes*, its tensors as the "paper" writes them or as they are "stored"; "" as is usual for it.

        Raises InputError where there are no such checkpoints.
        """
        from paramcount.ledger.paper import as_paper

        model = self.build(**sizes)
        return as_paper(model) if reading == "paper" else model

    def sized(self, sizes: Mapping[str, Any]) -> Model:
        """The model of whole *sizes* with its blocks, each size with its formula."""
        raise NotImplementedError

    def configured(self, sizes: Mapping[str, Any]) -> Configured | None:
        """The design of the config that states *sizes*; None where no config does."""
        return None

    def recount(self, sizes: Mapping[str, int], reading: str) -> int:
        """The count that *reading* names of the model of whole *sizes*, by its own body."""
        return int(self.build(**sizes).read(reading))

    def count(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Polynomial:
        """The count that *reading* names (see Model.read) as a polynomial in all its sizes."""
        sizes = {**self.symbols(), **(self.switches if switches is None else switches)}
        counted = self.build(**sizes).read(reading)
        total: Polynomial = Polynomial({}) + counted  # 0 for a component that is shared
        return total

    def counter(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Callable[..., int]:
        """That count as a compiled function of the sizes, in their order; exact on ints."""
        return self.count(reading, switches).function(self.sizes)

    def named_counter(self, reading: Reading, switches: Mapping[str, bool]) -> Callable[[Mapping[str, Any]], int]:
        """The same of sizes by their names, which hold the *switches* too."""
        counter, names = self.counter(reading, switches), self.sizes
        return lambda sizes: counter(*[sizes[name] for name in names])


class Counted(Design):
    """A model that was counted and not composed: tensors under their names, with no sizes to change and no formulas."""

    def __init__(self, name: str, summary: str, source: str, model: Model, config: Config | None = None):
        self.config = config  # that it was counted from
        self.name, self.kind, self.summary, self.source = name, name, summary, source
        self._model = model

    def read(self, field: str, text: str) -> Any:
        """Raises SizeError: there is nothing to set."""
        raise SizeError(f"{field}: {self.name} was counted as it is and has no sizes to set ({self.summary})")

    def build(self, **sizes: Any) -> Model:
        """The model as it was counted."""
        return self._model
