"""`paramcount flops MODEL…`: the FLOPs of a forward or training pass."""

from __future__ import annotations

import click

from paramcount.catalog.locate import changed, locate
from paramcount.catalog.spec import OF_COSTS, Spec
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option, tokens_of
from paramcount.cli.values import Choice, Whole
from paramcount.costs.asked import run_of
from paramcount.costs.conventions import conventions as conventions_of
from paramcount.costs.passes import RECOMPUTE
from paramcount.costs.printed import printed
from paramcount.costs.run import ATTENTION, Run
from paramcount.costs.stated import costed, refuse_training
from paramcount.errors import InputError
from paramcount.quantity import parse_quantity
from paramcount.report.flops import Answer, Asked, flops_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount flops gpt3-175b
  paramcount flops llama-3.1-8b --seq 8192 --batch 4
  paramcount flops llama-3.1-8b --seq 2048 --cached 2047     decoding one token
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
    "--cached", metavar="C", type=Whole(0), default=0, help="Tokens of each sequence already in the cache. Default: 0."
)
@click.option(
    "--attention",
    type=Choice(ATTENTION),
    default="needed",
    help="Count only the pairs the mask allows (needed, the default) or all pairs that plain code computes.",
)
@click.option("--train", is_flag=True, help="Forward and backward pass: three times the forward pass.")
@click.option("--recompute", type=Choice(RECOMPUTE), help="What the backward pass recomputes. Default: none.")
@click.option("--tokens", metavar="N", default="", help="Training tokens, for --train or --conventions: 300B.")
@click.option("--by", type=Choice(["component", "layer", "token"]), default="component",
              help="One row per component (the default), layer or token.")  # fmt: skip
@click.option(
    "--conventions", is_flag=True, help="Training FLOPs by every convention, each as a share of the exact figure."
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
    """Count the FLOPs of a forward or training pass, by component.

    Each component has its formula and its number. Refuses a model whose FLOPs it can't count exactly. Several models
    are shown side by side.
    """
    if recompute and not train:
        raise InputError(f"--recompute {recompute}: only applies to training; valid: with --train")
    if train and cached:
        raise InputError(f"--cached {cached}: training computes every token; valid: without --train")
    if tokens and not (train or conventions):
        raise InputError(f"--tokens {tokens}: only applies to training; valid: with --train or --conventions")
    on = parse_quantity(tokens, "--tokens") if tokens else None
    asked = Asked(train, recompute or "none", on, by, conventions)
    length, read = tokens_of("--seq", seq), tokens_of("--source", source)

    def answer(model: str) -> Answer:
        found = locate(model, changes, OF_COSTS)
        spec = changed(model, found, list(changes))
        run = run_of(spec, length, batch, read, cached, attention)
        return _answer(spec, run, asked, found.checkpoint.nbytes() if found and found.checkpoint else None)

    return flops_report([answer(model) for model in models], asked)


def _answer(spec: Spec, run: Run, asked: Asked, stores: int | None) -> Answer:
    if asked.train or asked.conventions:
        refuse_training(spec)
    cost = costed(spec, run)
    tokens = asked.tokens or run.batch * run.seq
    ways = [*conventions_of(spec, cost, run, tokens), *printed(spec, tokens)] if asked.conventions else []
    return Answer(spec, cost, run, ways, stores)
