"""What solving gives: candidates with their exact counts, and what was gone through to find them."""

from __future__ import annotations

from math import log
from typing import Any, NamedTuple

from paramcount.families import Family, SizeError
from paramcount.published import tables
from paramcount.solver.lattice import Wishes, n_heads_of
from paramcount.solver.search import Point
from paramcount.solver.trend import catalog, counts


class Candidate(NamedTuple):
    """A shape, recounted exactly by its family's ledger.

    *error* is the signed share of the budget by which the count lies above it; *aspect* is d_model/n_layers;
    the shares are those of attention and feed-forward in the total; *nearest* is the model of the catalog with the
    nearest count; *command* shows the shape and counts it again.
    """

    n_layers: int
    d_model: int
    n_heads: int
    d_head: int
    d_ff: int
    n_vocab: int
    n_ctx: int
    tied: bool
    total: int
    non_embedding: int
    error: float
    aspect: float
    attention_share: float
    ffn_share: float
    nearest: str
    command: str


class Solution(NamedTuple):
    """Candidates for a budget, the best first, of the *shapes_covered*; *tolerance* is the admitted |error|.

    Where nothing lies within it, *candidates* is empty, *nearest_miss* the nearest shape and *stopped_by* the
    constraint that keeps it out.
    """

    budget: int
    non_embedding: bool
    family: str
    rank: str
    tolerance: float
    shapes_covered: int
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]
    nearest_miss: Candidate | None = None
    stopped_by: str = ""


def recounted(point: Point, d_head: int, wishes: Wishes, budget: int) -> Candidate:
    """*point* with heads of *d_head* as a candidate: every figure from the family's ledger in exact ints."""
    n_heads = n_heads_of(wishes, point.d_model, d_head)
    sizes: dict[str, Any] = {**point._asdict(), "n_heads": n_heads, "d_head": d_head, **wishes.switches}
    del sizes["params"]
    model = wishes.family.build(**sizes)
    total, rest, parts = model.total(), model.non_embedding(), model.by_component()
    counted = rest if wishes.non_embedding else total
    assert counted == point.params
    return Candidate(
        **{field: sizes[field] for field in Candidate._fields if field in sizes},
        total=total,
        non_embedding=rest,
        error=(counted - budget) / budget,
        aspect=point.d_model / point.n_layers,
        attention_share=parts["attention"] / total,
        ffn_share=parts["feed-forward"] / total,
        nearest=_nearest(counted, wishes.non_embedding),
        command=command(wishes.family, sizes),
    )


def command(family: Family, sizes: dict[str, Any]) -> str:
    """The line that shows a model of these sizes, without the sizes that follow from others."""
    given = {field: sizes[field] for field in family.fields}
    for field in reversed(family.fields):
        fewer = {other: value for other, value in given.items() if other != field}
        try:
            if family.settle(fewer) == family.settle(sizes):
                given = fewer
        except SizeError:
            continue  # the family cannot do without it
    return " ".join([f"paramcount {family.name}", *(f"--set {field}={_text(value)}" for field, value in given.items())])


def _text(value: int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nearest(count: int, non_embedding: bool) -> str:
    """The model of the catalog whose count is nearest in proportion, the older of two."""
    known = zip(counts(non_embedding), catalog(), strict=True)
    return min((abs(log(other / count)), tables()[spec.table].year, spec.name) for other, spec in known)[2]
