"""The report of `paramcount derive`: the formula by tensor and in total, how it was tested and where it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramcount.derivation.result import Checked, Derived, Side
from paramcount.derivation.symbolic import Shape, Stated, latex
from paramcount.report.rows import Column, Report, Sheet

if TYPE_CHECKING:
    import sympy

COLUMNS = (
    Column("name", "tensor"),
    Column("shape", "shape", "formula"),
    Column("count", "how many", "formula"),
    Column("params", "parameters", "formula"),
)
NOT_FOUND = "no formula found"


def derived_report(derived: Derived) -> Report:
    """The report on *derived*; marked as failed if it has no formula for the total."""
    rows = [_row(tensor) for tensor in derived.tensors]
    parts: list[str | Sheet] = [derived.name]
    if rows:
        parts.append(Sheet(COLUMNS, [*rows, *_total_row(derived)]))
    parts.append("\n".join(_refusal(derived) if derived.total is None else _claim(derived)))
    return Report(_document(derived, rows), tuple(parts), failed=derived.total is None)


def _row(tensor: Side) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "shape": Shape(tensor.shape),
        "count": Stated(tensor.times),
        "params": Stated(tensor.params) if tensor.found else NOT_FOUND,
    }


def _total_row(derived: Derived) -> list[dict[str, Any]]:
    if derived.total is None:
        return []
    return [{"name": "total", "shape": "", "count": "", "params": Stated(derived.total), "strong": True}]


def _refusal(derived: Derived) -> list[str]:
    lines = [f"No formula for the total: {derived.why}."]
    lines += [f"  {tensor.name}, in one config {_seen(tensor)}" for tensor in derived.missing]
    return [*lines, *_fields(derived)]


def _seen(tensor: Side) -> str:
    return " × ".join(map(str, tensor.sample))


def _claim(derived: Derived) -> list[str]:
    proof = derived.proof
    lines = []
    if held := [f"{field} = {value!r}" for field, value in derived.held.items()]:
        lines.append(f"Holds for {', '.join(held)}.")
    if derived.conditions:
        lines.append(f"Holds if {', '.join(derived.conditions)}.")
    lines.append(
        f"Agrees with the class, tensor by tensor, at {proof.random} new random points and {proof.provoked} chosen to "
        "break it (equal sizes, small and large values, both sides of each comparison that the class makes)."
    )
    if proof.outside:
        lines.append(f"Disagrees at {proof.outside} point{'s' * (proof.outside > 1)} outside these conditions.")
    lines += [_said(config) for config in proof.configs]
    if not proof.real:
        lines.append("Not tested on a real config; --config FILE tests it on one.")
    return [*lines, *_fields(derived)]


def _said(config: Checked) -> str:
    if config.outside:
        return f"Does not cover {config.name} ({config.params:,} parameters): {config.outside}."
    return f"Agrees on {config.name}: {config.params:,} parameters."


def _fields(derived: Derived) -> list[str]:
    lines = []
    if rules := [f"{symbol} = {rule}" for symbol, rule in derived.rules.items()]:
        lines.append(f"If a config leaves it out: {', '.join(rules)}.")
    if renamed := [f"{symbol} is {field}" for field, symbol in derived.symbols.items() if symbol != field]:
        lines.append(f"Names in the class: {', '.join(renamed)}.")
    if derived.proof.shaken:
        lines.append(f"Changed without effect: {_names(derived.proof.shaken)}.")
    if derived.proof.untried:
        lines.append(f"Not changed, since no other value is known or can be built: {_names(derived.proof.untried)}.")
    return lines


def _names(fields: Iterable[str]) -> str:
    return ", ".join(fields)


def _total_document(total: sympy.Expr) -> dict[str, str]:
    return {"formula": str(Stated(total)), "python": str(total), "latex": latex(total)}


def _document(derived: Derived, rows: list[dict[str, Any]]) -> dict[str, Any]:
    proof, total = derived.proof, derived.total
    return {
        "model": derived.name,
        "total": None
        if total is None
        else {"formula": str(Stated(total)), "python": str(total), "latex": latex(total)},
        "why_not": derived.why or None,
        "tensors": [
            {**{key: str(cell) for key, cell in row.items()}, "found": tensor.found}
            for row, tensor in zip(rows, derived.tensors, strict=True)
        ],
        "symbols": {symbol: field for field, symbol in derived.symbols.items()},
        "held": derived.held,
        "conditions": list(derived.conditions),
        "left_out": derived.rules,
        "proof": {
            "random_points": proof.random,
            "provoked_points": proof.provoked,
            "points_outside": proof.outside,
            "points_refused": proof.refused,
            "shaken": proof.shaken,
            "untried": list(proof.untried),
            "configs": [config._asdict() for config in proof.configs],
            "real_config": proof.real,
        },
    }
