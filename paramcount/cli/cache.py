"""`paramcount cache MODEL`: what a model keeps of the tokens that it has seen."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import OF_COSTS
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option
from paramcount.costs.asked import run_of
from paramcount.costs.cache import BYTES, cache
from paramcount.report.cache import cache_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount cache llama-3.1-8b --seq 8192
  paramcount cache deepseek-v3 --seq 128000 --batch 16 --dtype fp8
"""


@click.command("cache", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@run_options
@source_option
@click.option(
    "--dtype", type=click.Choice(list(BYTES)), default="bf16", help="The format of its numbers. Default: bf16."
)
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], batch: int, seq: str, source: str, dtype: str) -> Report:
    """State how large the cache of keys and values is, for a token and for a run; of several models a row each."""
    specs = [resolve(model, changes, OF_COSTS) for model in models]
    return cache_report([(spec, cache(spec, run_of(spec, seq, batch, source), dtype)) for spec in specs])
