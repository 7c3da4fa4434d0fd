"""The report of `paramcount memory` on layouts: the busiest device, and what fits."""

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
    Column("share", "share of memory", "share"),
)
FLAT = "ZeRO-1 and ZeRO-2 as in DeepSpeed: one flat group, padded to a multiple of twice the number of copies."
ROWS = "ZeRO-3 as in torch's FSDP2: each tensor is split by rows, ceil(rows / copies) of them on every rank."
TENSOR = (
    "Tensor parallelism as in Megatron (Shoeybi et al. 2019, sec. 3): query, key, value, gate and up projections are "
    "split by columns, output and down projections by rows, the vocabulary into ceil(n_vocab / tp) rows; every rank "
    "has the rest whole."
)
STAGES = (
    "Pipeline stages have equal numbers of layers; the first also has the embeddings and the last the output head. "
    "If these are tied, both have a copy."
)
COPIES = "Each of the {:,} copies processes its own batch."
UNDIVIDED = "The whole model on one device"
GATHERED = "Left out: the weights that ZeRO-3 gathers to compute a layer, and communication buffers."
BUFFERS = "Left out: communication buffers."
COPIED = "Left out: what DeepSpeed copies in its optimizer step, and communication buffers."


def with_layout(report: Report, found: PerDevice, fit: Fit | None) -> Report:
    """*report* on one device, preceded by the memory of the busiest device of a layout."""
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
    """*report* on one device, preceded by what fits devices with this much *memory* in bytes."""
    assert isinstance(report.data, dict)
    heading, *rest = report.parts
    rows = [_answer_row(one, memory) for one in answers]
    notes = [f"{one.name.capitalize()}: {one.why}." for one in answers if one.why]
    notes += [COPIES.format(one.layout.dp) for one in answers[-1:] if one.layout and one.layout.dp > 1]
    shown = [one.layout for one in answers if one.layout]
    lines = list(dict.fromkeys(line for layout in shown for line in conventions(layout)))
    title = f"On {device} devices of {size(memory)}"
    data = {**report.data, "fits": [_answer_document(one) for one in answers]}
    parts = (heading, Sheet(ANSWERS, rows, title), *notes, *lines, *_undivided(rest))
    return Report(data, parts, failed=answers[0].value is None)


def _undivided(parts: list[str | Sheet]) -> list[str | Sheet]:
    """The report on one device, with a title over its first table that says so."""
    first = next(part for part in parts if isinstance(part, Sheet))
    return [part._replace(title=UNDIVIDED) if part is first else part for part in parts]


def _peak(found: PerDevice) -> list[str]:
    moments = found.peak
    return [f"Peak of a training step on it, at the {moments.largest.name}: {size(moments.bytes)}."] if moments else []


def layout_said(layout: Layout) -> str:
    """For example: 64 devices, ZeRO-3, tp 4, pp 2, dp 8."""
    sizes = [f"{name} {getattr(layout, name):,}" for name in ("tp", "pp", "dp", "ep") if getattr(layout, name) > 1]
    zero = [f"ZeRO-{layout.zero}"] if layout.zero else []
    devices = f"{layout.devices:,} device" + ("s" if layout.devices > 1 else "")
    return ", ".join([devices, *zero, *sizes])


def conventions(layout: Layout, found: Footprint | None = None) -> list[str]:
    """How a layout divides the model, a line per convention, and why parts of a device's memory are not counted."""
    lines = [FLAT] if layout.zero in (1, 2) else [ROWS] if layout.zero == 3 else []
    lines += [TENSOR] if layout.tp > 1 else []
    lines += [STAGES] if layout.pp > 1 else []
    if found and layout.dp > 1 and (found.purpose == TRAINING or found.cache):
        lines.append(COPIES.format(layout.dp))
    if layout.devices > 1:
        lines.append({0: BUFFERS, 3: GATHERED}.get(layout.zero, COPIED))
    reasons = found.reasons if found else {}
    return [*lines, *(f"{name.capitalize()} per device: {why}." for name, why in reasons.items())]


def _row(name: str, nbytes: int | None, whole: int) -> dict[str, Any]:
    if nbytes is None:
        return {"name": name, "size": "not counted"}
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
