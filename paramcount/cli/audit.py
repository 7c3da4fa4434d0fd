"""`paramcount audit TABLE|FILE…`: published tables recomputed, and their errors explained."""

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
  paramcount audit README.md          the tables in a document
  paramcount audit paper.tex --guess > my-table.csv
  paramcount audit training-costs     published costs of training runs
"""


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Shell completion for the short names of all tables."""
    return [*complete_tables(ctx, param, incomplete), *(name for name in OURS if name.startswith(incomplete))]


def guessing(command: Callable[..., int]) -> Callable[..., int]:
    """Add --guess to *command*: write a table with a guessed head instead of the report."""

    @click.option("--guess", is_flag=True, help="Write FILE as a CSV with a guessed head, for you to correct.")
    @wraps(command)
    def with_guess(*, guess: bool, **given: Any) -> int:
        return _guess(**given) if guess else command(**given)

    return with_guess


def _guess(*, names: tuple[str, ...], form: str | None, as_json: bool, output: str | None, **given: Any) -> int:
    from paramcount.auditing.guess import guessed

    if form not in (None, "csv") or as_json:
        raise InputError("--guess with another format: it writes a CSV; valid: --guess -o my-table.csv")
    if len(names) != 1 or any(given.values()):
        raise InputError("--guess: works on one file, without other options; valid: paramcount audit FILE --guess")
    if not is_file(names[0]):
        raise InputError(f"--guess {names[0]}: not a file; valid: a file with a table")
    text = guessed(names[0])
    if output is None:
        with streams.output() as stream:
            stream.write(text)
    else:
        write_file(output, text.encode())
        click.echo(printable(f"wrote {output}: CSV with a guessed head"), err=True)
    return 0


@click.command("audit", epilog=EPILOG)
@click.argument("names", metavar="[TABLE|FILE]…", nargs=-1, shell_complete=complete_names)
@click.option("--all", "everything", is_flag=True, help="Audit every published table of model sizes.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless every row agrees and every relation holds.")
@guessing
@output_options
def command(names: tuple[str, ...], everything: bool, strict: bool) -> Report:
    """Recompute published tables and explain the rows that don't add up.

    TABLE is the name of a published table; `paramcount table` lists them all. FILE is a table of your own: CSV, TSV,
    Markdown, HTML or LaTeX, or - for standard input; FILE:2 is its second table. docs/audit-your-table.md says how
    files are read.

    The verdict on a row is one of: agrees; agrees only if truncated; agrees only if trailing zeros are not
    significant; undecided; explained; unexplained; impossible. Explanations are found by search and ranked by their
    evidence in bits (docs/audit.md).

    Tables of training costs (training-costs, or a file with # kind: costs) are checked against their own equations:
    FLOPs and 6ND, devices and days, hours, utilisation, energy, CO2, money. They have two more verdicts: agrees only
    as a bound; contradiction between sources (docs/audit-costs.md).
    """
    if everything and names:
        raise InputError(f"audit --all {names[0]}: --all takes no tables; valid: paramcount audit --all")
    if not everything and not names:
        raise InputError("audit: no table given; valid: a table (`paramcount table` lists them), a file, or --all")
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
