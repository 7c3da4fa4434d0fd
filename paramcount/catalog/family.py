"""A family: the sizes printed in a paper's tables, and the model type whose body counts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from paramcount.config.row import PaperRow
from paramcount.config.rules import Limit
from paramcount.ledger.model import Model
from paramcount.ledger.paper import as_paper
from paramcount.ledger.polynomial import Polynomial, number
from paramcount.ledger.sized import Sized, formula_of
from paramcount.models.architecture import Architecture
from paramcount.models.design import Design, MissingError, SizeError, Sizes
from paramcount.models.index import OF_PAPERS
from paramcount.models.registry import architecture_of
from paramcount.quantity import QuantityError, parse_quantity

_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# Sizes of a small model, all different: its body gives the formulas, which hold for all others.
SOME = {"n_layers": 3, "d_model": 48, "n_heads": 4, "n_kv_heads": 2, "d_head": 11, "d_ff": 100, "n_vocab": 1000,
        "n_ctx": 64, "n_segments": 5, "d_embed": 20, "n_experts": 8, "n_active_experts": 6,
        "n_sparse_layers": 1, "n_buckets": 13, "patch_size": 7, "n_channels": 9, "n_patches": 25,
        "n_classes": 30}  # fmt: skip

# Constraints on a family's sizes, if it has both.
FITTING = (
    ("n_kv_heads", "divides", "n_heads"),
    ("n_sparse_layers", "is below", "n_layers"),
    ("n_active_experts", "is at most", "n_experts"),
)


class Family(Design):
    """A family of models: its hyperparameters under the field's names, and the body that counts them.

    *model_type* is the type whose body is used, read with *task* and the values *fixed* for the family. *reads* maps
    sizes the body reads with another meaning: {"n_ctx": lambda s: s["n_ctx"] + 2}.
    """

    def __init__(
        self,
        name: str,
        model_type: str,
        summary: str,
        source: str,
        sizes: tuple[str, ...],
        switches: Mapping[str, bool],
        ties: Mapping[str, tuple[int, str]],
        task: str = "causal",
        fixed: Mapping[str, Any] = {},
        reads: Mapping[str, Callable[[Sizes], Any]] = {},
    ):
        self.name, self.kind, self.summary, self.source = name, name, summary, source
        self.sizes, self.switches, self.ties = sizes, switches, ties
        self.limits = frozenset(_limit(*one) for one in FITTING if one[0] in sizes and one[2] in sizes)
        self.model_type, self.task, self._fixed, self._reads = model_type, task, fixed, reads
        self._formulas: dict[tuple[bool, ...], Model] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Family) and (self.name, self.task) == (other.name, other.task)

    def __hash__(self) -> int:
        return hash((self.name, self.task))

    def read(self, field: str, text: str) -> int | bool:
        """The value of *field* in *text*; raises SizeError on an unknown field or unsuitable text."""
        if field in self.switches:
            if text.lower() not in _SWITCH:
                raise SizeError(f"{field} = {text}: not a switch; valid: true, false")
            return _SWITCH[text.lower()]
        if field not in self.sizes:
            raise SizeError(f"{field}: not a hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        try:
            return parse_quantity(text, field)
        except QuantityError as error:
            raise SizeError(str(error)) from None

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        """*given* with every open size filled in, in the family's order; raises SizeError if one cannot be."""
        for field in given:
            if field not in self.fields:
                raise SizeError(f"{field}: not a hyperparameter of {self.name}; valid: {', '.join(self.fields)}")
        sizes = {**self.switches, **{field: _exact(field, value) for field, value in given.items()}}
        if "d_model" in sizes:
            _divide(sizes, "d_head", "n_heads")
            _divide(sizes, "n_heads", "d_head")
        for field, (ratio, other) in self.ties.items():
            if other in sizes:
                sizes.setdefault(field, ratio * sizes[other])
        if missing := [field for field in self.sizes if field not in sizes]:
            raise MissingError(self.name, missing)
        for field, words, other in FITTING:
            _refuse_unfitting(sizes, field, words, other)
        return {field: sizes[field] for field in self.fields}

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        """The ties that hold in *sizes*, e.g. {"d_ff": (4, "d_model")} if d_ff is 4·d_model."""
        return {
            field: (ratio, other)
            for field, (ratio, other) in self.ties.items()
            if isinstance(sizes[other], int) and sizes[field] == ratio * sizes[other]
        }

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Family, Sizes]:
        """*sizes* with *changes* applied, and their family; sizes tied to a changed one follow it."""
        follows = self.kept(sizes)
        kept = {field: value for field, value in sizes.items() if field not in follows}
        return self, self.settle({**kept, **changes})

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        """The family's sizes as symbols; with *sizes*, those tied there are written as the tie."""
        symbols: Sizes = {field: Polynomial.symbol(field) for field in self.sizes} | dict(self.switches)
        if sizes is not None:
            symbols |= {field: sizes[field] for field in self.switches}
            symbols |= {field: ratio * symbols[other] for field, (ratio, other) in self.kept(sizes).items()}
        return symbols

    def build(self, **sizes: Any) -> Model:
        """The model as the paper writes it: from ints by its body, from symbols and arrays by its formulas."""
        if all(isinstance(size, int) for size in sizes.values()):
            return self._of(tuple(sizes.items()))
        switches = tuple(bool(sizes[switch]) for switch in self.switches)
        if switches not in self._formulas:
            some = {field: SOME[field] for field in self.sizes}
            sized = {field: Sized.named(field, value) for field, value in some.items()}
            built = as_paper(self._stored({**sized, **dict(zip(self.switches, switches, strict=True))}))
            self._formulas[switches] = built.mapped(formula_of)
        formulas = self._formulas[switches]
        other = {field for field in self.sizes if sizes[field] is not Polynomial.symbol(field)}
        if not other:
            return formulas
        return formulas.mapped(lambda formula: formula if other.isdisjoint(formula.symbols()) else formula.at(sizes))

    @lru_cache(maxsize=64)  # noqa: B019  # families are few and permanent
    def _of(self, sizes: tuple[tuple[str, int], ...]) -> Model:
        return as_paper(self._stored(dict(sizes)))

    def pretraining(self) -> Family | None:
        """The family with its encoder's pre-training head; None if it is counted with its head."""
        task = next((task for task in ("pretraining", "masked") if task in self._architecture.heads), "")
        if self.task != "base" or not task:
            return None
        return self.for_task(task)

    def for_task(self, task: str) -> Family:
        """The family with the head of another *task*."""
        headed = object.__new__(Family)
        vars(headed).update(vars(self), task=task, _formulas={})
        return headed

    def model_as(self, sizes: Mapping[str, Any], reading: str) -> Model:
        """The model of *sizes* as the paper writes it, or as its model type's checkpoints store it."""
        if reading != "stored":
            return self.build(**sizes)
        if self.model_type in OF_PAPERS:
            raise SizeError(f"{self.name}: no known checkpoints; valid: --as paper")
        return self._stored(sizes)

    def sized(self, sizes: Mapping[str, Any]) -> Model:
        """The model of *sizes*, with tied sizes written as the tie."""
        formulas = self.symbols(sizes)
        named = {field: Sized.of(sizes[field], number(0) + formulas[field]) for field in self.sizes}
        return self._stored({**named, **{switch: sizes[switch] for switch in self.switches}})

    def recount(self, sizes: Mapping[str, int], reading: str) -> int:
        """The count for *sizes*, without naming tensors."""
        return int(self._stored(sizes).read(reading))

    def _stored(self, sizes: Mapping[str, Any]) -> Model:
        stated = {**sizes, **{field: read(dict(sizes)) for field, read in self._reads.items()}}
        return self._architecture.build(PaperRow(self.model_type, stated, self._fixed, self.task))

    @cached_property
    def _architecture(self) -> Architecture:
        found = architecture_of(self.model_type)
        assert found is not None
        return found


def _exact(field: str, value: Any) -> Any:
    if isinstance(value, float) or (isinstance(value, int) and value < 1 and not isinstance(value, bool)):
        raise SizeError(f"{field} = {value}: not a positive whole number; valid: 768")
    # numpy's ints overflow silently; Python's stay exact.
    return value.astype(object) if getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u") else value


def _refuse_unfitting(sizes: Sizes, field: str, words: str, other: str) -> None:
    one, two = sizes.get(field), sizes.get(other)
    if isinstance(one, int) and isinstance(two, int) and not _limit(field, words, other).holds(sizes):
        raise SizeError(f"{field} = {one} does not fit {other} = {two}; valid: a number that {words} it")


def _limit(field: str, words: str, other: str) -> Limit:
    one, two = Polynomial.symbol(field), Polynomial.symbol(other)
    return Limit(one + 1, "is at most", two) if words == "is below" else Limit(one, words, two)


def _divide(sizes: Sizes, open_field: str, other: str) -> None:
    if open_field in sizes or not isinstance(sizes.get(other), int) or not isinstance(sizes["d_model"], int):
        return
    quotient, rest = divmod(sizes["d_model"], sizes[other])
    if rest:
        raise SizeError(
            f"{open_field} not given, and d_model = {sizes['d_model']} is not a multiple of {other} = {sizes[other]}; "
            f"add --set {open_field}=…, or change one of the two"
        )
    sizes[open_field] = quotient
