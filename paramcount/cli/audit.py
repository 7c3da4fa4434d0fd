"""`paramcount audit TABLE|FILE.csv…`: printed tables held against their own arithmetic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from paramcount.auditing.table import Audit, audited
from paramcount.auditing.userfile import open_table
from paramcount.cli.options import output_options
from paramcount.cli.table import complete_tables, table_named
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables
from paramcount.report.audit import audits
from paramcount.report.rows import Report

MANY = 40  # rows and relations: a second or two
EPILOG = """\b
Examples:
  paramcount audit gpt3
  paramcount audit gpt2 chinchilla --json
  paramcount audit --all
  paramcount audit my-table.csv --strict
"""


@click.command("audit", epilog=EPILOG)
@click.argument("names", metavar="[TABLE|FILE.csv]…", nargs=-1, shell_complete=complete_tables)
@click.option("--all", "everything", is_flag=True, help="Every table that paramcount has.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless every row agrees and every relation holds.")
@output_options
def command(names: tuple[str, ...], everything: bool, strict: bool) -> Report:
    """Hold printed tables against their own arithmetic, and look for what explains a row that does not add up.

    \b
    Verdicts: agrees; agrees only if truncated; agrees only if trailing zeros
    are not significant; explained; unexplained; impossible.

    Explanations are found by search and ranked by evidence in bits; docs/audit.md derives it. Tables:
    """
    if everything == bool(names):
        raise click.UsageError("valid: paramcount audit TABLE|FILE.csv …, or paramcount audit --all")
    chosen = [(table, read(table.path)) for table in tables().values()] if everything else [_opened(n) for n in names]
    return audits(_run(chosen), strict)


def _opened(name: str) -> tuple[Table, list[dict[str, str]]]:
    if name.lower() not in tables() and (name.lower().endswith(".csv") or "/" in name):
        return open_table(name)
    table = table_named(name)
    return table, read(table.path)


def _run(chosen: list[tuple[Table, list[dict[str, str]]]]) -> list[Audit]:
    if sum(len(rows) * (1 + len(table.relations)) for table, rows in chosen) < MANY or not sys.stderr.isatty():
        return [audited(table, rows) for table, rows in chosen]
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:

        def going(items: list[Any]) -> Iterator[Any]:
            task = progress.add_task("auditing", total=len(items))
            for item in items:
                yield item
                progress.advance(task)
            progress.remove_task(task)

        return [audited(table, rows, going) for table, rows in chosen]


command.help = f"{command.help}{', '.join(tables())}."
