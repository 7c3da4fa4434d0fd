"""`paramcount [show] MODEL…`: where the parameters are, and what was printed about them."""

from __future__ import annotations

import click

from paramcount.catalog import resolve
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.report.rows import Report
from paramcount.report.show import side_by_side, single

EPILOG = """\b
Examples:
  paramcount gpt3-xl
  paramcount gpt3-xl --set n_heads=16
  paramcount gpt2-small --tensors --format csv
  paramcount gpt2-small gpt2-xl --json
  paramcount gpt --set n_layers=12 --set d_model=768 --set n_heads=12 --set n_vocab=50257 --set n_ctx=1024
"""


@click.command("show", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@click.option("--tensors", is_flag=True, help="Every tensor: name, shape, times, count.")
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], tensors: bool) -> Report:
    """Show where a model's parameters are: formula, count and share of every component.

    Then each published figure, whether the count agrees with it at its printed precision, and if not, why.
    Several models become columns side by side.
    """
    specs = [resolve(model, changes) for model in models]
    return single(specs[0], tensors) if len(specs) == 1 else side_by_side(specs, tensors)
