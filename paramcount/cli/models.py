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
              help="Only models of this family or model type: gpt, llama, qwen3_moe.")  # fmt: skip
@click.option("--min", "least", metavar="N", default="", help="Only models with at least N parameters: 1B.")
@click.option("--max", "most", metavar="N", default="", help="Only models with at most N parameters: 10B.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the names, one per line.")
@output_options
def command(words: tuple[str, ...], family: str, least: str, most: str, quiet: bool) -> Report:
    """List the models paramcount knows by name, and the families whose sizes you can set.

    With WORD, list only models that have it in their name, an alias or their family; case, spaces and hyphens don't
    matter: qwen3, "llama 3". Exits with 1 if no model matches.
    """
    low = parse_quantity(least, "--min") if least else None
    high = parse_quantity(most, "--max") if most else None
    found = chosen(words, family, low, high)
    if not found:
        click.echo(printable(f"paramcount: no model matches{_hint(words)}"), err=True)
    return listed(found, not (words or family or least or most), quiet)


def _hint(words: tuple[str, ...]) -> str:
    near = suggested(" ".join(words)) if words and not chosen(words) else ""
    return f"; did you mean {near}?" if near else "; `paramcount models` lists them all"
