"""`paramcount table [TABLE]`: the published tables, and each of them recomputed."""

from __future__ import annotations

import os

import click

from paramcount.catalog.recomputed import table_named
from paramcount.cli.options import output_options
from paramcount.errors import InputError
from paramcount.papers.preamble import Table
from paramcount.papers.tables import tables
from paramcount.report.rows import Report
from paramcount.report.table import listed, recomputed

EPILOG = """\b
Examples:
  paramcount table
  paramcount table gpt3
  paramcount table gpt2 --format md
  paramcount table gpt3 -o gpt3.csv
"""


def read_table(ctx: click.Context, param: click.Parameter, name: str | None) -> Table | None:
    """The table that an argument or option names."""
    if name and name not in tables() and os.path.isfile(name):
        raise InputError(f"table {name}: a file; valid: a published table, or paramcount audit {name}")
    return None if name is None else table_named(name)


def complete_tables(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Shell completion for the tables' short names."""
    return [name for name in tables() if name.startswith(incomplete)]


@click.command("table", epilog=EPILOG)
@click.argument("table", metavar="[TABLE]", required=False, callback=read_table, shell_complete=complete_tables)
@output_options
def command(table: Table | None) -> Report:
    """Recompute a published table row by row and compare it with the printed counts.

    Without TABLE, list the published tables. A row agrees if the exact count lies in the interval that its printed
    precision allows.
    """
    return recomputed(table) if table else listed(tables().values())
