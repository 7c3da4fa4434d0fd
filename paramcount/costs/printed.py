"""The training FLOPs that papers printed for a model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal

from paramcount.catalog.spec import Spec
from paramcount.costs.conventions import Convention
from paramcount.errors import InputError
from paramcount.papers.preamble import read_preamble
from paramcount.papers.tables import folder, read
from paramcount.quantity import parse_quantity

FILE = "training_costs.csv"


def printed(spec: Spec, tokens: int) -> list[Convention]:
    """The FLOPs printed for *spec*'s training on *tokens* tokens, each figure once."""
    return list({way.flops: way for way in _of(spec, tokens)}.values())


def _of(spec: Spec, tokens: int) -> Iterator[Convention]:
    with open(os.path.join(folder(), FILE), encoding="utf-8") as lines:
        shapes = read_preamble(lines).get("shape", {})
    for row in read(FILE):
        shape, figure = shapes.get(row["model"], "").partition(" ")[0], row["train_flops_printed"]
        if shape == spec.name and figure and _number(row["n_tokens_printed"]) == tokens:
            text = figure.replace("E+", "e")
            yield Convention(f"printed {text}", int(Decimal(figure)), f"{row['source']}, {row['where']}")


def _number(text: str) -> int | None:
    try:
        return parse_quantity(text, "tokens")
    except InputError:  # an estimate, a range, or nothing
        return None
