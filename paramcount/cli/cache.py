"""`paramcount cache MODEL…`: the size of a model's key-value cache."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import OF_COSTS
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option, tokens_of
from paramcount.cli.values import Choice
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
@click.option("--dtype", type=Choice(list(BYTES)), default="bf16", help="Number format of the cache. Default: bf16.")
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], batch: int, seq: str, source: str, dtype: str) -> Report:
    """Compute the size of the key-value cache, per token and for a whole run.

    Several models are shown one per row.
    """
    specs = [resolve(model, changes, OF_COSTS) for model in models]
    length, read = tokens_of("--seq", seq), tokens_of("--source", source)
    return cache_report([(spec, cache(spec, run_of(spec, length, batch, read), dtype)) for spec in specs])
