"""Tables of costs: the bundled one, and users' own, checked before they are audited."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from itertools import islice

from paramcount.auditing.costs.audit import CostAudit, audit_rows
from paramcount.auditing.costs.claims import TEXTS, claims, columns, device
from paramcount.auditing.costs.counted import ways
from paramcount.auditing.costs.figures import FigureError
from paramcount.auditing.costs.sums import sums
from paramcount.catalog.called import suggestions
from paramcount.costs.accelerators import accelerators
from paramcount.errors import InputError, all_printable, printable
from paramcount.papers.cells import unguarded
from paramcount.papers.preamble import Preamble, read_preamble
from paramcount.papers.tables import folder

KIND = "costs"
OURS = {"training-costs": "training_costs.csv"}
HEAD = ("kind", "title", "source", "year", "note", "shape", "sum")
MOST_ROWS = 1_000
MOST_OF_A_MODEL = 20  # rows of a model, which are all compared with each other
VALID = "valid: see docs/audit-costs.md"

Cells = Mapping[str, str]


def ours(name: str) -> CostAudit:
    """The audit of the bundled table called *name*, one of OURS."""
    with open(os.path.join(folder(), OURS[name]), encoding="utf-8", newline="") as file:
        lines = file.readlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return _audited(name, read_preamble(lines), rows)


def audit_file(path: str, lines: list[str]) -> CostAudit:
    """The audit of a user's table, the *lines* of *path*; raises InputError with the row and column of a fault."""
    head = all_printable(read_preamble(lines))
    rows = _rows(path, lines)
    try:
        _check_head(head, rows)
        return _audited(os.path.splitext(printable(os.path.basename(path)))[0], head, rows)
    except FigureError as error:
        raise InputError(f"{path}: {error}") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _audited(name: str, head: Preamble, rows: list[dict[str, str]]) -> CostAudit:
    found = claims(rows, head.get("shape", {}))
    title, source = (head.get(key, {}).get("", "") for key in ("title", "source"))
    return CostAudit(name, title or name, source or name, audit_rows(found), sums(head.get("sum", {}), found))


def _rows(path: str, lines: Iterable[str]) -> list[dict[str, str]]:
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    try:
        header, *rows = list(islice(filter(None, reader), MOST_ROWS + 2)) or [[]]
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; valid: a CSV file") from None
    if len(rows) > MOST_ROWS:
        raise InputError(f"{path}: more than {MOST_ROWS:,} rows; valid: up to {MOST_ROWS:,}, the rest in another file")
    header = [printable(name) for name in header]
    _check_columns(path, header)
    found = []
    for number, row in enumerate(rows, start=1):
        where = f"{path}: row {number}"
        if len(row) != len(header):
            raise InputError(f"{where}: {len(row)} cell{'s' * (len(row) != 1)}; valid: {len(header)}, as in the header")
        cells = dict(zip(header, (unguarded(printable(cell)).strip() for cell in row), strict=True))
        _check_cells(where, cells)
        found.append(cells)
        if sum(other["model"] == cells["model"] for other in found) > MOST_OF_A_MODEL:
            raise InputError(f"{where}: too many rows of {cells['model']}; valid: up to {MOST_OF_A_MODEL}")
    return found


def _check_columns(path: str, header: list[str]) -> None:
    valid = [*TEXTS, *(f"{name}_printed" for name in columns()), *columns()]
    for place, name in enumerate(header):
        if name not in valid:
            near = suggestions(name, valid)
            hint = f"did you mean {near}?" if near else f"valid: {', '.join(valid[: len(columns()) + len(TEXTS)])}"
            raise InputError(f"{path}: unknown column {name!r} in a table of costs; {hint}")
        if name in header[:place]:
            raise InputError(f"{path}: column {name} is there twice; valid: each column once")
    if "model" not in header:
        raise InputError(f"{path}: column model is missing; it has {', '.join(header) or 'none'}; {VALID}")


def _check_cells(where: str, cells: Cells) -> None:
    if not cells["model"]:
        raise InputError(f"{where}, column model: empty; valid: the name of a model")
    name = cells.get("accelerator", "")
    if name and device(name) is None:
        near = suggestions(name.lower().replace(" ", "-"), accelerators())
        hint = f"did you mean {near}?" if near else f"valid: {', '.join(accelerators())}"
        raise InputError(f"{where}, column accelerator: unknown accelerator {name}; {hint}")
    try:
        claims([cells], {})
    except FigureError as error:
        raise InputError(f"{where}, {error}") from None


def _check_head(head: Preamble, rows: list[dict[str, str]]) -> None:
    for key, values in head.items():
        if key not in HEAD:
            near = suggestions(key, HEAD)
            hint = f"did you mean {near}?" if near else f"valid: {', '.join(HEAD)}"
            raise InputError(f"head: unknown key {key!r}; {hint}")
        for name in values:
            if bool(name) != (key in ("shape", "sum")) and key != "note":
                form = f"# {key} NAME: …" if key in ("shape", "sum") else f"# {key}: …"
                raise InputError(f"head: {key} {name}: not in the right form; valid: {form}")
    models = {row["model"] for row in rows}
    for model, shape in head.get("shape", {}).items():
        if model not in models:
            near = suggestions(model, models)
            raise InputError(f"head: shape {model}: no row has this name; valid: {near or ', '.join(sorted(models))}")
        try:
            ways(shape)
        except InputError as error:
            raise InputError(f"head: shape {model}: {error}") from None


def kind_of(lines: Iterable[str]) -> str:
    """The kind of table named in its head: "" for a table of sizes."""
    return read_preamble(lines).get("kind", {}).get("", "")
