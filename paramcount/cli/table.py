"""`paramcount table NAME`: a published table, recomputed."""

from __future__ import annotations

import click

from paramcount.catalog.recomputed import table_named
from paramcount.cli.options import output_options
from paramcount.papers.preamble import Table
from paramcount.papers.tables import tables
from paramcount.report.rows import Report
from paramcount.report.table import recomputed

EPILOG = """\b
Examples:
  paramcount table gpt3
  paramcount table gpt2 --format md
  paramcount table gpt3 -o gpt3.csv
"""


def read_table(ctx: click.Context, param: click.Parameter, name: str) -> Table:
    """The table that an argument names."""
    return table_named(name)


def complete_tables(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The tables' short names, for completion in shells."""
    return [name for name in tables() if name.startswith(incomplete)]


@click.command("table", epilog=EPILOG)
@click.argument("table", metavar="TABLE", callback=read_table, shell_complete=complete_tables)
@output_options
def command(table: Table) -> Report:
    """Recompute a published table row by row: printed counts, exact count, error and agreement.

    A row agrees if the exact count lies in the interval that its printed precision claims. Tables:
    """
    return recomputed(table)


command.help = f"{command.help}{', '.join(tables())}."
