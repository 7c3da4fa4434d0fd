"""A row of a published table as a model: its sizes and the figures printed of it."""

from __future__ import annotations

from collections.abc import Mapping

from paramcount.catalog.families import family_named
from paramcount.catalog.spec import Published, Spec
from paramcount.models.design import Design, SizeError
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Table


def label_of(table: Table, cells: Mapping[str, str]) -> str:
    """What the row of *cells* is called in *table*."""
    return " ".join(cells[column] for column in table.label)


def family_of(table: Table, label: str) -> Design | None:
    """The family that counts the row of that label; None where the table has no shapes."""
    name = table.families.get(label) or table.families.get("")
    return family_named(name) if name else None


def counted_here(table: Table, label: str) -> bool:
    """Whether the row of that label is counted by the shape that *table* itself prints.

    Of a table that names the catalog's models, only their rows are; of another, all.
    """
    return family_of(table, label) is not None and (label in table.models or not table.models)


def stated(table: Table, cells: Mapping[str, str], name: str = "") -> Spec:
    """The model that the row of *cells* states. Raises SizeError where its sizes state none."""
    label = label_of(table, cells)
    family = family_of(table, label)
    if family is None:
        raise SizeError(f"{table.name}: a table without shapes; its preamble names no family")
    assumed = {f: a for f, a in table.assumptions(label).items() if f in family.fields and not cells.get(f)}
    given: dict[str, int] = {field: int(cells[field]) for field in family.sizes if cells.get(field)}
    given |= {field: assumption.value for field, assumption in assumed.items()}
    ratio = int(cells.get("d_ff_over_d_model") or 0)
    if ratio and (ratio, "d_model") != family.ties.get("d_ff"):
        given.setdefault("d_ff", ratio * given["d_model"])
    return Spec(
        name=name or label,
        family=family,
        sizes=family.settle(given),
        table=table.name,
        row=label,
        given=given,
        assumed={**{field: a.why for field, a in assumed.items()}, **family.defaults(given)},
        published=figures(table, cells),
        year=table.year,
    )


def figures(table: Table, cells: Mapping[str, str]) -> tuple[Published, ...]:
    """The counts that *table* prints in the row of *cells*. Raises ValueError on a cell that is no figure."""
    document = table.source.partition(",")[0]
    return tuple(
        Published(
            source=f"{document}, {place}",
            place=place,
            printed=cells[column],
            claim=claim(cells[column], table.insignificant_zeros),
            reading=table.readings.get(column, "total"),
            column=column,
            table=table.name,
            zeros=table.insignificant_zeros,
        )
        for column, place in table.printed.items()
        if cells.get(column)
    )
