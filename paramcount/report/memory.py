"""What `paramcount memory` says."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.footprint import Footprint
from paramcount.report.rows import Column, Report, Sheet

KINDS = (
    Column("name", "memory"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
    Column("share", "share", "share"),
    Column("bar", "", "bar", wide=True),
)
LEFT_OUT = "Left out: the CUDA context, fragmentation and workspaces."


def memory_report(spec: Spec, found: Footprint, how: str) -> Report:
    """The bytes of each kind, and their sum; *how* says in which formats, or by which recipe."""
    rows = [_row(name, nbytes, found.stated) for name, nbytes in found.kinds.items()]
    last = "total" if found.total is not None else "of what is stated"
    rows.append({**_row(last, found.stated, found.stated), "strong": True, "bar": None})
    reasons = [f"{name.capitalize()}: {why}." for name, why in found.reasons.items()]
    return Report(document(spec, found), (_heading(spec, found, how), Sheet(KINDS, rows), *reasons, LEFT_OUT))


def document(spec: Spec, found: Footprint) -> dict[str, Any]:
    """The JSON document: bytes as ints, null where they are not stated."""
    kinds = ("weights", "gradients", "optimizer", "activations", "cache")
    return {
        "model": spec.name,
        **{name: getattr(found, name) for name in kinds},
        "total": found.total,
        "per_device": {},
    }


def _row(name: str, nbytes: int | None, whole: int) -> dict[str, Any]:
    if nbytes is None:
        return {"name": name, "gb": "not stated"}
    share = nbytes / whole if whole else 0.0
    gb, gib = f"{nbytes / 1e9:,.3f}", f"{nbytes / 2**30:,.3f}"
    return {"name": name, "bytes": nbytes, "gb": gb, "gib": gib, "share": share, "bar": share}


def _heading(spec: Spec, found: Footprint, how: str) -> str:
    run = f", {found.run.batch:,} × {found.run.seq:,} tokens" if found.run else ""
    return f"{spec.title()} ({spec.family.kind}): {found.purpose}, {how}{run}"
