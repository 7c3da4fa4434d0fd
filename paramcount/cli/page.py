"""`paramcount page MODEL… -o page.html`: a self-contained page, as a report and a calculator."""

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
@click.option("--static", is_flag=True, help="Leave out the scripts and data: a page only to read or print.")
@click.option("--catalog", is_flag=True, help="Write a folder: a page for every model, an index and the audit.")
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(), help="The page or folder to write.")
def command(models: tuple[str, ...], changes: tuple[str, ...], static: bool, catalog: bool, output: str) -> None:
    """Make a self-contained HTML page of models whose sizes you can change.

    It shows the sizes, the total, the components with their formulas, whether published counts are right, and every
    tensor drawn to scale. The page's address keeps the sizes you set.
    """
    need("page", "jinja2")
    if catalog:
        if models or changes or static:
            raise InputError("--catalog: takes no MODEL, --set or --static; valid: paramcount page --catalog -o FOLDER")
        click.echo(f"wrote {_site(output)} pages in {output}", err=True)
        return
    from paramcount.report.page import page

    if not models:
        raise InputError("page: no MODEL given; valid: names, configs or checkpoints, or --catalog")
    if not output.lower().endswith(SUFFIXES):
        raise InputError(f"-o {output}: not the name of an HTML file; valid: a name in {' or '.join(SUFFIXES)}")
    made = page([resolve(model, changes) for model in models], models, static=static)
    write_file(output, made.encode())
    click.echo(f"wrote {output}", err=True)


def _site(folder: str) -> int:
    """Write a page for every model of the catalog, the index and the audit to *folder*; return how many."""
    from paramcount.report.page.site import site

    pages = dict(site())
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"-o {folder}: {error.strerror}; valid: a folder that can be written") from None
    for name, text in pages.items():
        write_file(os.path.join(folder, name), text.encode())
    return len(pages)
