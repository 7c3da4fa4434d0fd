"""A model by its sizes: what the catalog holds, what a row of a table states, and what `--set` changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from paramcount.ledger.model import Model
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import Design, SizeError, Sizes
from paramcount.papers.claim import Claim

# What is counted of a model of more than text: all of it, the part whose costs are stated, the part that is described
# here, or one part by its name.
WHOLE, OF_COSTS, DESCRIBED = "", "what costs", "what is described"
NOT_READ = "own code not read"  # of a config that names code of its own, which may be another model
CALLED = {
    "text": "text model",
    "vision": "vision tower",
    "audio": "audio tower",
    "projector": "projector",
    "speech": "part that speaks",
}


class Published(NamedTuple):
    """A count as some source printed it, and what it claims.

    *place* is the last part of *source* (Table 2.1), *reading* what was counted (see Model.read), *column* and *table*
    where it stands here, *zeros* how many of its trailing zeros are not significant.
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
        """Whether the model's count, read as this figure counts, lies in what it claims."""
        return self.claim.admits(model.read(self.reading))

    def error(self, model: Model) -> float:
        """How far that count lies above the printed figure, as a fraction of the figure."""
        return self.claim.error(model.read(self.reading))


class PartOf(NamedTuple):
    """What marks the count of a *part* of a larger model, one of those in CALLED, of the class *whole*."""

    part: str
    whole: str
    model_type: str = ""  # of the part, where it has one of its own

    def said(self) -> str:
        """The mark as a sentence."""
        own = f" ({self.model_type})" if self.model_type else ""
        return f"Only the {CALLED[self.part]}{own} of {self.whole} is counted."

    def document(self) -> dict[str, str]:
        """The same for JSON."""
        return {"name": self.part, "of": self.whole}


def refuse_part(name: str, part: str) -> None:
    """Raise SizeError where *part* is not the text model of *name*, a model of text alone."""
    if part in CALLED and part != "text":
        raise SizeError(f"{name}: --part {part}: a model of text alone; valid: text, or no --part")


def mark(part: PartOf | None) -> dict[str, Any]:
    """What a document says of the *part* that it is about; nothing where it is about a whole model."""
    return {"part": part.document()} if part else {}


def marked(name: str, part: PartOf | None) -> str:
    """*name*, which is of the *part* alone where it is about one."""
    return f"{name}, {part.part} only" if part else name


class Spec(NamedTuple):
    """A family, its settled sizes, and what was printed of the model.

    *given* are the sizes from which the rest was settled, *assumed* says why one of them holds that its source does not
    print; *overridden* is what was set over the catalog's, *notes* on the count,
    *part* of which larger model it is a part alone, which its name says too, *year* that of its table, *caution* what
    stands beside its name.
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
        """The same, its tensors as the "paper" writes them or as they are "stored"; "" as is usual for it."""
        return self.family.model_as(self.sizes, reading)

    def symbolic(self) -> Model:
        """The same model over symbols, d_ff written as 4·d_model where it is that."""
        return self.family.symbolic(self.sizes)

    def formula(self) -> Polynomial:
        """The exact total as a polynomial in the sizes."""
        total = self.symbolic().total()
        assert isinstance(total, Polynomial)
        return total

    def mark(self) -> dict[str, Any]:
        """What documents say of a model that is a part alone; nothing of a whole one."""
        return mark(self.part)

    def of_all(self) -> str:
        """What the sum of all that is counted is called."""
        return ", ".join(["total", *self.marks()])

    def marks(self) -> list[str]:
        """In a word each, why its count is not that of the model that its name may be taken for."""
        return [*([f"{self.part.part} only"] if self.part else []), *([NOT_READ] if self.caution else [])]

    def width_notes(self) -> list[str]:
        """Of sizes that were set, that attention is not as wide as the model; nothing where it is."""
        sizes = self.sizes
        if not self.overridden or not {"n_heads", "d_head", "d_model"} <= sizes.keys():
            return []
        width = sizes["n_heads"] * sizes["d_head"]
        if width == sizes["d_model"]:
            return []
        wide = f"n_heads·d_head = {width} ≠ d_model = {sizes['d_model']}"
        return [f"Note: {wide}; attention is not as wide as the model."]

    def title(self) -> str:
        changes = ", ".join(f"{field} = {value}" for field, value in self.overridden.items())
        return f"{self.name} with {changes}" if changes else self.name


def of_all(specs: Sequence[Spec]) -> str:
    """What the sums of several models side by side are called: by their places, where some are marked."""
    marks = [", ".join(spec.marks()) for spec in specs]
    if len(set(marks)) == 1:
        return specs[0].of_all()
    return f"total ({'; '.join(f'{place}: {mark}' for place, mark in enumerate(marks) if mark)})"


def override(spec: Spec, changes: Mapping[str, int | bool]) -> Spec:
    """*spec* with some sizes set anew; a size that was tied to another follows it."""
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
        if not equals:
            raise SizeError(f"--set {change}: no value; valid: --set FIELD=VALUE with {', '.join(family.fields)}")
        values[field.strip()] = family.read(field.strip(), text.strip())
    return values
