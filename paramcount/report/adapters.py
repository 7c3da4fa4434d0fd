"""The report on a LoRA adapter and its base model: which parameters are trained, and what share of all they are."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.checkpoint import Checkpoint
from paramcount.checkpoint.patterns import pattern
from paramcount.costs.adapters import Adapted, Peft, Trained
from paramcount.report.rows import Column, Report, Sheet

MODULES = (
    Column("name", "trained module"),
    Column("kind", "kind"),
    Column("r", "rank", "size"),
    Column("inputs", "inputs", "size"),
    Column("outputs", "outputs", "size"),
    Column("times", "times", "size"),
    Column("params", "parameters", "count"),
    Column("share", "share", "share"),
)
TOTALS = (Column("name", ""), Column("params", "parameters", "count"))
COPY = "copy of a whole module"


def adapter_report(spec: Spec, peft: Peft, found: Adapted, stored: Checkpoint | None = None) -> Report:
    """The report on *spec* with the adapter *peft*, which trains *found*; *stored* is the adapter's own weights file.

    It is marked as failed if the file holds another number of parameters than is trained.
    """
    rows = [_row(name, ones, found.total) for name, ones in _grouped(found.trained).items()]
    rows.append({"name": "total trained", "params": found.total, "share": 1.0, "strong": True})
    totals: list[dict[str, Any]] = [
        {"name": "base", "params": found.base},
        {"name": "added while training", "params": found.beside},
        {"name": "base and adapter", "params": found.base + found.beside, "strong": True},
        {"name": "after merging", "params": found.merged},
    ]
    lines = [f"Trained: {found.total:,} of {found.base + found.beside:,} parameters, {100 * found.share:.4g} %."]
    if found.merged != found.base:
        lines.append(f"Merging adds {found.merged - found.base:,} parameters: tied weights become separate ones.")
    lines += [f"The adapter names {peft.base} as its base; counted here with {spec.name}."] if peft.base else []
    lines += [_held(stored, found)] if stored else []
    heading = f"{spec.title()} with {peft.said()}"
    document = {
        "model": spec.name,
        **spec.mark(),
        "adapter": {"rank": peft.r, "targets": peft.targets, "dora": peft.dora, "base": peft.base or None},
        "trained": found.total,
        "base": found.base,
        "with_adapter": found.base + found.beside,
        "share": found.share,
        "merged": found.merged,
        "modules": [one._asdict() for one in found.trained],
        "stored": stored.elements() if stored else None,
        "notes": list(spec.notes),
    }
    notes = ["\n".join(spec.notes)] if spec.notes else []
    failed = stored is not None and stored.elements() != found.total
    return Report(document, (heading, Sheet(MODULES, rows), Sheet(TOTALS, totals), "\n".join(lines), *notes), failed)


def _grouped(trained: tuple[Trained, ...]) -> dict[tuple[Any, ...], list[Trained]]:
    """What is trained, with layers of the same shape and kind grouped."""
    groups: dict[tuple[Any, ...], list[Trained]] = {}
    for one in trained:
        groups.setdefault((pattern(one.name), *one[1:]), []).append(one)
    return groups


def _row(key: tuple[Any, ...], ones: list[Trained], total: int) -> dict[str, Any]:
    first, params = ones[0], sum(one.params for one in ones)
    sides = {"r": first.r, "inputs": first.inputs, "outputs": first.outputs} if first.r else {}
    kind = COPY if first.kind == "copy" else first.kind
    return {"name": key[0], "kind": kind, "times": len(ones), "params": params, "share": params / total, **sides}


def _held(stored: Checkpoint, found: Adapted) -> str:
    """How many parameters the adapter's weights file holds, and whether that is what is trained."""
    elements = stored.elements()
    said = f"Its weights file holds {elements:,} parameters"
    if elements == found.total:
        return f"{said}, as many as are trained."
    more = elements - found.total
    differs = f"{abs(more):,} {'more' if more > 0 else 'fewer'} than are trained"
    return f"{said}, {differs}: it belongs to another adapter or another base."
