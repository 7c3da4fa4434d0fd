"""`paramcount page MODEL… -o page.html`: one file, a report when printed and a calculator when touched."""

from __future__ import annotations

import os

import click

from paramcount.catalog.locate import resolve
from paramcount.cli.options import complete_models, set_option
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.report.written import write_file

EPILOG = """\b
Examples:
  paramcount page gpt3-xl -o page.html
  paramcount page gpt3-xl llama-3.1-8b ./config.json -o page.html
  paramcount page deepseek-v3 --static -o report.html
  paramcount page --catalog -o site/
"""
SUFFIXES = (".html", ".htm")


@click.command("page", epilog=EPILOG)
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@set_option
@click.option("--static", is_flag=True, help="Without script and data: for reading and printing alone.")
@click.option("--catalog", is_flag=True, help="A folder: a page for every model of the catalog, an index, the audit.")
@click.option(
    "-o", "--output", metavar="FILE", required=True, type=click.Path(), help="Where to write the page, or the folder."
)
def command(models: tuple[str, ...], changes: tuple[str, ...], static: bool, catalog: bool, output: str) -> None:
    """Make a page of models whose sizes can be moved: one HTML file that loads nothing.

    It shows each size, the total and its components with their formulas, whether printed figures are right, and every
    tensor drawn to scale. What is set in it is kept in its address.
    """
    need("page", "jinja2")
    if catalog:
        if models or changes or static:
            raise InputError("--catalog: every model as the catalog has it; valid: --catalog -o FOLDER alone")
        click.echo(f"wrote {_site(output)} pages in {output}", err=True)
        return
    from paramcount.report.page import page

    if not models:
        raise InputError("page: no MODEL; valid: names, configs or checkpoints, or --catalog")
    if not output.lower().endswith(SUFFIXES):
        raise InputError(f"-o {output}: a page is HTML; valid: {', '.join(SUFFIXES)}")
    made = page([resolve(model, changes) for model in models], models, static=static)
    write_file(output, made.encode())
    click.echo(f"wrote {output}", err=True)


def _site(folder: str) -> int:
    """Write a page for every model of the catalog, the index and the audit into *folder*; how many these are."""
    from paramcount.report.page.site import site

    pages = dict(site())
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"-o {folder}: {error.strerror}; valid: a folder that can be made") from None
    for name, text in pages.items():
        write_file(os.path.join(folder, name), text.encode())
    return len(pages)
