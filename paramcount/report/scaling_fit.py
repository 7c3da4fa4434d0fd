"""The report of `paramcount scaling fit`: constants with intervals, the frontier, and warnings."""

from __future__ import annotations

from typing import Any

from paramcount.report.rows import Column, Report, Sheet
from paramcount.scaling.constants import constants
from paramcount.scaling.fit import PERCENTILES, Fitted
from paramcount.scaling.frontier import Run

BESIDE = ("refit-2024", "chinchilla-3")  # published laws of the same form
LOW, HIGH = (f"{place} %" for place in PERCENTILES)
CONSTANTS = (
    Column("symbol", "constant"),
    Column("value", "fitted", "number"),
    Column("low", LOW, "number"),
    Column("high", HIGH, "number"),
    Column("error", "std error", "number"),
    *(Column(law, law, "number") for law in BESIDE),
)
FRONTIER = (
    Column("of", "best for"),
    Column("n_params", "N", "short"),
    Column("tokens", "D", "short"),
    Column("tokens_per_param", "D/N", "number"),
    Column("loss", "loss", "loss"),
)


def fitted_report(found: Fitted, name: str) -> Report:
    """The report on the law fitted to the runs in the file *name*."""
    rows = _rows(found)
    heading = (
        f"{len(found.runs):,} runs from {name}: L = E + A/N^alpha + B/D^beta, by Huber loss on log L (delta 0.001)\n"
        f"  intervals and errors from {found.resamples:,} resamples of the runs; N_opt grows as C^a, C = 6·N·D"
    )
    best = _best(found)
    parts: list[str | Sheet] = [heading, Sheet(CONSTANTS, rows)]
    if best:
        parts.append(Sheet(FRONTIER, best, "The frontier"))
    parts.append(f"Root mean square residual of log L: {100 * found.residual:.2f} %.")
    parts += [f"Warning: {warning}" for warning in found.warnings]
    return Report(_document(found, rows), tuple(parts))


def _rows(found: Fitted) -> list[dict[str, Any]]:
    published = {
        (constant.law, constant.symbol): constant.value
        for constant in constants()
        if constant.law in BESIDE and constant.relation.startswith("L = E") and not constant.variant
    }
    return [
        {
            "symbol": symbol,
            "value": value,
            "low": found.intervals[symbol][0],
            "high": found.intervals[symbol][1],
            "error": found.errors[symbol],
            **{law: published.get((law, symbol)) for law in BESIDE},
        }
        for symbol, value in found.values().items()
    ]


def _best(found: Fitted) -> list[dict[str, Any]]:
    """The best runs for the smallest, largest and ten times the largest compute; none if the law has no frontier."""
    if found.frontier is None:
        return []
    flops = [run.flops for run, _ in found.runs]
    named = {"smallest run": min(flops), "largest run": max(flops), "ten times that": 10 * max(flops)}
    return [_row(found, of, amount, found.frontier.at_flops(amount)) for of, amount in named.items()]


def _row(found: Fitted, of: str, flops: float, run: Run) -> dict[str, Any]:
    return {
        **run._asdict(),
        "of": f"{of}, {flops:.3g} FLOPs",
        "tokens_per_param": run.tokens / run.n_params,
        "loss": found.law.loss(run),
    }


def _document(found: Fitted, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "runs": len(found.runs),
        "resamples": found.resamples,
        "constants": [{key: row[key] for key in ("symbol", "value", "low", "high", "error")} for row in rows],
        "residual": found.residual,
        "warnings": list(found.warnings),
    }
