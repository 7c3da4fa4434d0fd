"""A recomputed table: the models in its rows, each with its exact count beside the printed ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from paramcount.catalog.called import suggestions
from paramcount.catalog.names import find
from paramcount.catalog.rows import counted_here, label_of, stated
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.frames import frame, html
from paramcount.models.design import SizeError
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables

if TYPE_CHECKING:
    import pandas


class Recomputed(NamedTuple):
    """A *table*, and the models of its *rows* by label."""

    table: Table
    rows: Mapping[str, Spec]

    def __repr__(self) -> str:
        agree = [figure.agrees(spec.model()) for spec in self.rows.values() for figure in spec.published]
        return f"<table {self.table.name}: {len(self.rows)} models, {sum(agree)} of {len(agree)} printed counts agree>"

    def _repr_html_(self) -> str:
        return html(repr(self)[1:-1], self.to_frame())

    def to_frame(self) -> pandas.DataFrame:
        """One row per printed figure: the row's label, the exact count, the figure, its error, and whether they agree.

        Needs pandas.
        """
        return frame(
            [
                {
                    "row": label,
                    "total": spec.model().total(),
                    "source": figure.source,
                    "printed": figure.printed,
                    "error": figure.error(spec.model()),
                    "agrees": figure.agrees(spec.model()),
                }
                for label, spec in self.rows.items()
                for figure in spec.published
            ]
        )


def recompute(table: Table) -> Recomputed:
    """Each row of *table* that a family can count: the catalog's model if the table names it, else the row itself.

    Raises InputError if there is none: the table prints no shapes, and its rows are not catalog models.
    """
    specs = _specs(table)
    if not specs:
        raise InputError(
            f"{table.name}: no row gives a complete shape, so there is nothing to recompute; "
            f"valid: paramcount audit {table.name}, which checks its equations and what the rows do give"
        )
    return Recomputed(table, specs)


def table_named(name: str, also: Iterable[str] = ()) -> Table:
    """The table of that short name; raises InputError with the nearest names, including those in *also*."""
    if table := tables().get(name.lower()):
        return table
    near = suggestions(name.lower(), [*tables(), *also]) if name.strip() else ""
    hint = f"did you mean {near}?" if near else "`paramcount table` lists the tables"
    raise InputError(f"{name.strip() or 'an empty name'} is not a known table; {hint}")


def _specs(table: Table) -> dict[str, Spec]:
    if table.models:
        return {label: find(model) for label, model in table.models.items()}
    specs = {}
    for cells in read(table.path):
        if counted_here(table, label := label_of(table, cells)):
            with suppress(SizeError):  # a row that is not a model, or leaves a size open
                specs[label] = stated(table, cells)
    return specs
