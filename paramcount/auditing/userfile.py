"""A table of the user's own: a CSV with the columns of ours, checked before it is audited."""

import csv
import io
import os
from itertools import islice

from paramcount.auditing.relations import sides
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.rows import counted_here, family_of, label_of, stated
from paramcount.errors import InputError, all_printable, printable
from paramcount.inputs import read_within
from paramcount.ledger.model import ReadingError
from paramcount.models.design import SizeError
from paramcount.papers.cells import unguarded
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Preamble, Table, read_preamble, table_of

LARGEST = 10_000_000  # bytes
MOST_ROWS = 1_000  # a row that disagrees takes some 50 ms
MOST_COLUMNS = 100
MOST_RELATIONS = 10_000  # relations times rows
VALID = "valid: what docs/audit.md says a table holds"


def open_table(path: str, lines: list[str] | None = None) -> tuple[Table, list[dict[str, str]]]:
    """The table in the CSV file at *path*, whose *lines* these are once read, and its rows.

    Raises InputError with the row and column of what is wrong.

    Without a preamble a table is counted as family gpt, its labels are in the column `model` and its counts in those of
    `n_params_printed` and `n_params` that it has.
    """
    lines = lines_of(path) if lines is None else lines
    columns, *cells = _cells(path, lines)
    table = _table(path, all_printable(read_preamble(lines)), columns)
    rows = [_row(path, number, columns, row) for number, row in enumerate(cells, start=1)]
    if (related := len(rows) * len(table.relations)) > MOST_RELATIONS:
        many = f"{len(table.relations):,} relations in {len(rows):,} rows are {related:,}"
        raise InputError(f"{path}: {many}; valid: up to {MOST_RELATIONS:,}")
    _check(table, rows)
    _check_readings(table, rows)
    return table, rows


def _cells(path: str, lines: list[str]) -> list[list[str]]:
    """The header row and the others, empty lines left out."""
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    try:
        found = list(islice(filter(None, reader), MOST_ROWS + 2)) or [[]]
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; valid: a CSV file") from None
    if len(found) > MOST_ROWS + 1:
        raise InputError(f"{path}: more than {MOST_ROWS:,} rows; valid: up to {MOST_ROWS:,}, the rest in another file")
    if len(found[0]) > MOST_COLUMNS:
        raise InputError(f"{path}: {len(found[0]):,} columns; valid: up to {MOST_COLUMNS:,}")
    return [[unguarded(printable(cell)) for cell in row] for row in found]


def _row(path: str, number: int, columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise InputError(f"{path}: row {number}: not as many cells as the header has columns")
    return dict(zip(columns, cells, strict=True))


def lines_of(path: str) -> list[str]:
    """The lines of the CSV file at *path*; raises InputError where it cannot be read."""
    data = read_within(path, LARGEST, "a CSV file, or a name from `paramcount audit --help`")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return io.StringIO(text, newline="").readlines()  # no other line breaks than files have


def _table(path: str, preamble: Preamble, columns: list[str]) -> Table:
    if not columns:
        raise InputError(f"{path}: no header row; valid: model,n_params_printed,n_layers,d_model,…")
    if twice := [column for place, column in enumerate(columns) if column in columns[:place]]:
        raise InputError(f"{path}: the column {twice[0]} twice; valid: each column once")
    file = printable(os.path.basename(path))
    own = {"table": {"": os.path.splitext(file)[0]}, "source": {"": file}}
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


def _check(table: Table, rows: list[dict[str, str]]) -> None:
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, start=1):
        where = f"{table.path}: row {number}"
        label = label_of(table, cells)
        if label in seen:
            raise InputError(f"{where}: {label!r} again, as in row {seen[label]}; labels must differ")
        seen[label] = number
        _check_cells(table, label, cells, where)


def _check_readings(table: Table, rows: list[dict[str, str]]) -> None:
    """Raise InputError where a column of counts is said to count what the models of its rows do not have."""
    for column, reading in table.readings.items():
        where = f"{table.path}: its preamble: reading {column}: {reading!r}"
        if column not in table.printed:
            raise InputError(f"{where}: no column of counts; valid: {', '.join(table.printed)}")
        for cells in rows:
            if not counted_here(table, label_of(table, cells)):
                continue
            try:
                model = stated(table, cells).model()
            except SizeError:  # which the audit says of that row
                continue
            try:
                model.read(reading)
            except ReadingError as error:
                raise InputError(f"{where}: {error}") from None


def _check_cells(table: Table, label: str, cells: dict[str, str], where: str) -> None:
    family = family_of(table, label)
    for field in (*(family.sizes if family else ()), "d_ff_over_d_model"):
        text = cells.get(field) or "1"
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:40]) < 10**18 or len(text) > 18:
            raise InputError(f"{where}, column {field}: {text[:40]!r} is no size; valid: a whole number such as 768")
    for column in table.printed:
        try:
            if not claim(cells[column] or "1").nominal:
                raise ValueError(f"{cells[column]!r} is no count of a model's parameters; valid: 1 or more")
        except ValueError as error:
            raise InputError(f"{where}, column {column}: {error}") from None
    for relation in table.relations.values():
        try:
            sides(relation, cells, table.exact)
        except (ValueError, ZeroDivisionError) as error:
            raise InputError(f"{where}: relation {relation[:80]!r}: {error}; {VALID}") from None
