"""The constants of scaling laws, read from tables/scaling_law_fits.csv: none are in the code."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.papers.tables import read

FILE = "scaling_law_fits.csv"
RANGE = "fitted range"


class Constant(NamedTuple):
    """A fitted constant: its *value*, its printed interval (*low*, *high*) or *std_error*, and where it was read.

    *variant* distinguishes several values printed by one paper; a fitted range has ends but no value.
    """

    law: str
    relation: str
    variant: str
    symbol: str
    value: float | None
    low: float | None
    high: float | None
    std_error: float | None
    unit: str
    place: str
    status: str


@cache
def constants() -> tuple[Constant, ...]:
    """Every constant, in the table's order."""
    numbers = ("value", "low", "high", "std_error")
    return tuple(
        Constant(**{key: (float(cell) if cell else None) if key in numbers else cell for key, cell in row.items()})  # type: ignore[arg-type]
        for row in read(FILE)
    )


class Relation(NamedTuple):
    """An equation of a law with its constants by symbol; *place* is where it is printed."""

    law: str
    equation: str
    variant: str
    values: dict[str, float]
    place: str


@cache
def relations(law: str, begins: str) -> list[Relation]:
    """The relations of *law* whose equation starts with *begins*, one per variant, in the table's order."""
    found: dict[tuple[str, str], list[Constant]] = {}
    for constant in constants():
        if constant.law == law and constant.relation.startswith(begins):
            found.setdefault((constant.relation, constant.variant), []).append(constant)
    return [
        Relation(law, equation, variant, {c.symbol: c.value for c in group if c.value is not None}, group[-1].place)
        for (equation, variant), group in found.items()
    ]


@cache
def relation(law: str, begins: str) -> Relation:
    """The one of *relations* that is in the paper's text rather than a variant."""
    return next(found for found in relations(law, begins) if not found.variant)


@cache
def fitted_range(law: str) -> dict[str, tuple[float, float]]:
    """The smallest and largest N and D of the runs to which *law* was fitted."""
    ends = [constant for constant in constants() if constant.law == law and constant.relation == RANGE]
    return {end.symbol: (end.low or 0.0, end.high or 0.0) for end in ends}
