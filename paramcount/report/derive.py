"""What `paramcount derive` says: the formula, tensor by tensor and in total, where it was proven and where it holds."""

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
    """The formula of *derived*; failed where none is claimed."""
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
    lines = [f"No total is claimed: {derived.why}."]
    lines += [f"  {tensor.name}, seen as {_seen(tensor)}" for tensor in derived.missing]
    return [*lines, *_fields(derived)]


def _seen(tensor: Side) -> str:
    return " × ".join(map(str, tensor.sample))


def _claim(derived: Derived) -> list[str]:
    proof = derived.proof
    lines = []
    if held := [f"{field} = {value!r}" for field, value in derived.held.items()]:
        lines.append(f"Holds for {', '.join(held)}.")
    if derived.conditions:
        lines.append(f"Holds where {', '.join(derived.conditions)}.")
    lines.append(
        f"Agrees with the class, row by row, at {proof.random} fresh random points and {proof.provoked} made to "
        "break it (sizes made equal, small and large values, both sides of what the class compares)."
    )
    if proof.outside:
        lines.append(f"At {proof.outside} points outside these conditions it does not.")
    lines += [_said(config) for config in proof.configs]
    if not proof.real:
        lines.append("Not proven on a real config; --config FILE proves it on one.")
    return [*lines, *_fields(derived)]


def _said(config: Checked) -> str:
    if config.outside:
        return f"Says nothing of {config.name} ({config.params:,} parameters): {config.outside}."
    return f"Agrees on {config.name}: {config.params:,} parameters."


def _fields(derived: Derived) -> list[str]:
    lines = []
    if rules := [f"{symbol} = {rule}" for symbol, rule in derived.rules.items()]:
        lines.append(f"Where a config leaves it out: {', '.join(rules)}.")
    if renamed := [f"{symbol} is {field}" for field, symbol in derived.symbols.items() if symbol != field]:
        lines.append(f"In the class: {', '.join(renamed)}.")
    if derived.proof.shaken:
        lines.append(f"Changed without effect: {_names(derived.proof.shaken)}.")
    if derived.proof.untried:
        lines.append(f"Held, since no other value is known or builds: {_names(derived.proof.untried)}.")
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
