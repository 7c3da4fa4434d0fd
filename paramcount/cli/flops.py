"""`paramcount flops MODEL`: what a run of a model multiplies."""

from __future__ import annotations

import click

from paramcount.catalog.locate import changed, locate
from paramcount.catalog.spec import OF_COSTS
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option
from paramcount.costs.asked import run_of
from paramcount.costs.conventions import conventions as conventions_of
from paramcount.costs.passes import RECOMPUTE
from paramcount.costs.printed import printed
from paramcount.costs.run import ATTENTION
from paramcount.costs.stated import costed, refuse_training
from paramcount.errors import InputError
from paramcount.quantity import parse_quantity
from paramcount.report.flops import Answer, Asked, flops_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount flops gpt3-175b
  paramcount flops llama-3.1-8b --seq 8192 --batch 4
  paramcount flops llama-3.1-8b --seq 2048 --cached 2047     one token that is decoded
  paramcount flops t5-large --source 512 --seq 128
  paramcount flops gpt3-175b --seq 2048 --tokens 300B --conventions
  paramcount flops gemma-2-9b --seq 8192 --by layer
  paramcount flops llama-3.1-8b gemma-2-9b --seq 8192 --train --recompute full
"""


@click.command("flops", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
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
@click.option("--recompute", type=click.Choice(RECOMPUTE), help="What the backward pass computes again. Default: none.")
@click.option("--tokens", metavar="N", default="", help="Of training, with --train or --conventions: 300B.")
@click.option("--by", type=click.Choice(["component", "layer", "token"]), default="component", help="Rows.")
@click.option(
    "--conventions", is_flag=True, help="Training under every convention, each as a share of the exact figure."
)
@output_options
def command(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    batch: int,
    seq: str,
    source: str,
    cached: int,
    attention: str,
    train: bool,
    recompute: str | None,
    tokens: str,
    by: str,
    conventions: bool,
) -> Report:
    """State what a run multiplies, by component, as a formula and as a number.

    Of a model whose operations are not stated exactly it says so, and guesses nothing. Several models become columns.
    """
    if recompute and not train:
        raise InputError(f"--recompute {recompute}: of training; valid with --train")
    if train and cached:
        raise InputError(f"--cached {cached}: training computes every token; valid without --train")
    if tokens and not (train or conventions):
        raise InputError(f"--tokens {tokens}: of training; valid with --train or --conventions")
    on = parse_quantity(tokens, "tokens") if tokens else None
    asked = Asked(train, recompute or "none", on, by, conventions)
    return flops_report(
        [_answer(model, changes, asked, (seq, batch, source, cached, attention)) for model in models], asked
    )


def _answer(model: str, changes: tuple[str, ...], asked: Asked, options: tuple[str, int, str, int, str]) -> Answer:
    found = locate(model, changes, OF_COSTS)
    spec = changed(model, found, list(changes))
    run = run_of(spec, *options)
    if asked.train or asked.conventions:
        refuse_training(spec)
    cost = costed(spec, run)
    tokens = asked.tokens or run.batch * run.seq
    ways = [*conventions_of(spec, cost, run, tokens), *printed(spec, tokens)] if asked.conventions else []
    return Answer(spec, cost, run, ways, found.checkpoint.nbytes() if found and found.checkpoint else None)
