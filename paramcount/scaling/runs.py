"""A user's own training runs: a CSV file of sizes, tokens or FLOPs, and losses."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from paramcount.errors import InputError, printable
from paramcount.inputs import read_within, utf8
from paramcount.quantity import parse_quantity
from paramcount.scaling.frontier import FLOPS_PER_PARAM, Run

LARGEST = 5_000_000  # bytes
MOST_RUNS = 20_000
TWO_OF = ("n_params", "tokens", "flops")
LOSS = "loss"
LARGEST_LOSS = 1e6
VALID = f"valid: a CSV file with a column {LOSS} and two of {', '.join(TWO_OF)}"


class Measured(NamedTuple):
    """A run and its final *loss*, in nats per token."""

    run: Run
    loss: float


def read_runs(path: str) -> list[Measured]:
    """The runs in the CSV file at *path*: `loss`, and two of `n_params`, `tokens` and `flops`, where 6·N·D = C.

    Lines that begin with # and other columns are ignored. Raises InputError with the row and column of the fault.
    """
    valid = VALID.removeprefix("valid: ")
    try:
        text = utf8(read_within(path, LARGEST, valid), path, valid)
        lines = (line for line in io.StringIO(text) if not line.startswith("#"))
        rows = [list(map(printable, row)) for row in csv.reader(lines) if row]
    except csv.Error as error:
        raise InputError(f"{path}: {error}; {VALID}") from None
    header, *cells = rows or [[]]
    header = [column.strip() for column in header]
    _check_columns(path, header)
    if len(cells) > MOST_RUNS:
        raise InputError(f"{path}: {len(cells):,} runs; valid: up to {MOST_RUNS:,}")
    return [_row(f"{path}: row {number}", header, row) for number, row in enumerate(cells, start=1)]


def measured(runs: Sequence[Mapping[str, float]]) -> list[Measured]:
    """The runs given as mappings, with the columns of `read_runs` as keys; raises InputError as it does."""
    return [
        _row(f"run {number}", list(run), [str(run[key]) for key in run]) for number, run in enumerate(runs, start=1)
    ]


def _check_columns(path: str, header: list[str]) -> None:
    given = [column for column in TWO_OF if column in header]
    if LOSS not in header or len(given) < 2 or len(set(header)) < len(header):
        wrong = f"its columns are {', '.join(header)}" if header else "empty"
        raise InputError(f"{path}: {wrong}; {VALID}")


def _row(where: str, header: list[str], cells: list[str]) -> Measured:
    if len(cells) != len(header):
        raise InputError(f"{where}: {len(cells)} cell{'s' * (len(cells) != 1)}; valid: {len(header)}, as in the header")
    row = dict(zip(header, cells, strict=True))
    if LOSS not in row or sum(column in row for column in TWO_OF) < 2:
        raise InputError(f"{where}: it has {', '.join(row) or 'nothing'}; valid: {LOSS} and two of {', '.join(TWO_OF)}")
    n_params, tokens, flops = (_number(row[column], where, column) if column in row else None for column in TWO_OF)
    loss = _number(row[LOSS], where, LOSS)
    if loss > LARGEST_LOSS:
        raise InputError(f"{where}, column {LOSS}: {loss:g}; valid: nats per token, up to {LARGEST_LOSS:g}")
    if n_params is None:
        n_params = (flops or 0) / (FLOPS_PER_PARAM * (tokens or 1))
    return Measured(Run(n_params, tokens or (flops or 0) / (FLOPS_PER_PARAM * n_params)), loss)


def _number(text: str, where: str, column: str) -> float:
    """A positive number: any decimal, or what parse_quantity accepts."""
    plain = text.strip()
    if re.fullmatch(r"\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,3})?", plain, re.ASCII):
        value = float(plain)
        if 0 < value < math.inf:
            return value
        raise InputError(f"{where}, column {column}: {plain[:40]} is out of range; valid: a positive number")
    return float(parse_quantity(plain, f"{where}, column {column}"))
