"""Reports as JSON, CSV, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial
from paramcount.papers.cells import guarded
from paramcount.report.foreign import markdown, tex
from paramcount.report.rows import RIGHT, Column, Expanded, Report, Sheet, as_read, raw

SCHEMA = 1  # of the JSON documents; see docs/json.md


def to_json(report: Report) -> str:
    import json  # each format imports what it alone needs

    documents = [{"schema": SCHEMA, **document} for document in report.documents()]
    whole = documents if isinstance(report.data, list) else documents[0]
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def to_csv(report: Report) -> str:
    import csv
    import io

    sheets = [sheet for sheet in report.sheets() if sheet.name]
    sheet = _stacked(sheets) if sheets else report.sheets()[0]
    columns = [column for column in sheet.columns if column.kind != "bar"]
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    if sheet.header:
        writer.writerow(column.key for column in columns)
    writer.writerows([_csv_cell(column.kind, row.get(column.key)) for column in columns] for row in sheet.rows)
    return lines.getvalue()


def _stacked(sheets: list[Sheet]) -> Sheet:
    """The rows of all *sheets* in one, each with the name of its table; a column that a sheet lacks is empty there."""
    columns = {column.key: column for sheet in sheets for column in sheet.columns}
    rows = [{"table": sheet.name, **row} for sheet in sheets for row in sheet.rows]
    return Sheet((Column("table", "table"), *columns.values()), rows)


def _csv_cell(kind: str, value: object) -> object:
    return guarded(value) if kind == "text" and isinstance(value, str) else raw(value)


def to_markdown(report: Report, text_as: Callable[[str], str] = markdown) -> str:
    """Markdown, all text in it made plain by *text_as*, or left to be Markdown itself."""
    return "\n\n".join(_markdown(p, text_as) if isinstance(p, Sheet) else text_as(p) for p in report.parts) + "\n"


def _markdown(sheet: Sheet, text_as: Callable[[str], str]) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    cells = [[text_as(as_read(column, row)) for column in columns] for row in sheet.rows]
    rule = ["---:" if column.kind in RIGHT else "---" for column in columns]
    lines = [f"| {' | '.join(line)} |" for line in ([text_as(column.title) for column in columns], rule, *cells)]
    return "\n".join(([f"**{text_as(sheet.title)}**", ""] if sheet.title else []) + lines)


def to_latex(report: Report) -> str:
    """LaTeX: each sheet a booktabs tabular, text between as comments; needs booktabs and amsmath."""
    pieces = [
        _latex(part) if isinstance(part, Sheet) else "\n".join(f"% {line}" for line in part.splitlines())
        for part in report.parts
    ]
    return "\n\n".join(pieces) + "\n"


def _latex(sheet: Sheet) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    lines = [
        r"\begin{tabular}{" + "".join("r" if column.kind in RIGHT else "l" for column in columns) + "}",
        r"\toprule",
        " & ".join(tex(column.title) for column in columns) + r" \\",
        r"\midrule",
    ]
    lines += [" & ".join(_latex_cell(c, row) for c in columns) + r" \\" for row in sheet.rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    return "\n".join(([f"% {sheet.title}"] if sheet.title else []) + lines)


def _latex_cell(column: Column, row: dict[str, Any]) -> str:
    value = row.get(column.key)
    if isinstance(value, Polynomial | Expanded):
        return f"${(factored(value) if isinstance(value, Polynomial) else value).latex()}$"
    return tex(as_read(column, row))


WRITERS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "csv": to_csv,
    "md": to_markdown,
    "tex": to_latex,
}
