"""`paramcount audit TABLE|FILE…`: printed tables held against their own arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import click

from paramcount.auditing.costs.audit import CostAudit
from paramcount.auditing.costs.table import OURS
from paramcount.auditing.opening import is_file, opened
from paramcount.auditing.table import Audit, audited
from paramcount.auditing.userfile import Opened
from paramcount.cli import streams
from paramcount.cli.options import output_options
from paramcount.cli.progress import watched
from paramcount.cli.table import complete_tables
from paramcount.errors import InputError, printable
from paramcount.papers.tables import read, tables
from paramcount.report.audit import audits
from paramcount.report.audit_costs import cost_audits
from paramcount.report.rows import Report
from paramcount.report.written import write_file

EPILOG = """\b
Examples:
  paramcount audit gpt3
  paramcount audit gpt2 chinchilla --json
  paramcount audit --all
  paramcount audit my-table.csv --strict
  paramcount audit README.md          tables in Markdown, HTML, LaTeX, TSV
  paramcount audit paper.tex --guess > my-table.csv
  paramcount audit training-costs     what training runs cost, 121 claims
"""


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The short names of all tables, for completion in shells."""
    return [*complete_tables(ctx, param, incomplete), *(name for name in OURS if name.startswith(incomplete))]


def guessing(command: Callable[..., int]) -> Callable[..., int]:
    """Give *command* --guess, which writes a table with a first guess of its head in the report's place."""

    @click.option("--guess", is_flag=True, help="Print FILE as a CSV with a first guess of its head, to keep and mend.")
    @wraps(command)
    def with_guess(*, guess: bool, **given: Any) -> int:
        return _guess(**given) if guess else command(**given)

    return with_guess


def _guess(*, names: tuple[str, ...], form: str | None, as_json: bool, output: str | None, **given: Any) -> int:
    from paramcount.auditing.guess import guessed

    if form not in (None, "csv") or as_json:
        raise InputError("--guess with another format: a guess is a CSV; valid: --guess -o my-table.csv")
    if len(names) != 1 or any(given.values()) or not is_file(names[0]):
        raise InputError(f"--guess {' '.join(names)}: valid: one file with a table, and nothing else to do")
    text = guessed(names[0])
    if output is None:
        with streams.output() as stream:
            stream.write(text)
    else:
        write_file(output, text.encode())
        click.echo(printable(f"wrote {output}: CSV with a first guess of its head"), err=True)
    return 0


@click.command("audit", epilog=EPILOG)
@click.argument("names", metavar="[TABLE|FILE]…", nargs=-1, shell_complete=complete_names)
@click.option("--all", "everything", is_flag=True, help="Every table of sizes that paramcount has.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless every row agrees and every relation holds.")
@guessing
@output_options
def command(names: tuple[str, ...], everything: bool, strict: bool) -> Report:
    """Hold printed tables against their own arithmetic, and look for what explains a row that does not add up.

    \b
    Verdicts: agrees; agrees only if truncated; agrees only if trailing zeros
    are not significant; undecided; explained; unexplained; impossible.

    A table of what training costs (# kind: costs) is held against its own equations: FLOPs and 6ND, devices and days,
    hours, utilisation, energy, CO2, money; docs/audit-costs.md. There are two more verdicts: agrees only as a bound,
    and contradiction between sources.

    FILE is a table of your own: CSV, TSV, Markdown, HTML or LaTeX, or - for standard input; FILE:2 is its second table.
    docs/audit-your-table.md says how it is read.

    Explanations are found by search and ranked by evidence in bits; docs/audit.md derives it. Tables:
    """
    if everything == bool(names):
        raise click.UsageError("valid: paramcount audit TABLE|FILE …, or paramcount audit --all")
    if everything:
        return audits(_run([(table, read(table.path)) for table in tables().values()]), strict)
    found = [one for name in names for one in opened(name)]
    sizes = [one for one in found if not isinstance(one, CostAudit)]
    costs = [one for one in found if isinstance(one, CostAudit)]
    several = len(found) > 1
    if not costs:
        return audits(_run(sizes), strict)
    return _joined(audits(_run(sizes), strict, several), cost_audits(costs, strict, several))


def _joined(sizes: Report, costs: Report) -> Report:
    tables = [table for report in (sizes, costs) for document in report.documents() for table in document["tables"]]
    return Report({"tables": tables}, (*sizes.parts, *costs.parts), sizes.failed or costs.failed)


def _run(chosen: list[Opened]) -> list[Audit]:
    def going(items: list[Any]) -> Iterator[Any]:
        return iter(watched(items, "auditing"))

    return [audited(table, rows, going) for table, rows in chosen]


command.help = f"{command.help}{', '.join([*tables(), *OURS])}."
