"""The result of solving: candidates with their exact counts, and notes on the search."""

from __future__ import annotations

from math import log
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.frames import frame, html
from paramcount.models.design import Design, SizeError, Sizes
from paramcount.papers.tables import tables
from paramcount.solver.grid import Point
from paramcount.solver.problem import Problem, beside
from paramcount.solver.rank import Head
from paramcount.solver.scaled import Scaled
from paramcount.solver.usual import catalog, counts

if TYPE_CHECKING:
    import pandas

FEED_FORWARD = ("feed-forward", "experts")  # the components that are feed-forward networks


class NotAsCountedError(InputError):
    """A shape that its body refuses, or whose recount differs from the formula that found it."""


class Candidate(NamedTuple):
    """A shape, recounted exactly by its family's ledger.

    *sizes* holds the family's sizes and conventions, which are also attributes: candidate.n_layers, candidate.d_ff.
    *active* is the number of active parameters, the total if there are no experts. *error* is the signed difference of
    the count from the budget, as a share of the budget; *aspect* is d_model/n_layers; *attention_share* and *ffn_share*
    are shares of the total; *nearest* is the model of the catalog with the nearest count; *command* shows the shape,
    which is one of *design*.
    """

    sizes: Sizes
    total: int
    non_embedding: int
    active: int
    error: float
    aspect: float
    attention_share: float
    ffn_share: float
    nearest: str
    command: str
    design: Design

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}={size}" for name, size in self.sizes.items())
        return f"<{self.total:,} parameters: {sizes}>"

    def __getattr__(self, field: str) -> Any:
        if field in self.sizes:
            return self.sizes[field]
        raise AttributeError(f"{field}: a candidate has {', '.join((*self.sizes, *self._fields))}")

    def document(self) -> dict[str, Any]:
        """The candidate as JSON: its sizes and figures, with *active* only for a mixture of experts."""
        found = self._asdict()
        del found["design"]
        if "n_active_experts" not in self.sizes:
            del found["active"]
        return {**found.pop("sizes"), **found}

    def to_config(self) -> dict[str, Any]:
        """The candidate as the config.json of transformers' class for it, which counts the same.

        Raises paramcount.errors.InputError where no class of transformers can have this shape.

        >>> import paramcount
        >>> paramcount.solve("350M").candidates[0].to_config()["model_type"]
        'gpt2'
        """
        from paramcount.solver.hf import hf_config

        return hf_config(self)


class Solution(NamedTuple):
    """Candidates for a budget, the best first, out of *shapes_covered*; *tolerance* is the largest |error| allowed.

    *budget* is in parameters, 0 if there are only other budgets. *design* is what the candidates are shapes of;
    *budget_counts* is the kind of count that the budget is for: total, non_embedding or active. If nothing is within
    the tolerance, *candidates* is empty, *nearest_miss* is the nearest shape and *stopped_by* the constraint that rules
    it out. *today* says which options give a modern decoder, if the design is GPT-3's.
    """

    budget: int
    budget_counts: str
    family: str
    design: Design
    rank: str
    tolerance: float
    shapes_covered: int
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]
    nearest_miss: Candidate | None = None
    stopped_by: str = ""
    today: str = ""

    def __repr__(self) -> str:
        asked = f"for {self.budget:,} parameters" if self.budget else "within the budgets"
        if not self.candidates:
            return f"<no shape {asked}: {self.stopped_by}>"
        first = repr(self.candidates[0])[1:-1].replace(" parameters", "", 1)
        return f"<{len(self.candidates)} shapes {asked}; first {first}>"

    def _repr_html_(self) -> str:
        return html(repr(self)[1:-1], self.to_frame())

    def to_frame(self) -> pandas.DataFrame:
        """A DataFrame with one row per candidate, the best first: sizes, counts, error and command. Needs pandas."""
        return frame([candidate.document() for candidate in self.candidates])


def recounted(point: Point, head: Head, problem: Problem, budget: int) -> Candidate:
    """*point* with the heads *head* as a candidate, recounted from the family's ledger in exact ints.

    Raises NotAsCountedError if the ledger disagrees with the formula used in the search.
    """
    family, sizes = problem.family, sizes_of(point, head, problem)
    try:
        model = family.build(**sizes)
    except InputError as error:
        raise NotAsCountedError(str(error)) from None
    total, parts, read = model.total(), model.by_component(), model.read(problem.reading)
    counted = read if problem.meter is None else problem.meter.of(spec_of(family, sizes))
    if counted != point.params:
        raise NotAsCountedError(f"recounted, it has {counted:,}, but the formula says {point.params:,}")
    return Candidate(
        sizes=sizes,
        total=total,
        non_embedding=model.non_embedding(),
        active=model.active(),
        error=problem.meter.error(counted) if problem.meter else (counted - budget) / budget,
        aspect=point.d_model / point.n_layers,
        attention_share=parts.get("attention", 0) / total,
        ffn_share=sum(parts.get(component, 0) for component in FEED_FORWARD) / total,
        nearest=_nearest(read, problem.reading),
        command=command(family, sizes, problem.like),
        design=family,
    )


def sizes_of(point: Point, head: Head, problem: Problem) -> Sizes:
    """The family's sizes and conventions for *point* with the heads *head*."""
    family = problem.family
    own = {"n_layers": point.n_layers, "d_model": point.d_model, "n_heads": head.n_heads, "d_head": head.d_head}
    own["n_kv_heads"] = point.kv_width // head.d_head
    every = dict(zip(beside(family), point.others, strict=True)) | problem.switches
    every |= {name: own[role] for role, name in family.roles.items()}
    return {field: every[field] for field in family.fields}


def spec_of(design: Design, sizes: Sizes) -> Spec:
    """The model of a shape of *design*."""
    if not isinstance(design, Scaled):
        return Spec("the shape", design, sizes)
    shape = design.shape(sizes)
    return Spec("the shape", shape, shape.values())


def command(family: Design, sizes: Sizes, like: str = "") -> str:
    """The command that shows a model with these sizes, without those that follow from others or come from *like*."""
    if isinstance(family, Scaled):
        part = ["--part text"] if family.base.config.whole else []
        return " ".join([f"paramcount {quote(like)}", *part, *map(_setting, family.changes(sizes).items())])
    given = {field: sizes[field] for field in family.fields}
    for field in reversed(family.fields):
        fewer = {other: value for other, value in given.items() if other != field}
        try:
            if family.settle(fewer) == family.settle(sizes):
                given = fewer
        except SizeError:
            continue  # the family cannot do without it
    return " ".join([f"paramcount {family.name}", *map(_setting, given.items())])


def _setting(size: tuple[str, int | bool]) -> str:
    field, value = size
    return f"--set {field}={str(value).lower() if isinstance(value, bool) else value}"


def _nearest(count: int, reading: str) -> str:
    """The model of the catalog with the nearest count in proportion, the older of two."""
    known = zip(counts(reading), catalog(), strict=True)
    return min((abs(log(other / count)), tables()[spec.table].year, spec.name) for other, spec in known)[2]
