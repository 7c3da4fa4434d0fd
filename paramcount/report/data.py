"""Reports as data for spreadsheets and programs: CSV, TSV and newline-delimited JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramcount.papers.cells import guarded
from paramcount.report.rows import Column, Report, Sheet, raw

TABLE = "table"  # the column that names the table of a row, if there are several


def to_csv(report: Report) -> str:
    """All tables as one CSV; if there are several, a column names the table of each row.

    Text that a spreadsheet would read as a formula gets an apostrophe in front.
    """
    return _delimited(report, ",")


def to_tsv(report: Report) -> str:
    """The same as CSV, but separated by tabs, with no tab inside a cell."""
    return _delimited(report, "\t")


def to_jsonl(report: Report) -> str:
    """A JSON object per row, with the column names of CSV and all digits of every number."""
    import json

    whole = joined(report)
    columns = _columns(whole).items()
    lines = ({name: raw(row[column.key]) for name, column in columns if column.key in row} for row in whole.rows)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def joined(report: Report) -> Sheet:
    """The one table of *report*, or all its tables in one; a column that a table lacks is empty in its rows."""
    sheets = report.sheets()
    if len(sheets) < 2 and not any(sheet.name for sheet in sheets):
        return sheets[0] if sheets else Sheet((), [])
    columns: dict[str, Column] = {TABLE: Column(TABLE, TABLE)}
    rows: list[dict[str, Any]] = []
    for name, sheet in _named(sheets):
        own = {column.header or column.key: column for column in sheet.columns if column.kind != "bar"}
        columns |= {called: column._replace(key=called, header="") for called, column in own.items()}
        rows += [{TABLE: name, **{called: row.get(one.key) for called, one in own.items()}} for row in sheet.rows]
    return Sheet(tuple(columns.values()), rows)


def _named(sheets: list[Sheet]) -> Iterator[tuple[str, Sheet]]:
    """Each table with a name: its own, its title or its first column's, with a number if that name was used before."""
    before: dict[str, int] = {}
    for sheet in sheets:
        if sheet.name:
            yield sheet.name, sheet
            continue
        name = sheet.title or sheet.columns[0].title or sheet.columns[0].key
        before[name] = before.get(name, 0) + 1
        yield f"{name} {before[name]}" if before[name] > 1 else name, sheet


def _columns(sheet: Sheet) -> dict[str, Column]:
    """The columns by their names in data; the second of two with the same name gets a number."""
    found: dict[str, Column] = {}
    for column in sheet.columns:
        if column.kind != "bar":
            called = column.header or column.key
            many = sum(name.partition(" (")[0] == called for name in found)
            found[f"{called} ({many + 1})" if many else called] = column
    return found


def _delimited(report: Report, delimiter: str) -> str:
    import csv
    import io

    whole = joined(report)
    columns = _columns(whole)
    page = io.StringIO()
    writer = csv.writer(page, delimiter=delimiter, lineterminator="\n")
    if whole.header:
        writer.writerow(_cell(name, delimiter) for name in columns)
    writer.writerows([_cell(raw(row.get(column.key)), delimiter) for column in columns.values()] for row in whole.rows)
    return page.getvalue()


def _cell(value: str | int | float | None, delimiter: str) -> str | int | float | None:
    if not isinstance(value, str):
        return value
    return guarded(" ".join(value.split()) if delimiter == "\t" else value)
