"""The report of `paramcount table`: a published table recomputed row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paramcount.catalog.recomputed import recompute
from paramcount.catalog.rows import label_of
from paramcount.catalog.spec import Published, Spec
from paramcount.ledger.model import Model
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read
from paramcount.report.rows import Column, Report, Sheet

LISTED = (
    Column("table", "table"),
    Column("title", "title"),
    Column("year", "year"),
    Column("rows", "rows", "count"),
    Column("source", "source", aside=True),
)


def listed(tables: Iterable[Table]) -> Report:
    """A line for each of *tables*, by name: its title, its year, how many rows it has and where it was published."""
    rows = [
        {"table": one.name, "title": one.title, "year": one.year, "rows": len(read(one.path)), "source": one.source}
        for one in sorted(tables, key=lambda table: table.name)
    ]
    return Report({"tables": rows}, (Sheet(LISTED, rows),))


def recomputed(table: Table) -> Report:
    """The printed and exact counts of each row of *table* that can be recomputed, and whether they agree.

    Raises InputError if none can: the table prints no shapes, and none of its rows is a model of the catalog.
    """
    specs = recompute(table).rows
    places = list(dict.fromkeys(figure.place for spec in specs.values() for figure in spec.published))
    columns = [Column("model", "model"), Column("total", "exact count", "count")]
    for number, place in enumerate(places):
        columns += [
            Column(f"printed_{number}", place),
            Column(f"error_{number}", "off", "error"),
            Column(f"agrees_{number}", "", "agrees"),
        ]
    rows = [_row(label, spec, places) for label, spec in specs.items()]
    parts: list[str | Sheet] = [f"{table.title} ({table.source})", Sheet(tuple(columns), rows)]
    parts += _notes(table, specs)
    documents = [_document(table, label, spec) for label, spec in specs.items()]
    return Report({"table": table.name, "source": table.source, "rows": documents}, tuple(parts))


def _row(label: str, spec: Spec, places: list[str]) -> dict[str, Any]:
    model = spec.model()
    row: dict[str, Any] = {"model": label, "total": model.total()}
    for figure in spec.published:
        number = places.index(figure.place)
        verdict = _verdict(figure, model)
        row |= {f"{key}_{number}": verdict[key] for key in ("printed", "error", "agrees")}
    return row


def _verdict(figure: Published, model: Model) -> dict[str, Any]:
    return {
        "source": figure.source,
        "printed": figure.printed,
        "error": figure.error(model),
        "agrees": figure.agrees(model),
    }


def _notes(table: Table, specs: Mapping[str, Spec]) -> list[str]:
    notes = [f"{field}: {why}" for spec in list(specs.values())[:1] for field, why in spec.assumed.items()]
    labels = [label_of(table, cells) for cells in read(table.path)]
    if left_out := [label for label in labels if label not in specs]:
        notes.append(f"Left out, because the family is unknown or a size is not given: {', '.join(left_out)}.")
    disagreeing = [spec.name for spec in specs.values() if not _all_agree(spec)]
    if disagreeing:
        why = disagreeing[0] if table.models else f"audit {table.name}"
        notes.append(f"✗ disagrees at its printed precision; to see why: paramcount {why}")
    return ["\n".join(notes)] if notes else []


def _all_agree(spec: Spec) -> bool:
    model = spec.model()
    return all(figure.agrees(model) for figure in spec.published)


def _document(table: Table, label: str, spec: Spec) -> dict[str, Any]:
    model = spec.model()
    first, *beside = [_verdict(figure, model) for figure in spec.published]
    name = table.models.get(label)
    return {"model": name, "row": label, "total": model.total(), **first, "beside": beside}
