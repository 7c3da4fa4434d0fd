"""What `paramcount verify --costs` says: whether stated costs are what instruments measure."""

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
    Column("stated", "stated", "count"),
    Column("measured", "measured", "count"),
    Column("ok", "agrees", "agrees"),
    Column("instrument", "by"),
)
DEVICE = (
    Column("model", "model"),
    Column("recipe", "recipe"),
    Column("kernel", "kernel"),
    Column("activations", "kept, stated", "count"),
    Column("kept", "measured", "count"),
    Column("peak", "peak, stated", "count"),
    Column("measured", "measured", "count"),
    Column("error", "differs", "error"),
    Column("time", "products"),
    Column("measured_time", "step"),
)
ABOUT = (
    "FLOPs: forward, all pairs of queries and keys, on the meta device; of a mixture's module every expert.\n"
    "Cache: bytes in fp32, on the meta device. Activations: bytes in bf16, under fake tensors."
)
ON_DEVICE = (
    "Kept and peak in bytes: what a module keeps for its backward pass, and the most that a step of torch's Adam\n"
    "takes, without the CUDA context and what was allocated before. The allocator rounds up, kernels have workspaces,\n"
    "on a GPU norms keep their statistics in float32, and RMSNorm (llama) its input and them alone. Products: how\n"
    "long the matrix products of a step take at the rate of a large one; step: what it took."
)


def costs_report(results: list[Measured]) -> Report:
    """A row for each cost in each run, and a line for each that is not stated or has no instrument."""
    rows = [_row(one) for one in results]
    alone = [f"{one.model}, {one.cost}: {one.why}" for one in results if one.why]
    held = [row for row in rows if row["ok"] is not None]
    ok = all(row["ok"] for row in held)
    said = f"{sum(row['ok'] for row in held)} of {len(held)} figures are what the instruments measure."
    document = {"costs": [_stated(one) for one in results], "ok": ok}
    sheets = [Sheet(COLUMNS, held)] if held else []
    return Report(document, (*sheets, *alone, ABOUT, said), failed=not ok)


def skipped(said: str) -> Report:
    """One line where there is no device to measure on."""
    return Report({"device": None, "steps": [], "skipped": said}, (said,))


def device_report(device: str, results: list[OnDevice]) -> Report:
    """Stated beside measured, on *device*; what differs is shown and fails nothing."""
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
