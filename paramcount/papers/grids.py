"""Reads the tables in a file: CSV with commas, tabs or semicolons, Markdown, HTML, LaTeX."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from paramcount.errors import InputError, printable
from paramcount.papers.cells import unguarded
from paramcount.papers.parsed import MOST_COLUMNS, MOST_ROWS

MOST_GRIDS = 50
MOST_CHARACTERS = {"latex": 1_000_000, "markdown": 2_000_000, "html": 10_000_000}  # a few seconds of parsing
KINDS = {".csv": "csv", ".tsv": "csv", ".tab": "csv", ".md": "markdown", ".markdown": "markdown", ".html": "html",
         ".htm": "html", ".tex": "latex"}  # fmt: skip


class Grid(NamedTuple):
    """A table of texts. *head* holds its lines `# key: value`, *rows* its cells, starting with the columns' titles."""

    head: list[str]
    rows: list[list[str]]


def grids(path: str, lines: list[str]) -> list[Grid]:
    """The tables in the *lines* of the file called *path*, in the format given by its name, else by its text.

    Raises InputError if there are none, or too many.
    """
    kind = kind_of_file(path, lines)
    if kind == "csv":
        return [_of_csv(path, lines)]
    text = "".join(lines)
    if len(text) > (most := MOST_CHARACTERS[kind]):
        raise InputError(f"{path}: {len(text):,} characters of {kind}; valid: up to {most:,}, e.g. only the table")
    if kind == "latex":
        from paramcount.papers.latex import tables_of
    elif kind == "html":
        from paramcount.papers.html import tables_of
    else:
        from paramcount.papers.markdown import tables_of
    head = _head(kind, text)
    found = [Grid(head, table) for table in map(_tidy, tables_of(text)) if len(table) > 1]
    if not found:
        raise InputError(f"{path}: no table found; valid: a table in {kind}, with a line of titles and rows")
    if len(found) > MOST_GRIDS:
        raise InputError(f"{path}: {len(found):,} tables; valid: up to {MOST_GRIDS}, the rest in another file")
    for grid in found:
        _check_size(path, grid.rows)
    return found


def kind_of_file(path: str, lines: Iterable[str]) -> str:
    """The format of the file: csv, markdown, html or latex."""
    known = KINDS.get(os.path.splitext(path)[1].lower())
    if known:
        return known
    text = "".join(lines)
    if re.search(r"\\begin\{(tabular|tabularx|longtable|array)\*?\}", text):
        return "latex"
    if any("--" in line and "|" in line and not line.strip(" \t\r\n:|-") for line in text.splitlines()):
        return "markdown"
    return "html" if re.search(r"<table\b", text, re.IGNORECASE) else "csv"


def _of_csv(path: str, lines: list[str]) -> Grid:
    """The table in a CSV file, without empty lines."""
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line)
    body = lines[len(head) :]
    if late := next((place for place, line in enumerate(body) if line.startswith("#")), None):
        valid = "valid: head lines above the titles, and quotes around cells that begin with #"
        raise InputError(f"{path}: line {len(head) + late + 1} begins with #, below the titles; {valid}")
    first = body[0] if body else ""
    delimiter = next((sign for sign in ("\t", ";") if sign in first and "," not in first), ",")
    reader = csv.reader(body, delimiter=delimiter)
    try:
        found = list(islice(filter(None, reader), MOST_ROWS + 2)) or [[]]
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; valid: a CSV file") from None
    _check_size(path, found)
    rows = [[unguarded(printable(cell)) for cell in row] for row in found]
    return Grid(head, [[title.strip() for title in rows[0]], *rows[1:]])


def _check_size(path: str, rows: list[list[str]]) -> None:
    if len(rows) > MOST_ROWS + 1:
        raise InputError(f"{path}: more than {MOST_ROWS:,} rows; valid: up to {MOST_ROWS:,}, the rest in another file")
    if len(rows[0]) > MOST_COLUMNS:
        raise InputError(f"{path}: {len(rows[0]):,} columns; valid: up to {MOST_COLUMNS:,}")


def _head(kind: str, text: str) -> list[str]:
    """The lines `# key: value` in a comment `<!-- paramcount … -->`, or in LaTeX the lines that begin with %#."""
    if kind == "latex":
        return [line.lstrip()[1:] + "\n" for line in text.splitlines() if line.lstrip().startswith("%#")]
    comments = re.findall(r"<!--\s*paramcount\b(.*?)-->", text, re.DOTALL)
    lines = (line.strip() for comment in comments for line in comment.splitlines())
    return [line + "\n" for line in lines if line]


def _tidy(rows: list[list[str]]) -> list[list[str]]:
    """*rows* without empty ones, with cells on one line and short rows padded."""
    plain = [[" ".join(printable(" ".join(cell.split())).split()) for cell in row] for row in rows]
    kept = [row for row in plain if any(row)]
    width = max(map(len, kept), default=0)
    return [row + [""] * (width - len(row)) for row in kept]


def numbered(path: str) -> tuple[str, int]:
    """README.md:2 as the file and the number of a table in it, 0 for all."""
    match = re.fullmatch(r"(.+):([1-9]\d?)", path)
    return (match[1], int(match[2])) if match and not os.path.exists(path) else (path, 0)
