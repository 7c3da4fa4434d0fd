"""The report of `paramcount verify`: whether each ledger agrees with its witness."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import mark
from paramcount.report.rows import Column, Report, Sheet
from paramcount.verification import Verified
from paramcount.verification.result import PAPERS

COLUMNS = (
    Column("model", "model"),
    Column("witness", "checked against"),
    Column("tensors", "tensors", "count"),
    Column("total", "parameters", "count"),
    Column("ok", "agrees", "agrees"),
)
SHOWN = 10  # mismatches of a model in the text; JSON has them all

TRANSFORMERS = (
    "The ledger, paramcount's list of tensors, is compared with its witness, the transformers class that the config "
    "names, on the meta device: names and shape of every tensor, which names share one tensor, and the total. A "
    "catalog model is first written as such a config, which must have the same total."
)
ABOUT = (
    "The ledger, paramcount's list of tensors, is compared with its witness, a torch model written by hand from the "
    "papers, on the meta device: name, shape and sharing of every tensor, the sum of each component, the total, and a "
    "forward pass. Attention patterns (dense, or banded as in GPT-3) have no parameters and make no difference here."
)


def verified(results: list[Verified]) -> Report:
    """A row per model, then what disagrees, then how many agree; marked as failed unless all do."""
    rows: list[dict[str, Any]] = [
        {
            "model": result.model,
            "witness": result.witness,
            "tensors": result.tensors,
            "total": result.total,
            "ok": result.ok,
        }
        for result in results
    ]
    models = [
        {**row, **mark(result.part), "mismatches": list(result.mismatches)}
        for row, result in zip(rows, results, strict=True)
    ]
    ok = all(result.ok for result in results)
    differing = ["\n".join(_differences(result)) for result in results if not result.ok]
    papers = [result.witness == PAPERS for result in results]
    about = [*([ABOUT] if any(papers) else []), *([] if all(papers) else [TRANSFORMERS])]
    parts: tuple[str | Sheet, ...] = (Sheet(COLUMNS, rows), *differing, *about, _summary(results))
    return Report({"models": models, "ok": ok}, parts, failed=not ok)


def _differences(result: Verified) -> list[str]:
    lines = [f"{result.model} differs from its witness:", *(f"  {line}" for line in result.mismatches[:SHOWN])]
    rest = len(result.mismatches) - SHOWN
    return [*lines, f"  … and {rest:,} more; --json lists all"] if rest > 0 else lines


def _summary(results: list[Verified]) -> str:
    agreeing = sum(result.ok for result in results)
    tensors = sum(result.tensors for result in results)
    models = "model agrees with its witness" if len(results) == 1 else "models agree with their witnesses"
    return f"{agreeing} of {len(results)} {models}; {tensors:,} tensors compared."
