"""`paramcount audit TABLE|FILE.csv…`: printed tables held against their own arithmetic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from paramcount.auditing.costs.audit import CostAudit
from paramcount.auditing.costs.table import KIND, OURS, audit_file, kind_of, ours
from paramcount.auditing.table import Audit, audited
from paramcount.auditing.userfile import lines_of, open_table
from paramcount.cli.options import output_options
from paramcount.cli.table import complete_tables, table_named
from paramcount.errors import InputError
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables
from paramcount.report.audit import audits
from paramcount.report.audit_costs import cost_audits
from paramcount.report.rows import Report

Opened = tuple[Table, list[dict[str, str]]]

MANY = 40  # rows and relations: a second or two
EPILOG = """\b
Examples:
  paramcount audit gpt3
  paramcount audit gpt2 chinchilla --json
  paramcount audit --all
  paramcount audit my-table.csv --strict
  paramcount audit training-costs     what training runs cost, 121 claims
"""


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The short names of all tables, for completion in shells."""
    return [*complete_tables(ctx, param, incomplete), *(name for name in OURS if name.startswith(incomplete))]


@click.command("audit", epilog=EPILOG)
@click.argument("names", metavar="[TABLE|FILE.csv]…", nargs=-1, shell_complete=complete_names)
@click.option("--all", "everything", is_flag=True, help="Every table of sizes that paramcount has.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless every row agrees and every relation holds.")
@output_options
def command(names: tuple[str, ...], everything: bool, strict: bool) -> Report:
    """Hold printed tables against their own arithmetic, and look for what explains a row that does not add up.

    \b
    Verdicts: agrees; agrees only if truncated; agrees only if trailing zeros
    are not significant; undecided; explained; unexplained; impossible.

    A table of what training costs (# kind: costs) is held against its own equations: FLOPs and 6ND, devices and days,
    hours, utilisation, energy, CO2, money; docs/audit-costs.md. There are two more verdicts: agrees only as a bound,
    and contradiction between sources.

    Explanations are found by search and ranked by evidence in bits; docs/audit.md derives it. Tables:
    """
    if everything == bool(names):
        raise click.UsageError("valid: paramcount audit TABLE|FILE.csv …, or paramcount audit --all")
    if everything:
        return audits(_run([(table, read(table.path)) for table in tables().values()]), strict)
    opened = [_opened(name) for name in names]
    sizes = [one for one in opened if not isinstance(one, CostAudit)]
    costs = [one for one in opened if isinstance(one, CostAudit)]
    return _joined(audits(_run(sizes), strict), cost_audits(costs, strict)) if costs else audits(_run(sizes), strict)


def _joined(sizes: Report, costs: Report) -> Report:
    tables = [table for report in (sizes, costs) for document in report.documents() for table in document["tables"]]
    return Report({"tables": tables}, (*sizes.parts, *costs.parts), sizes.failed or costs.failed)


def _opened(name: str) -> Opened | CostAudit:
    if name.lower() in OURS:
        return ours(name.lower())
    if name.lower() not in tables() and (name.lower().endswith(".csv") or "/" in name):
        lines = lines_of(name)
        if kind := kind_of(lines):
            if kind != KIND:
                raise InputError(f"{name}: its head: kind: {kind}; valid: {KIND}, or no such line for a table of sizes")
            return audit_file(name, lines)
        return open_table(name, lines)
    table = table_named(name, OURS)
    return table, read(table.path)


def _run(chosen: list[Opened]) -> list[Audit]:
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


command.help = f"{command.help}{', '.join([*tables(), *OURS])}."
