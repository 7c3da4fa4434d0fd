"""`paramcount models [WORD…]`: the catalog."""

from __future__ import annotations

import click

from paramcount.catalog.listing import chosen
from paramcount.catalog.names import suggested
from paramcount.cli import completion
from paramcount.cli.options import complete_models, output_options
from paramcount.errors import printable
from paramcount.quantity import parse_quantity
from paramcount.report.models import listed
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount models
  paramcount models qwen
  paramcount models --family llama --min 1B --max 10B
  paramcount models -q
  paramcount models --format csv
"""


@click.command("models", epilog=EPILOG)
@click.argument("words", metavar="[WORD…]", nargs=-1, shell_complete=complete_models)
@click.option("--family", metavar="FAMILY", default="", shell_complete=completion.families,
              help="Of this family or model type: gpt, llama, qwen3_moe.")  # fmt: skip
@click.option("--min", "least", metavar="N", default="", help="Of at least so many parameters: 1B.")
@click.option("--max", "most", metavar="N", default="", help="Of at most so many.")
@click.option("-q", "--quiet", is_flag=True, help="A name a line, nothing else.")
@output_options
def command(words: tuple[str, ...], family: str, least: str, most: str, quiet: bool) -> Report:
    """List the models that paramcount knows by name, and the families that take sizes.

    WORD picks those with it in their name, an alias or their family, however it is spelt: qwen3, "llama 3". Exit 1
    where none is left.
    """
    low = parse_quantity(least, "--min") if least else None
    high = parse_quantity(most, "--max") if most else None
    found = chosen(words, family, low, high)
    if not found:
        click.echo(printable(f"paramcount: no model of the catalog matches{_hint(words)}"), err=True)
    return listed(found, not (words or family or least or most), quiet)


def _hint(words: tuple[str, ...]) -> str:
    near = suggested(" ".join(words)) if words and not chosen(words) else ""
    return f"; did you mean {near}?" if near else "; `paramcount models` lists all"
