"""A model by its sizes: from the catalog, a table's row or a config, changed by `--set`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import Design, SizeError, Sizes
from paramcount.papers.claim import Claim

# What to count of a multimodal model: all of it, the part whose costs are known, the part described
# here, or one part by its name.
WHOLE, OF_COSTS, DESCRIBED = "", "what costs", "what is described"
NOT_READ = "own code not read"  # for a config with its own code, which may be another model
CALLED = {
    "text": "text model",
    "vision": "vision tower",
    "audio": "audio tower",
    "projector": "projector",
    "speech": "speech part",
}


class Published(NamedTuple):
    """A count printed in some source, and its precision.

    *place* is the last part of *source* (Table 2.1), *reading* what was counted (see Model.read), *column* and *table*
    where it is recorded here, *zeros* the number of its trailing zeros that are not significant.
    """

    source: str
    place: str
    printed: str
    claim: Claim
    reading: str = "total"
    column: str = ""
    table: str = ""
    zeros: int = 0

    def agrees(self, model: Model) -> bool:
        """Whether the model's count, read as this figure counts, is within the figure's precision."""
        return self.claim.admits(model.read(self.reading))

    def error(self, model: Model) -> float:
        """How far that count is above the printed figure, as a fraction of the figure."""
        return self.claim.error(model.read(self.reading))


class PartOf(NamedTuple):
    """The mark of a count for only a *part*, one of CALLED, of a larger model of class *whole*."""

    part: str
    whole: str
    model_type: str = ""  # of the part, if it has its own

    def said(self) -> str:
        """The mark as a sentence."""
        own = f" ({self.model_type})" if self.model_type else ""
        return f"This counts only the {CALLED[self.part]}{own} of {self.whole}."

    def document(self) -> dict[str, str]:
        """The mark as JSON."""
        return {"name": self.part, "of": self.whole}


def refuse_part(name: str, part: str) -> None:
    """Raise SizeError unless *part* is the text model, when *name* is a text-only model."""
    if part in CALLED and part != "text":
        raise SizeError(f"{name}: --part {part}: a text-only model; valid: text, or no --part")


def mark(part: PartOf | None) -> dict[str, Any]:
    """What a JSON document says about the *part* it covers; empty for a whole model."""
    return {"part": part.document()} if part else {}


def marked(name: str, part: PartOf | None) -> str:
    """*name*, followed by the *part* if only that is counted."""
    return f"{name}, {part.part} only" if part else name


class Spec(NamedTuple):
    """A family, its settled sizes, and what was printed about the model.

    *given* are the sizes the rest was settled from; *assumed* says why each size holds that its source does not print;
    *overridden* are the sizes set over the catalog's; *notes* are about the count; *part* says which part of a larger
    model this is, as its name does too; *year* is its table's; *caution* is shown beside its name.
    """

    name: str
    family: Design
    sizes: Sizes
    table: str = ""
    row: str = ""
    given: Mapping[str, int] = {}
    assumed: Mapping[str, str] = {}
    published: tuple[Published, ...] = ()
    overridden: Mapping[str, int | bool] = {}
    notes: tuple[str, ...] = ()
    part: PartOf | None = None
    year: int = 9999
    caution: str = ""

    def model(self) -> Model:
        """The model in exact ints."""
        return self.family.build(**self.sizes)

    def model_as(self, reading: str) -> Model:
        """The same, with tensors as the "paper" writes them or as they are "stored"; "" for the usual one."""
        return self.family.model_as(self.sizes, reading)

    def symbolic(self) -> Model:
        """The same model over symbols, with tied sizes written as the tie, such as 4·d_model for d_ff."""
        return self.family.symbolic(self.sizes)

    def formula(self) -> Polynomial:
        """The exact total as a polynomial in the sizes."""
        total = self.symbolic().total()
        assert isinstance(total, Polynomial)
        return total

    def mark(self) -> dict[str, Any]:
        """What JSON documents say if only a part is counted; empty for a whole model."""
        return mark(self.part)

    def of_all(self) -> str:
        """The label of the sum over all that is counted."""
        return ", ".join(["total", *self.marks()])

    def marks(self) -> list[str]:
        """Short reasons why its count may not be the one its name suggests."""
        return [*([f"{self.part.part} only"] if self.part else []), *([NOT_READ] if self.caution else [])]

    def whole(self) -> Spec:
        """The spec itself; raises InputError if a size is an array or a symbol, not a number."""
        for field, value in self.sizes.items():
            if not isinstance(value, int | str | float | list | dict | None):
                shown = " ".join(str(value).split())
                raise InputError(
                    f"{self.name}: {field} = {shown}: only counts take arrays and symbols; valid: a number"
                )
        return self

    def width_notes(self) -> list[str]:
        """A note if sizes were set and attention is not as wide as the model; else empty."""
        sizes = self.sizes
        if not self.overridden or not {"n_heads", "d_head", "d_model"} <= sizes.keys():
            return []
        width = sizes["n_heads"] * sizes["d_head"]
        if not isinstance(width, int) or width == sizes["d_model"]:
            return []
        wide = f"n_heads·d_head = {width} ≠ d_model = {sizes['d_model']}"
        return [f"Note: {wide}; attention is not as wide as the model."]

    def title(self) -> str:
        changes = ", ".join(f"{field} = {value}" for field, value in self.overridden.items())
        return f"{self.name} with {changes}" if changes else self.name


def of_all(specs: Sequence[Spec]) -> str:
    """The label of the totals of several models side by side, with marks by position."""
    marks = [", ".join(spec.marks()) for spec in specs]
    if len(set(marks)) == 1:
        return specs[0].of_all()
    return f"total ({'; '.join(f'{place}: {mark}' for place, mark in enumerate(marks) if mark)})"


def override(spec: Spec, changes: Mapping[str, int | bool]) -> Spec:
    """*spec* with some sizes changed; a size tied to a changed one follows it."""
    family, sizes = spec.family.change(spec.sizes, changes)
    given = {field: sizes[field] for field in {**spec.given, **changes} if field in sizes}
    overridden = {**spec.overridden, **changes}
    kept = (note for note in spec.notes if note not in spec.family.said)
    return spec._replace(family=family, sizes=sizes, given=given, overridden=overridden, notes=(*family.said, *kept))


def read_changes(family: Design, changes: Iterable[str]) -> dict[str, int | bool]:
    """["n_heads=16", "tied=false"] as fields and values of *family*."""
    values: dict[str, int | bool] = {}
    for change in changes:
        field, equals, text = change.partition("=")
        if not equals or not field.strip():
            missing = "field" if equals else "value"
            raise SizeError(f"--set {change}: no {missing}; valid: --set FIELD=VALUE with {', '.join(family.fields)}")
        values[field.strip()] = family.read(field.strip(), text.strip())
    return values
