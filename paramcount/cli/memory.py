"""`paramcount memory MODEL`: what a model takes on a device, to answer or to be trained."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import Spec
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_of, run_options
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.footprint import INFERENCE, TRAINING, inference, training
from paramcount.costs.memory.recipes import recipe as recipe_of
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.report.memory import memory_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount memory llama-3.1-8b --seq 8192
  paramcount memory llama-3.1-8b --dtype int4 --cache-dtype fp8
  paramcount memory gpt3-175b --for training --recipe mixed-adam
"""


@click.command("memory", epilog=EPILOG)
@click.argument("model", metavar="MODEL", shell_complete=complete_models)
@set_option
@run_options
@click.option(
    "--for", "purpose", type=click.Choice([INFERENCE, TRAINING]), default=INFERENCE, help="Default: inference."
)
@click.option("--dtype", metavar="FORMAT", default="bf16", help="Of the weights: bf16, fp8, int8, int4, gguf:Q4_K.")
@click.option("--cache-dtype", type=click.Choice(list(BYTES)), default="bf16", help="Of the cache. Default: bf16.")
@click.option("--recipe", metavar="RECIPE", default="mixed-adam", help="Of training. Default: mixed-adam.")
@output_options
def command(
    model: str,
    changes: tuple[str, ...],
    batch: int,
    seq: str,
    purpose: str,
    dtype: str,
    cache_dtype: str,
    recipe: str,
) -> Report:
    """State what a model takes of a device's memory, to answer or to be trained."""
    spec = resolve(model, changes)
    run = _run(spec, batch, seq)
    if purpose == INFERENCE:
        return memory_report(spec, inference(spec, run, dtype, cache_dtype), f"{dtype}, its cache in {cache_dtype}")
    by = recipe_of(recipe)
    return memory_report(spec, training(spec, run, by), f"{by.name} ({by.printed} bytes a parameter)")


def _run(spec: Spec, batch: int, seq: str) -> Run | None:
    """The run that is asked for; None of a model that states no context where none is."""
    try:
        return run_of(spec, batch, seq)
    except InputError:
        if seq:
            raise
        return None
