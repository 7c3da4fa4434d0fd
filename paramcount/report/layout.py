"""What `paramcount memory` says of layouts: the busiest device, and what fits."""

from __future__ import annotations

from typing import Any

from paramcount.costs.memory.fit import Fit
from paramcount.costs.memory.fitting import Fitting
from paramcount.costs.memory.footprint import TRAINING, Footprint
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.per_device import PerDevice
from paramcount.report.memory import NOT_ALL, fit_said, size
from paramcount.report.rows import Column, Report, Sheet

KINDS = (
    Column("name", "busiest device"),
    Column("bytes", "bytes", "count"),
    Column("size", "GB (GiB)"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
ANSWERS = (
    Column("name", "what fits"),
    Column("value", "", "count"),
    Column("layout", "layout"),
    Column("bytes", "busiest device", "count"),
    Column("share", "of it", "share"),
)
FLAT = "ZeRO-1 and -2 as DeepSpeed has them: one flat group, padded to a multiple of twice the copies."
ROWS = "ZeRO-3 as torch's FSDP2 has it: each tensor cut along its first side, ceil(rows / copies) of it on every rank."
TENSOR = (
    "Tensor parallelism by Megatron's rule (Shoeybi et al. 2019, sec. 3): queries, keys, values, gate and up by "
    "columns, what leads back by rows, the vocabulary in ceil(n_vocab / tp) rows, the rest whole."
)
STAGES = "Stages have equally many layers, the first the embeddings, the last the head; a tied one is held by both."
COPIES = "Each of the {:,} copies computes its own batch."
UNDIVIDED = "Undivided, on one device"
GATHERED = "Left out: what ZeRO-3 gathers of layers while they are computed, and buffers for communication."
BUFFERS = "Left out: buffers for communication."
COPIED = "Left out: what DeepSpeed's step copies, and buffers for communication."


def with_layout(report: Report, found: PerDevice, fit: Fit | None) -> Report:
    """*report* on one device with what the busiest device of a layout holds before it."""
    assert isinstance(report.data, dict)
    heading, *rest = report.parts
    of_device = found.footprint
    rows = [_row(name, nbytes, of_device.stated) for name, nbytes in of_device.kinds.items()]
    last = "total" if of_device.total is not None else NOT_ALL
    rows.append({**_row(last, of_device.stated, of_device.stated), "strong": True, "bar": None})
    title = f"{layout_said(found.layout)}: {found.rank.of(found.layout)}"
    lines = [*_peak(found), *conventions(found.layout, of_device), *([fit_said(fit)] if fit else [])]
    data = {**report.data, "per_device": {**_document(found), **(fit._asdict() if fit else {})}}
    return Report(data, (heading, Sheet(KINDS, rows, title), *lines, *_undivided(rest)))


def with_fits(report: Report, answers: list[Fitting], device: str, memory: int) -> Report:
    """*report* with what fits a *device* of so much *memory* before it."""
    assert isinstance(report.data, dict)
    heading, *rest = report.parts
    rows = [_answer_row(one, memory) for one in answers]
    notes = [f"{one.name.capitalize()}: {one.why}." for one in answers if one.why]
    notes += [COPIES.format(one.layout.dp) for one in answers[-1:] if one.layout and one.layout.dp > 1]
    shown = [one.layout for one in answers if one.layout]
    lines = list(dict.fromkeys(line for layout in shown for line in conventions(layout)))
    title = f"On devices like {device} ({size(memory)})"
    data = {**report.data, "fits": [_answer_document(one) for one in answers]}
    parts = (heading, Sheet(ANSWERS, rows, title), *notes, *lines, *_undivided(rest))
    return Report(data, parts, failed=answers[0].value is None)


def _undivided(parts: list[str | Sheet]) -> list[str | Sheet]:
    """What is said of one device, its first table under a title that says so."""
    first = next(part for part in parts if isinstance(part, Sheet))
    return [part._replace(title=UNDIVIDED) if part is first else part for part in parts]


def _peak(found: PerDevice) -> list[str]:
    moments = found.peak
    return [f"The peak of a step on it is at its {moments.largest.name}: {size(moments.bytes)}."] if moments else []


def layout_said(layout: Layout) -> str:
    """64 devices: ZeRO-3, tp 4, pp 2, dp 8."""
    sizes = [f"{name} {getattr(layout, name):,}" for name in ("tp", "pp", "dp", "ep") if getattr(layout, name) > 1]
    zero = [f"ZeRO-{layout.zero}"] if layout.zero else []
    devices = f"{layout.devices:,} device" + ("s" if layout.devices > 1 else "")
    return ", ".join([devices, *zero, *sizes])


def conventions(layout: Layout, found: Footprint | None = None) -> list[str]:
    """By which conventions a layout divides, a line each, and what its device does not state."""
    lines = [FLAT] if layout.zero in (1, 2) else [ROWS] if layout.zero == 3 else []
    lines += [TENSOR] if layout.tp > 1 else []
    lines += [STAGES] if layout.pp > 1 else []
    if found and layout.dp > 1 and (found.purpose == TRAINING or found.cache):
        lines.append(COPIES.format(layout.dp))
    if layout.devices > 1:
        lines.append({0: BUFFERS, 3: GATHERED}.get(layout.zero, COPIED))
    reasons = found.reasons if found else {}
    return [*lines, *(f"{name.capitalize()} of a device: {why}." for name, why in reasons.items())]


def _row(name: str, nbytes: int | None, whole: int) -> dict[str, Any]:
    if nbytes is None:
        return {"name": name, "size": "not stated"}
    share = nbytes / whole if whole else 0.0
    return {"name": name, "bytes": nbytes, "size": size(nbytes), "share": share, "bar": share}


def _document(found: PerDevice) -> dict[str, Any]:
    of_device = found.footprint
    kinds = ("weights", "gradients", "optimizer", "activations", "cache", "total")
    peak = found.peak.bytes if found.peak else None
    return {**{name: getattr(of_device, name) for name in kinds}, "peak": peak, **_where(found.layout, found.rank)}


def _where(layout: Layout, rank: Rank) -> dict[str, Any]:
    return {"rank": rank.number(layout), "busiest": rank._asdict(), "layout": layout._asdict()}


def _answer_row(one: Fitting, memory: int) -> dict[str, Any]:
    layout = layout_said(one.layout) if one.layout else "none"
    share = None if one.bytes is None else one.bytes / memory
    return {"name": one.name, "value": one.value, "layout": layout, "bytes": one.bytes, "share": share}


def _answer_document(one: Fitting) -> dict[str, Any]:
    where = _where(one.layout, one.rank) if one.layout and one.rank else {"rank": None, "busiest": None, "layout": None}
    return {"name": one.name, "value": one.value, "bytes": one.bytes, "note": one.why, **where}
