"""The report of `paramcount cache`: the size of the KV cache, by kind of layer."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import Spec, marked
from paramcount.costs.cache import Cache, Kind
from paramcount.ledger.operation import TOKEN
from paramcount.report.flops import of_a_source, stated
from paramcount.report.rows import Column, Report, Sheet

CACHE = (
    Column("name", "kind"),
    Column("layers", "layers", "count"),
    Column("numbers", "values per token", "count"),
    Column("per_token", "bytes per token", "count"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
)


SEVERAL = (
    Column("name", "model"),
    Column("run", "run"),
    Column("per_token", "bytes per token", "count"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
)


def cache_report(answers: list[tuple[Spec, Cache]]) -> Report:
    """The cache in bytes, by kind of layer; for several models, a row per model."""
    documents = [_document(spec, found) for spec, found in answers]
    if len(answers) > 1:
        return Report(documents, (Sheet(SEVERAL, [_model_row(spec, found) for spec, found in answers]),))
    spec, found = answers[0]
    heading = f"{spec.title()} ({spec.family.kind}): cache for {_tokens(found)} in {found.dtype}"
    rows = [{**_kind_row(kind), "name": marked(kind.name, spec.part)} for kind in found.kinds]
    if len(rows) > 1:
        total = {"name": spec.of_all(), "per_token": found.bytes_per_token, "bytes": found.total_bytes, "strong": True}
        rows.append({**total, **_units(found.total_bytes)})
    return Report(documents[0], (heading, Sheet(CACHE, rows), *_windows(found)))


def _document(spec: Spec, found: Cache) -> dict[str, Any]:
    kinds = [{"name": kind.name, "layers": kind.keep.layers, "bytes": kind.total_bytes} for kind in found.kinds]
    return {
        "model": spec.name,
        **spec.mark(),
        "dtype": found.dtype,
        "run": stated(found.run),
        "total_bytes": found.total_bytes,
        "bytes_per_token": found.bytes_per_token,
        "kinds": kinds,
    }


def _tokens(found: Cache) -> str:
    return f"{found.run.batch:,} × {found.run.seq:,} tokens{of_a_source(found.run)}"


def _model_row(spec: Spec, found: Cache) -> dict[str, Any]:
    run = f"{_tokens(found)}, {found.dtype}"
    size = {"per_token": found.bytes_per_token, "bytes": found.total_bytes, **_units(found.total_bytes)}
    return {"name": spec.title(), "run": run, **size}


def _kind_row(kind: Kind) -> dict[str, Any]:
    token = {"numbers": kind.keep.numbers, "per_token": kind.bytes_each} if kind.keep.per == TOKEN else {}
    return {
        "name": kind.name,
        "layers": kind.keep.layers,
        **token,
        "bytes": kind.total_bytes,
        **_units(kind.total_bytes),
    }


def _units(total: int) -> dict[str, str]:
    return {"gb": f"{total / 1e9:,.3f}", "gib": f"{total / 2**30:,.3f}"}


def _windows(found: Cache) -> list[str]:
    """How many tokens a sliding window keeps, and how many a cache of fixed size reserves for it."""
    sizes = sorted({kind.window.size for kind in found.kinds if kind.window})
    return [
        f"A window of {size:,} keeps {size - 1:,} tokens after a run and {size:,} with the next one, "
        f"so a cache of fixed size reserves {size:,}."
        for size in sizes
    ]
