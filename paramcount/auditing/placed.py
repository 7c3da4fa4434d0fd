"""A row among the other rows of its table: what they have in common, and the bits for being like them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from paramcount.auditing.column import EVENLY, Column, column
from paramcount.auditing.counting import count
from paramcount.auditing.edits import cells, edited
from paramcount.auditing.evidence import choice, odds
from paramcount.auditing.habits import habits
from paramcount.auditing.printed_figures import cutting, holds_up, witness
from paramcount.auditing.regularities import Weighed, weighed
from paramcount.catalog.spec import Spec
from paramcount.models.design import Sizes


class Peers(list[Spec]):
    """The rows of a table that are of one family, in print order; *everyone* holds the rows of all its families."""

    everyone: Peers | None = None

    @cached_property
    def holding(self) -> dict[Any, bool]:
        """Which rows hold up; rows with the same witness count as one."""
        return {witness(row): holds_up(row) for row in self}

    @cached_property
    def cutting(self) -> float:
        """The bits that it costs to say that one of their figures is truncated."""
        return cutting(self)

    def agreeing(self, spec: Spec) -> float:
        """The bits for *spec* agreeing as the other rows of its table do, whatever their family."""
        others = dict((self.everyone or self).holding)
        for own in (spec, *(row for row in self if row.row == spec.row)):
            others.pop(witness(own), None)
        return max(0.0, odds(sum(others.values()), len(others)))

    def saying_the_same(self, spec: Spec) -> int:
        """How many rows of the table print the same figures for the same shape as *spec*, itself included."""
        own = witness(spec)
        return 1 + sum(row.row != spec.row and witness(row) == own for row in self.everyone or self)


class Placed(NamedTuple):
    """A row among the other rows of its table: what they have in common, and the bits for agreeing as they do."""

    spec: Spec
    sizes: Sizes
    settled: bool
    laws: list[Weighed]
    columns: dict[str, Column]
    rows: list[Spec]
    place: int
    agreeing: float
    whole: float  # bits for having sizes that make a model
    cutting: float  # bits to say that a figure is truncated
    which: float  # bits to name one of the cells, and the row where several are the same
    counted: Callable[[Sizes, str], int]  # the count of sizes under a reading

    @property
    def near(self) -> list[Spec]:
        """The rows above and below."""
        return [self.rows[i] for i in (self.place - 1, self.place + 1) if 0 <= i < len(self.rows)]


def placed(spec: Spec, peers: Sequence[Spec]) -> Placed:
    """*spec* among its *peers*, the rows of its table that are of its family."""
    peers = peers if isinstance(peers, Peers) else Peers(peers)
    sizes, printed = spec.family.loosely(spec.given), cells(spec)
    derived = [field for field in ("n_heads", "d_head") if field in sizes and field not in spec.given]
    fields = [*printed, *derived]
    # Rows without one of these sizes cannot be compared with rows that have it.
    rows = [row for row in peers if row is spec or all(row.sizes.get(field) is not None for field in fields)]
    named = [i for i, row in enumerate(rows) if row.row == spec.row]
    place = next((i for i, row in enumerate(rows) if row is spec), (*named, len(rows))[0])
    rows[place : place + 1] = [spec]
    others = [*rows[:place], *rows[place + 1 :]]
    values = {field: [row.sizes[field] if row is not spec else sizes[field] for row in rows] for field in fields}
    known = habits(spec.table)
    return Placed(
        spec=spec,
        sizes=sizes,
        settled=edited(spec, {}) is not None,
        laws=weighed([row.sizes for row in others], printed, known),
        columns={field: column(v, place, known.round_by.get(field, EVENLY)) for field, v in values.items()},
        rows=rows,
        place=place,
        agreeing=peers.agreeing(spec),
        whole=odds(len(others), len(others), max(0.5, known.whole)),
        cutting=peers.cutting,
        which=choice(len(printed) + len(spec.published)) + choice(peers.saying_the_same(spec)),
        counted=lambda sizes, reading: count(spec, sizes, reading),
    )
