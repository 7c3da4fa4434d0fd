"""Reports as JSON and Markdown, and all output formats by name."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.report.data import to_csv, to_jsonl, to_tsv
from paramcount.report.foreign import fenced, markdown
from paramcount.report.latex import to_latex
from paramcount.report.rows import RIGHT, Report, Sheet, as_read

SCHEMA = 1  # of the JSON documents; see docs/json.md


def to_json(report: Report) -> str:
    import json  # here, so that a format imports only what it needs

    documents = [{"schema": SCHEMA, **document} for document in report.documents()]
    whole = documents if isinstance(report.data, list) else documents[0]
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def to_markdown(report: Report, text_as: Callable[[str], str] = markdown) -> str:
    """*report* as Markdown, with all text escaped by *text_as*."""
    parts = (_markdown(part, text_as) if isinstance(part, Sheet) else fenced(part, text_as) for part in report.parts)
    return "\n\n".join(parts) + "\n"


def _markdown(sheet: Sheet, text_as: Callable[[str], str]) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    cells = [[text_as(as_read(column, row)) for column in columns] for row in sheet.rows]
    rule = ["---:" if column.kind in RIGHT else "---" for column in columns]
    lines = [f"| {' | '.join(line)} |" for line in ([text_as(column.title) for column in columns], rule, *cells)]
    return "\n".join(([f"**{text_as(sheet.title)}**", ""] if sheet.title else []) + lines)


WRITERS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "jsonl": to_jsonl,
    "csv": to_csv,
    "tsv": to_tsv,
    "md": to_markdown,
    "tex": to_latex,
}
