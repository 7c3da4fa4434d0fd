"""A table of the user's own: a CSV with the columns of ours, checked before it is audited."""

import csv
import os
from itertools import islice

from paramcount.auditing.relations import sides
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.rows import family_of, label_of
from paramcount.errors import InputError
from paramcount.inputs import read_within
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Preamble, Table, read_preamble, table_of

LARGEST = 10_000_000  # bytes
MOST_ROWS = 1_000  # a row that disagrees takes some 50 ms
MOST_COLUMNS = 100
MOST_RELATIONS = 10_000  # relations times rows
VALID = "valid: what docs/audit.md says a table holds"


def open_table(path: str) -> tuple[Table, list[dict[str, str]]]:
    """The table in the CSV file at *path* and its rows; raises InputError with the row and column of what is wrong.

    Without a preamble a table is counted as family gpt, its labels are in the column `model` and its counts in those of
    `n_params_printed` and `n_params` that it has.
    """
    lines = _lines(path)
    table = _table(path, read_preamble(lines), lines)
    rows = _rows(path, lines)
    if (related := len(rows) * len(table.relations)) > MOST_RELATIONS:
        many = f"{len(table.relations):,} relations in {len(rows):,} rows are {related:,}"
        raise InputError(f"{path}: {many}; valid: up to {MOST_RELATIONS:,}")
    _check(table, rows)
    return table, rows


def _lines(path: str) -> list[str]:
    data = read_within(path, LARGEST, "a CSV file, or a name from `paramcount audit --help`")
    try:
        lines = data.decode("utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return lines


def _rows(path: str, lines: list[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    try:
        rows = list(islice(reader, MOST_ROWS + 1))
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; valid: a CSV file") from None
    if len(rows) > MOST_ROWS:
        raise InputError(f"{path}: more than {MOST_ROWS:,} rows; valid: up to {MOST_ROWS:,}, the rest in another file")
    return rows


def _table(path: str, preamble: Preamble, lines: list[str]) -> Table:
    columns = _columns(path, lines)
    if not columns:
        raise InputError(f"{path}: no header row; valid: model,n_params_printed,n_layers,d_model,…")
    own = {"table": {"": os.path.splitext(os.path.basename(path))[0]}, "source": {"": os.path.basename(path)}}
    printed = {column: column for column in ("n_params_printed", "n_params") if column in columns}
    family = {} if "relation" in preamble and not preamble.get("family") else {"": "gpt"}
    preamble = {**own, "printed": dict(list(printed.items())[:1]), "family": family, **preamble}
    try:
        table = table_of(path, preamble)
    except ValueError as error:
        raise InputError(f"{path}: its preamble: {error}; {VALID}") from None
    for name in table.families.values():
        if family_named(name) is None:
            valid = f"{', '.join(FAMILIES)}, or a model type that is counted (docs/coverage.md)"
            raise InputError(f"{path}: its preamble: no family {name!r}; valid: {valid}")
    for column in (*table.label, *table.printed):
        if column not in columns:
            raise InputError(f"{path}: column {column} is missing; it has {', '.join(columns)}; {VALID}")
    return table


def _columns(path: str, lines: list[str]) -> list[str]:
    try:
        columns = next(csv.reader(line for line in lines if not line.startswith("#")), [])
    except csv.Error as error:
        raise InputError(f"{path}: its header row: {error}; valid: a CSV file") from None
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"{path}: {len(columns):,} columns; valid: up to {MOST_COLUMNS:,}")
    return columns


def _check(table: Table, rows: list[dict[str, str]]) -> None:
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, start=1):
        where = f"{table.path}: row {number}"
        if None in cells or None in cells.values():
            raise InputError(f"{where}: not as many cells as the header has columns")
        label = label_of(table, cells)
        if label in seen:
            raise InputError(f"{where}: {label!r} again, as in row {seen[label]}; labels must differ")
        seen[label] = number
        _check_cells(table, label, cells, where)


def _check_cells(table: Table, label: str, cells: dict[str, str], where: str) -> None:
    family = family_of(table, label)
    for field in (*(family.sizes if family else ()), "d_ff_over_d_model"):
        text = cells.get(field) or "1"
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:40]) < 10**18 or len(text) > 18:
            raise InputError(f"{where}, column {field}: {text[:40]!r} is no size; valid: a whole number such as 768")
    for column in table.printed:
        try:
            claim(cells[column] or "1")
        except ValueError as error:
            raise InputError(f"{where}, column {column}: {error}") from None
    for relation in table.relations.values():
        try:
            sides(relation, cells)
        except (ValueError, ZeroDivisionError) as error:
            raise InputError(f"{where}: relation {relation[:80]!r}: {error}; {VALID}") from None
