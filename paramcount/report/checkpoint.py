"""The report on a checkpoint: what it stores, and whether that matches its config."""

from __future__ import annotations

import re
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.checkpoint import Checkpoint
from paramcount.checkpoint.adapter import Adapter, adapter, is_adapter
from paramcount.checkpoint.alone import unknown_words, unpacked_alone
from paramcount.checkpoint.layouts import Expected
from paramcount.checkpoint.packing import Held, quantisation
from paramcount.checkpoint.patterns import Counted, counts, pattern
from paramcount.checkpoint.ranks import beside
from paramcount.checkpoint.reconcile import reconcile
from paramcount.checkpoint.result import PACKED, Reconciled
from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.quantity import short
from paramcount.report.around import buffers_said, said_of
from paramcount.report.rows import Column, Report, Sheet

TENSORS = (
    Column("name", "tensor"),
    Column("shape", "shape"),
    Column("dtype", "stored as"),
    Column("times", "times", "size"),
    Column("params", "elements", "count"),
    Column("bar", "", "bar"),
)
SIDES = (
    Column("name", "component"),
    Column("expected", "in the config", "count"),
    Column("stored", "in the checkpoint", "count"),
    Column("difference", "difference", "count"),
)
MODULES = (
    Column("name", "module"),
    Column("r", "rank", "size"),
    Column("inputs", "inputs", "size"),
    Column("outputs", "outputs", "size"),
    Column("params", "parameters", "count"),
)

SHARD = re.compile(r"-of-([0-9]{5})\.[a-z]+$")
MOST_ROWS = 1_000  # of a sheet
MOST = 1_000_000  # tensors of a config that are compared with stored ones


def alone(checkpoint: Checkpoint, name: str, note: str = "") -> Report:
    """The report on a checkpoint without a usable config: its tensors, those of all layers and experts grouped."""
    if is_adapter(checkpoint):
        return _adapter(adapter(checkpoint), checkpoint, name)
    rows = counts(checkpoint.tensors)
    weights = unpacked_alone(checkpoint.tensors, quantisation(checkpoint.beside))
    words, params = _packed(weights)
    data = {
        "model": name,
        "checkpoint": _document(checkpoint),
        "unpacked": params,
        "tensors": [row._asdict() for row in rows],
        "note": note,
    }
    why = note or "There is no config.json beside it to say which of these are parameters of the model."
    heading = f"{name} ({_described(checkpoint)})"
    about = [*words, *said_of(checkpoint), *buffers_said(checkpoint, weights), *_one_of(checkpoint)]
    sheet = _sheet(rows, checkpoint)
    if params is not None:
        sheet.rows.append({"name": "parameters, unpacked", "params": params, "strong": True})
    return Report(data, (heading, sheet, *about, why))


def _packed(weights: list[Held]) -> tuple[list[str], int | None]:
    """Notes on packed weights, and the number of parameters after unpacking; None if it is unknown."""
    packed, unknown = [weight for weight in weights if weight.packing], unknown_words(weights)
    lines = []
    if unknown:
        names = ", ".join(dict.fromkeys(pattern(one.name) for one in unknown[:3]))
        words = sum(one.elements for one in unknown)
        lines.append(
            f"{words:,} elements in {_of(len(unknown), 'tensor')} are packed words or scales in an unknown layout, "
            f"so they say nothing about the number of parameters ({names})."
        )
    if not packed:
        return lines, None
    ways = ", ".join(dict.fromkeys(weight.packing for weight in packed))
    stored = f"{_of(len(packed), 'weight')} quantised ({ways}), stored as packed words and scales"
    if any(len(weight.shapes) > 1 for weight in packed):
        return [*lines, f"{stored}; the number of bits is unknown; valid: its config.json beside it."], None
    params = sum(weight.params for weight in weights)
    return [
        *lines,
        f"{stored}. Unpacked, all of it comes to {params:,} parameters.",
    ], None if unknown else params


def stored_tensors(checkpoint: Checkpoint) -> Sheet:
    """Every stored tensor, under its own name."""
    return _sheet(counts(checkpoint.tensors), checkpoint)


def _sheet(tensors: list[Counted], checkpoint: Checkpoint) -> Sheet:
    total = checkpoint.elements() or 1
    rows: list[dict[str, Any]] = [_tensor_row(row, total) for row in tensors[:MOST_ROWS]]
    if more := tensors[MOST_ROWS:]:
        rows.append({"name": f"{len(more):,} more, listed by --json", "params": sum(row.params for row in more)})
    rows.append({"name": "total stored", "params": checkpoint.elements(), "strong": True})
    return Sheet(TENSORS, rows)


def held_against(report: Report, spec: Spec, checkpoint: Checkpoint, tensors: bool = False) -> Report:
    """*report* on *spec*, with how *checkpoint* compares; with *tensors* every stored tensor comes first.

    It is marked as failed if the two disagree and nothing explains why.
    """
    found = reconcile(expected(spec.model()), checkpoint, spec.part is not None)
    parts: list[str | Sheet] = [f"Checkpoint: {_described(checkpoint)}: {found.said}.", *said_of(checkpoint)]
    parts += [*_one_of(checkpoint), *_as_a_hub_counts(found, checkpoint), *_differing(found)]
    notes = [f"{note.text} ({_signed(note.elements)} elements)" if note.elements else note.text for note in found.notes]
    parts += ["\n".join(f"  {line}" for line in [*notes, *found.lines])] if notes or found.lines else []
    data = {**report.documents()[0], "checkpoint": {**_document(checkpoint), **_verdict(found)}}
    own: list[str | Sheet] = []
    if tensors:
        own = [stored_tensors(checkpoint)]
        data["tensors"] = [row._asdict() for row in counts(checkpoint.tensors)]
    return Report(data, (*own, *report.parts, *parts), failed=report.failed or bool(found.lines))


def _as_a_hub_counts(found: Reconciled, checkpoint: Checkpoint) -> list[str]:
    """The number that a model page shows if it counts a quantised checkpoint's packed words as parameters."""
    if not any(note.kind == PACKED for note in found.notes):
        return []
    elements, params = checkpoint.elements(), found.total.expected
    said = f"A page that counts stored numbers shows {elements:,} ({short(elements)})"
    return [f"{said}: the packed words and scales of {params:,} parameters."]


def expected(model: Model) -> list[Expected]:
    """*model*'s tensors as a checkpoint should have them; raises InputError if there are too many to list."""
    tensors: Any = sum((entry.times for entry in model.ledger() if not entry.tensor.shares), 0)
    if tensors > MOST:
        raise InputError(f"the config beside the checkpoint has {tensors:,} tensors; valid: up to {MOST:,}")
    sided = ((entry, entry.tensor.sides()) for entry in model.ledger())  # once, not for each copy
    return [
        Expected(name, sides, entry.component, tensor.shares, tensor.computed)
        for entry, sides in sided
        for name, tensor in entry.copies()
    ]


def _differing(found: Reconciled) -> list[Sheet]:
    """The components in which checkpoint and config differ."""
    rows: list[dict[str, Any]] = [
        {"name": name, "expected": sides.expected, "stored": sides.stored, "difference": sides.stored - sides.expected}
        for name, sides in {**found.by_component, "total": found.total}.items()
        if sides.expected != sides.stored
    ]
    return [Sheet(SIDES, rows)] if rows else []


def _adapter(found: Adapter, checkpoint: Checkpoint, name: str) -> Report:
    rows: list[dict[str, Any]] = [module._asdict() for module in found.modules]
    rows += [{"name": tensor.name, "params": tensor.elements} for tensor in found.others]
    rows.append({"name": "total", "params": found.total, "strong": True})
    base = f" for {found.base}" if found.base else ""
    heading = f"{name}: a LoRA adapter{base} ({_described(checkpoint)}), without its base model"
    document = {
        "model": name,
        "checkpoint": _document(checkpoint),
        "adapter": {"modules": [module._asdict() for module in found.modules], "base": found.base, "rank": found.r},
        "total": found.total,
    }
    missing = f"Without its base, the share and the merged total are unknown; valid: --base {found.base or 'MODEL'}."
    return Report(document, (heading, Sheet(MODULES, rows), missing))


def _tensor_row(row: Counted, total: int) -> dict[str, Any]:
    shape = " × ".join(map(str, row.shape)) or "scalar"
    return {**row._asdict(), "name": row.pattern, "shape": shape, "bar": row.params / total}


def _described(checkpoint: Checkpoint) -> str:
    """For example: safetensors, 291 tensors in 4 files, 8,030,261,248 elements, 16.06 GB (14.96 GiB), BF16"""
    files = len({tensor.file for tensor in checkpoint.tensors})
    where = f"in {_of(files, 'file')}" if checkpoint.ranks == 1 else f"joined from {checkpoint.ranks:,} ranks"
    dtypes = _dtypes(checkpoint)
    return (
        f"{checkpoint.format}, {_of(len(checkpoint.tensors), 'tensor')} {where}, "
        f"{sum(dtypes.values()):,} elements, {_size(checkpoint.nbytes())}, {', '.join(dtypes)}"
    )


def _of(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _one_of(checkpoint: Checkpoint) -> list[str]:
    """A note that the file is one of several, if its name or what lies beside it says so."""
    of = _ranks_of(checkpoint) if checkpoint.ranks == 1 else 0
    if of > 1:
        return [f"It is one rank of {of}, with a part of every tensor; valid: their folder, to count all of them."]
    files = {tensor.file for tensor in checkpoint.tensors}
    shard = SHARD.search(files.pop()) if len(files) == 1 else None
    if shard is None or int(shard[1]) < 2:
        return []
    return [f"It is one file of {int(shard[1])}; valid: their folder or index, to count all of them."]


def _ranks_of(checkpoint: Checkpoint) -> int:
    """How many ranks its file is one of, from the files beside it or its arguments; 0 or 1 if it is not split."""
    said = checkpoint.wrapped.arguments
    sizes = [said.get(f"{kind}_model_parallel_size") for kind in ("tensor", "pipeline")]
    tp, pp = (size if type(size) is int and 1 <= size <= 2**20 else 1 for size in sizes)
    return max(beside(checkpoint.path), tp * pp)


def _signed(elements: int) -> str:
    return f"{elements:+,}".replace("-", "−")


def _size(nbytes: int) -> str:
    """*nbytes* as 16.06 GB (14.96 GiB), or in bytes below a million."""
    for power, unit in ((4, "T"), (3, "G"), (2, "M")):
        if nbytes >= 1000**power:
            return f"{nbytes / 1000**power:.2f} {unit}B ({nbytes / 1024**power:.2f} {unit}iB)"
    return f"{nbytes:,} bytes"


def _dtypes(checkpoint: Checkpoint) -> dict[str, int]:
    """The number of elements in each dtype, most first."""
    found: dict[str, int] = {}
    for tensor in checkpoint.tensors:
        found[tensor.dtype] = found.get(tensor.dtype, 0) + tensor.elements
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _document(checkpoint: Checkpoint) -> dict[str, Any]:
    dtypes = _dtypes(checkpoint)
    return {
        "format": checkpoint.format,
        "tensors": len(checkpoint.tensors),
        "elements": sum(dtypes.values()),
        "bytes": checkpoint.nbytes(),
        "dtypes": dtypes,
        "ranks": checkpoint.ranks,
        "within": checkpoint.wrapped.within or None,
        "left_out": dict(checkpoint.wrapped.left),
        "arguments": dict(checkpoint.wrapped.arguments),
    }


def _verdict(found: Reconciled) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "expected": found.total.expected,
        "stored": found.total.stored,
        "by_component": {name: sides._asdict() for name, sides in found.by_component.items()},
        "explanations": [note._asdict() for note in found.notes],
        "unexplained": list(found.lines),
        "missing": list(found.missing),
    }
