"""The report of `paramcount verify --costs`: whether calculated costs are what instruments measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramcount.report.rows import Column, Report, Sheet

if TYPE_CHECKING:
    from paramcount.verification.costs import Measured
    from paramcount.verification.device import OnDevice

COLUMNS = (
    Column("model", "model"),
    Column("cost", "cost"),
    Column("run", "sequences × tokens"),
    Column("stated", "calculated", "count"),
    Column("measured", "measured", "count"),
    Column("ok", "agrees", "agrees"),
    Column("instrument", "measured with"),
)
DEVICE = (
    Column("model", "model"),
    Column("recipe", "recipe"),
    Column("kernel", "kernel"),
    Column("activations", "kept, calculated", "count"),
    Column("kept", "measured", "count"),
    Column("peak", "peak, calculated", "count"),
    Column("measured", "measured", "count"),
    Column("error", "difference", "error"),
    Column("time", "matmul time"),
    Column("measured_time", "step time"),
)
ABOUT = (
    "FLOPs: forward pass, all query-key pairs, on the meta device; in a mixture of experts, every expert.\n"
    "Cache: bytes in fp32, on the meta device. Activations: bytes in bf16, with fake tensors."
)
ON_DEVICE = (
    "Kept: bytes that a module saves for its backward pass. Peak: the most bytes that a step with torch's Adam takes, "
    "without the CUDA context and earlier allocations. They differ because the allocator rounds up, kernels have "
    "workspaces, norms on a GPU keep their statistics in float32, and RMSNorm (llama) keeps only these and its input.\n"
    "Matmul time: the matrix products of a step at the speed of a large one. Step time: the whole step, measured."
)


def costs_report(results: list[Measured]) -> Report:
    """A row for each cost in each run, and a line for each that is not calculated or can't be measured."""
    rows = [_row(one) for one in results]
    alone = [f"{one.model}, {one.cost}: {one.why}" for one in results if one.why]
    held = [row for row in rows if row["ok"] is not None]
    ok = all(row["ok"] for row in held)
    said = f"{sum(row['ok'] for row in held)} of {len(held)} calculated costs equal the measured ones."
    document = {"costs": [_stated(one) for one in results], "ok": ok}
    sheets = [Sheet(COLUMNS, held)] if held else []
    return Report(document, (*sheets, *alone, ABOUT, said), failed=not ok)


def skipped(said: str) -> Report:
    """The report, a line, if there is no device to measure on."""
    return Report({"device": None, "steps": [], "skipped": said}, (said,))


def device_report(device: str, results: list[OnDevice]) -> Report:
    """Calculated and measured costs on *device*; differences are shown but are not failures."""
    failing = [f"{one.model}, {one.recipe}, {one.kernel}: {one.why}" for one in results if one.why]
    rows = [{**one._asdict(), **_shown(one)} for one in results]
    document = {"device": device, "steps": [one._asdict() for one in results]}
    return Report(document, (device, Sheet(DEVICE, rows), *failing, ON_DEVICE))


def _row(one: Measured) -> dict[str, Any]:
    return {**one._asdict(), "run": f"{one.run.batch} × {one.run.seq}" if one.run else "", "ok": one.ok}


def _stated(one: Measured) -> dict[str, Any]:
    run = {"batch": one.run.batch, "seq": one.run.seq} if one.run else None
    return {**one._asdict(), "run": run, "ok": one.ok}


def _shown(one: OnDevice) -> dict[str, Any]:
    error = one.peak / one.measured - 1 if one.measured else None
    times = {"time": one.seconds, "measured_time": one.measured_seconds}
    return {"error": error, **{name: f"{s * 1e3:.1f} ms" if s else "" for name, s in times.items()}}
