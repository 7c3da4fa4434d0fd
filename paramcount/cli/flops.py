"""`paramcount flops MODEL`: what a run of a model multiplies."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_of, run_options, source_option
from paramcount.costs.run import ATTENTION
from paramcount.costs.stated import costed
from paramcount.quantity import parse_quantity
from paramcount.report.flops import flops_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount flops gpt3-175b
  paramcount flops llama-3.1-8b --seq 8192 --batch 4
  paramcount flops llama-3.1-8b --seq 2048 --cached 2047     one token that is decoded
  paramcount flops t5-large --source 512 --seq 128
  paramcount flops gpt3-175b --seq 2048 --tokens 300B --conventions
"""


@click.command("flops", epilog=EPILOG)
@click.argument("model", metavar="MODEL", shell_complete=complete_models)
@set_option
@run_options
@source_option
@click.option(
    "--cached", metavar="C", type=click.IntRange(0), default=0, help="Tokens of each that were computed before."
)
@click.option(
    "--attention",
    type=click.Choice(ATTENTION),
    default="needed",
    help="Pairs the mask lets through (needed, the default), or all that plain code computes.",
)
@click.option("--train", is_flag=True, help="Forward and backward: three times the forward pass.")
@click.option("--tokens", metavar="N", default="", help="Of training, for --conventions: 300B.")
@click.option(
    "--conventions", is_flag=True, help="Training under every convention, each as a share of the exact figure."
)
@output_options
def command(
    model: str,
    changes: tuple[str, ...],
    batch: int,
    seq: str,
    source: str,
    cached: int,
    attention: str,
    train: bool,
    tokens: str,
    conventions: bool,
) -> Report:
    """State what a run multiplies, by component, as a formula and as a number.

    Of a model whose operations are not stated exactly it says so, and guesses nothing.
    """
    spec = resolve(model, changes)
    run = run_of(spec, batch, seq, cached, attention, source)
    asked = parse_quantity(tokens, "tokens") if tokens else None
    return flops_report(spec, costed(spec, run), run, train, asked, conventions)
