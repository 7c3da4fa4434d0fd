"""Parameters per layer, and the config key behind each size."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.ledger.model import Model, Stack
from paramcount.ledger.polynomial import Polynomial, number
from paramcount.report.rows import Column, Sheet

FIRST = ("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head", "d_ff", "n_vocab", "n_ctx")
SIZES = (Column("symbol", "size"), Column("value", "value", "size"), Column("key", "config key"))


def layer_notes(model: Model) -> list[str]:
    """How many parameters a layer has, for each kind of layer."""
    stacks = [stack for stack in model.stacks() if stack.depth]
    if not stacks:
        return []
    if len(stacks) == 1:
        return [_layers(stacks[0])]
    return ["\n".join(map(_kind, stacks))]


def sizes_sheet(spec: Spec) -> list[Sheet]:
    """Each size of a config with its value and key; empty for a model without a config."""
    uses = spec.family.keys
    names = sorted(in_order(uses), key=lambda name: isinstance(uses[name].value, bool))  # switches last
    rows = [{"symbol": name, "value": _value(uses[name].value), "key": _key(uses[name])} for name in names]
    return [Sheet(SIZES, rows)] if rows else []


def size_documents(spec: Spec) -> dict[str, Any]:
    """The same sizes for JSON."""
    if not spec.family.keys:
        return {}
    uses = spec.family.keys.items()
    return {
        "config": {
            name: {
                "value": use.value,
                "key" if use.settable else "follows": use.key,
                "given": use.given,
                "looked_at": name in spec.family.looked,
                **({} if use.rule is None else {"rule": use.rule.document()}),
            }
            for name, use in uses
        },
        "notes": list(spec.notes),
    }


def polynomial_or_none(formula: Any, composed: bool = True) -> Any:
    """A component's formula as a polynomial, a plain number only if *composed*; None if it has no formula."""
    if isinstance(formula, int) and formula and composed:
        return number(formula)
    return formula if isinstance(formula, Polynomial) else None


def _kind(stack: Stack) -> str:
    numbers = f" ({_ranges(stack.at)})" if stack.at else ""
    return f"{stack.name}{numbers}: {_layers(stack)}"


def _layers(stack: Stack) -> str:
    layers, each = "layer" if stack.depth == 1 else "layers", stack.per_layer()
    return f"{stack.depth} {layers} of {each:,} parameters, {each * stack.depth:,} in all."


def _ranges(numbers: tuple[int, ...]) -> str:
    """*numbers* as 0–2, 5, 7; at most eight ranges."""
    runs = [list(run) for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    texts = [str(run[0][1]) if len(run) == 1 else f"{run[0][1]}–{run[-1][1]}" for run in runs]
    return ", ".join(texts if len(texts) <= 8 else [*texts[:7], "…", texts[-1]])


def in_order(sizes: Iterable[str]) -> list[str]:
    """*sizes* with those of every model first, and the rest in the order they were read."""
    return sorted(sizes, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def in_lines(sizes: list[str], width: int = 160) -> list[str]:
    """*sizes*, such as n_layers=12, joined into lines of up to *width* characters."""
    lines: list[str] = []
    for size in sizes:
        if lines and len(lines[-1]) + len(size) + 3 <= width:
            lines[-1] += f" · {size}"
        else:
            lines.append(f"  {size}")
    return lines


def _value(value: int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _key(use: Any) -> str:
    return f"{use.key} (default)" if use.settable and not use.given else str(use.key)
