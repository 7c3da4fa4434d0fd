"""`paramcount page MODEL… -o page.html`: one file, a report when printed and a calculator when touched."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.cli.options import complete_models, set_option
from paramcount.errors import InputError
from paramcount.report.written import write_file

EPILOG = """\b
Examples:
  paramcount page gpt3-xl -o page.html
  paramcount page gpt3-xl llama-3.1-8b ./config.json -o page.html
  paramcount page deepseek-v3 --static -o report.html
"""
SUFFIXES = (".html", ".htm")


@click.command("page", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@click.option("--static", is_flag=True, help="Without script and data: for reading and printing alone.")
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(), help="Where to write the page.")
def command(models: tuple[str, ...], changes: tuple[str, ...], static: bool, output: str) -> None:
    """Make a page of models whose sizes can be moved: one HTML file that loads nothing.

    It shows each size, the total and its components with their formulas, whether printed figures are right, and every
    tensor drawn to one scale. What is set in it is kept in its address.
    """
    from paramcount.report.page import page

    if not output.lower().endswith(SUFFIXES):
        raise InputError(f"-o {output}: a page is HTML; valid: {', '.join(SUFFIXES)}")
    made = page([resolve(model, changes) for model in models], static)
    write_file(output, made.encode())
    click.echo(f"wrote {output}", err=True)
