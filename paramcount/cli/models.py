"""`paramcount models`: the catalog."""

from __future__ import annotations

import click

from paramcount.catalog.names import everything, names
from paramcount.cli.options import output_options
from paramcount.report.models import listed, names_only
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount models
  paramcount models -q
  paramcount models --format csv
"""


@click.command("models", epilog=EPILOG)
@click.option("-q", "--quiet", is_flag=True, help="A name a line, nothing else.")
@output_options
def command(quiet: bool) -> Report:
    """List the models that paramcount knows by name, and the families that take sizes."""
    return names_only(names()) if quiet else listed(everything())
