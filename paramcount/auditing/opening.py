"""Opens the TABLE or FILE of an audit: a bundled table of sizes, a table of costs, or the user's own file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from paramcount.auditing.costs.audit import CostAudit
from paramcount.auditing.costs.table import KIND, OURS, audit_file, kind_of, ours
from paramcount.auditing.userfile import STANDARD_INPUT, Opened, lines_of, open_tables
from paramcount.catalog.recomputed import table_named
from paramcount.errors import InputError
from paramcount.papers.grids import KINDS, kind_of_file, numbered
from paramcount.papers.tables import read, tables


def opened(name: str) -> Sequence[Opened | CostAudit]:
    """The tables of sizes named by *name*, each with its rows, or the audit of a table of costs.

    Raises InputError on an unknown name or a file without a table.
    """
    if name.lower() in OURS:
        return [ours(name.lower())]
    if not is_file(name):
        table = table_named(name, OURS)
        return [(table, read(table.path))]
    lines = lines_of(name)
    if kind_of_file(name, lines) == "csv" and (kind := kind_of(lines)):
        if kind != KIND:
            raise InputError(f"{name}: head: unknown kind {kind}; valid: {KIND}, or no such line for sizes")
        return [audit_file(name, lines)]
    return open_tables(name, lines)


def is_file(name: str) -> bool:
    """Whether *name* is a path rather than a table's name: it has a slash or a known suffix, or exists."""
    if name.lower() in tables():
        return False
    path, _ = numbered(name)
    return "/" in path or path == STANDARD_INPUT or os.path.splitext(path)[1].lower() in KINDS or os.path.exists(path)
