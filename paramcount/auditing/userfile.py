"""A user's own table, in a file or on standard input: read and checked before it is audited."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence

from paramcount.auditing.head import check_families, check_keys, check_names, check_readings, check_words
from paramcount.auditing.relations import sides
from paramcount.auditing.usercells import Cells
from paramcount.auditing.usercolumns import Columns, fields_of, recognised, upright
from paramcount.catalog.rows import label_of
from paramcount.errors import InputError, all_printable, printable
from paramcount.inputs import read_within, utf8
from paramcount.papers.columns import COUNTS
from paramcount.papers.grids import Grid, grids, kind_of_file, numbered
from paramcount.papers.preamble import Preamble, Table, read_preamble, table_of
from paramcount.papers.tables import tables

LARGEST = 10_000_000  # bytes
MOST_RELATIONS = 10_000  # relations times rows
VALID = "valid: see docs/audit-your-table.md"
STANDARD_INPUT = "-"

Opened = tuple[Table, list[dict[str, str]]]


def open_table(path: str, lines: list[str] | None = None) -> Opened:
    """The one table in the file at *path*, and its rows; *lines* are its lines if already read. See `open_tables`."""
    found = open_tables(path, lines)
    if len(found) > 1:
        valid = " or ".join(table.path for table, _ in found)
        raise InputError(f"{path}: it holds {len(found)} tables of sizes; valid: one of them, {valid}")
    return found[0]


def open_tables(name: str, lines: list[str] | None = None) -> list[Opened]:
    """The tables of sizes in the file *name*, and their rows; FILE:2 is the second table.

    *lines* are the file's lines, if already read. A table without a head is counted as family gpt. Raises InputError
    with the row and column of the fault.
    """
    return [opened(path, grid) for path, grid in chosen(name, lines)]


def chosen(name: str, lines: list[str] | None = None) -> list[tuple[str, Grid]]:
    """The tables of sizes in the file *name*, unparsed, each with the name that selects it alone."""
    path, number = numbered(name)
    lines = lines_of(path) if lines is None else lines
    found = grids(path, lines)
    if number > len(found):
        many = f"{len(found)} tables" if len(found) > 1 else "one table"
        valid = f"{path}:1 to {path}:{len(found)}" if len(found) > 1 else path
        raise InputError(f"{name}: only {many} in {path}; valid: {valid}")
    if kind_of_file(path, lines) == "csv":
        return [(path, found[0])]
    places = [number] if number else [place for place, grid in enumerate(found, start=1) if _of_sizes(grid)]
    if not places:
        titles = " | ".join(found[0].rows[0])
        raise InputError(
            f"{path}: it has no table of sizes (the first has columns {titles[:120]}); valid: # column TITLE: FIELD"
        )
    return [(f"{path}:{place}" if len(found) > 1 else path, found[place - 1]) for place in places]


def lines_of(path: str) -> list[str]:
    """The lines of the file at *path*, or of standard input for "-"; raises InputError if it cannot be read."""
    path, _ = numbered(path)
    if path == STANDARD_INPUT:
        data = sys.stdin.buffer.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(f"standard input: too large; valid: up to {LARGEST:,} bytes")
    else:
        data = read_within(path, LARGEST, "a file with a table, or a name from `paramcount table`")
    text = utf8(data, path, "a file with a table")
    return io.StringIO(text, newline="").readlines()  # str.splitlines would also split at other characters


def _of_sizes(grid: Grid) -> bool:
    """Whether its titles name a column of counts or at least two sizes."""
    titles, *_ = upright(grid.rows)[0]
    stated = read_preamble(grid.head).get("column", {})
    fields = fields_of([title for title in titles if title not in stated]) | {*stated.values()}
    return bool(fields & COUNTS.keys()) or len(fields) > 1


def opened(path: str, grid: Grid) -> Opened:
    """The table in *grid*, found at *path*, and its rows, checked; raises InputError."""
    head = all_printable(read_preamble(grid.head))
    check_keys(path, grid.head, head)
    (titles, *body), turned = upright(grid.rows)
    if not titles:
        raise InputError(f"{path}: no header row; valid: model,n_params_printed,n_layers,d_model,…")
    if twice := [title for place, title in enumerate(titles) if title and title in titles[:place]]:
        raise InputError(f"{path}: column {twice[0]} is there twice; valid: each column once")
    check_names(path, head, titles)
    if not head.get("family") and "relation" not in head:
        head["family"] = {"": "gpt"}
    check_families(path, {name.removeprefix("of "): family for name, family in head.get("family", {}).items()})
    found = recognised(path, titles, body, head)
    table = _table(path, head, found)
    cells = Cells(table, found)
    rows = [cells.row(number, row) for number, row in enumerate(body, start=1) if not is_section(row)]
    said = ["The table was transposed: each of its columns is a model."] if turned else []
    if sections := [row[0] for row in body if is_section(row)]:
        said.append(f"Section headings left out: {', '.join(sections)}.")
    table = table._replace(assumed=cells.assumed(), notes=(*said, *found.notes, *cells.notes()))
    _check(table, head, rows, found)
    return table, rows


def is_section(row: Sequence[str]) -> bool:
    """Whether a row is a heading across the table: the same text in every column that it spans."""
    return len(row) > 2 and len(set(row)) == 1 and not row[0][:1].isdigit() and row[0] not in ("", "-")


def _table(path: str, head: Preamble, found: Columns) -> Table:
    file = printable(os.path.basename(path)) if path != STANDARD_INPUT else "standard input"
    name, number = numbered(file)
    stem = os.path.splitext(name)[0] + (f":{number}" if number else "")
    own = {"table": {"": file if stem in tables() else stem}, "source": {"": file}}
    printed = {column: found.title(column) for column in COUNTS if column in found.fields}
    if "n_params_printed" in printed:
        printed.pop("n_params", None)
    readings = {column: COUNTS[column] for column in printed if COUNTS[column] != "total"}
    renamed = {key: {found.field(name): value for name, value in head.get(key, {}).items()} for key in COLUMNS_NAMED}
    head = {
        **own,
        **head,
        "printed": renamed["printed"] or printed,
        "reading": {**readings, **renamed["reading"]},
    }
    if renamed["printed"]:
        head["reading"] = {c: r for c, r in head["reading"].items() if c in head["printed"] or c in renamed["reading"]}
    try:
        return table_of(path, head)._replace(label=found.label)
    except ValueError as error:
        raise InputError(f"{path}: head: {_advised(error)}") from None


COLUMNS_NAMED = ("printed", "reading")


def _check(table: Table, head: Preamble, rows: list[dict[str, str]], found: Columns) -> None:
    if (related := len(rows) * len(table.relations)) > MOST_RELATIONS:
        many = f"{len(table.relations):,} relations in {len(rows):,} rows make {related:,} checks"
        raise InputError(f"{table.path}: {many}; valid: up to {MOST_RELATIONS:,}")
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, start=1):
        where = f"{table.path}: row {number}"
        label = label_of(table, cells)
        if label in seen:
            raise InputError(f"{where}: {label!r} is already the label of row {seen[label]}; labels must differ")
        seen[label] = number
        _check_relations(table, cells, where)
    check_words(table, head, rows, found.valid)
    check_readings(table, rows)


def _check_relations(table: Table, cells: Mapping[str, str], where: str) -> None:
    for relation in table.relations.values():
        try:
            sides(relation, cells, table.exact)
        except (ValueError, ZeroDivisionError) as error:
            raise InputError(f"{where}: relation {relation[:80]!r}: {_advised(error)}") from None


def _advised(error: Exception) -> str:
    """The text of *error* with advice on what would be valid."""
    return str(error) if "valid:" in str(error) else f"{error}; {VALID}"
