"""The report of `paramcount MODEL --tp 8 --pp 4`: parameters on each rank, and how many of all are copies."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import Spec, marked
from paramcount.costs.memory.per_rank import MULTIPLE, Alike, PerRank, summed
from paramcount.ledger.model import place
from paramcount.report.layout import STAGES, TENSOR
from paramcount.report.rows import Column, Report, Sheet

SUMS = (
    Column("name", "component"),
    Column("model", "in the model", "count"),
    Column("held", "on all ranks", "count"),
    Column("more", "repeated", "count"),
)


def per_rank_report(spec: Spec, found: PerRank) -> Report:
    """The report on the parameters of *spec* on each rank of a layout."""
    names = sorted(found.held, key=place)
    columns = [Column("name", "component")]
    columns += [Column(str(at), said := _said(one, found), "count", header=said) for at, one in enumerate(found.ranks)]
    rows: list[dict[str, Any]] = [_across(name, [one.components.get(name) for one in found.ranks]) for name in names]
    rows.append(_across(marked("one rank", spec.part), [one.params for one in found.ranks]) | {"strong": True})
    rows.append(_across("ranks", [one.number for one in found.ranks]))
    held, model = found.held, found.components
    sums = [_sum(name, model.get(name, 0), held[name]) for name in names]
    sums.append(_sum(spec.of_all(), found.total, sum(held.values())) | {"strong": True})
    lines = [*([TENSOR] if found.layout.tp > 1 else []), *([STAGES] if found.layout.pp > 1 else []), *_padded(found)]
    layout = found.layout
    heading = f"{spec.title()} on {layout.devices:,} rank{'s' * (layout.devices > 1)}: tp {layout.tp}, pp {layout.pp}"
    notes = ["\n".join(spec.notes)] if spec.notes else []
    document = {
        "model": spec.name,
        **spec.mark(),
        "layout": {"tp": found.layout.tp, "pp": found.layout.pp},
        "total": found.total,
        "held": sum(held.values()),
        "repeated": sum(held.values()) - found.total,
        "ranks": [_document(one) for one in found.ranks],
        "padded": None if found.padded is None else [_document(one) for one in found.padded],
        "notes": list(spec.notes),
    }
    parts = (
        heading,
        Sheet(tuple(columns), rows, "On one rank"),
        Sheet(SUMS, sums, "On all ranks together"),
        "\n".join(lines),
    )
    return Report(document, (*parts, *notes))


def _said(one: Alike, found: PerRank) -> str:
    """For example: stage 0, tensor 0–6."""
    words = []
    for name, (first, last), size in (("stage", one.stages, found.layout.pp), ("tensor", one.tensors, found.layout.tp)):
        if size > 1:
            words.append(f"{name} {first}" if first == last else f"{name} {first}–{last}")
    return ", ".join(words) or "the only rank"


def _across(name: str, counts: list[int | None]) -> dict[str, Any]:
    return {"name": name, "component": name, **{str(at): count for at, count in enumerate(counts)}}


def _sum(name: str, model: int, held: int) -> dict[str, Any]:
    return {"name": name, "component": name, "model": model, "held": held, "more": held - model}


def _padded(found: PerRank) -> list[str]:
    """Parameters per rank if the vocabulary is padded as in Megatron-LM."""
    if found.padded is None:
        return []
    counts = ", ".join(f"{params:,}" for params in dict.fromkeys(one.params for one in found.padded))
    total = sum(summed(found.padded).values())
    of = f"{MULTIPLE} · tp = {MULTIPLE * found.layout.tp:,}"
    held = f"a rank then has {counts} parameters, all ranks {total:,}"
    return [f"Megatron-LM pads the vocabulary to a multiple of {of}: {held}."]


def _document(one: Alike) -> dict[str, Any]:
    return {**one._asdict(), "params": one.params}
