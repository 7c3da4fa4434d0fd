"""`paramcount train MODEL`: what training takes, in FLOPs, time, energy and money."""

from __future__ import annotations

from typing import Any

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import OF_COSTS, Spec
from paramcount.cli import completion
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.costs.training import train
from paramcount.errors import InputError
from paramcount.report.rows import Report
from paramcount.report.train import train_report

EPILOG = """\b
Examples:
  paramcount train gpt3-175b --tokens 300B
  paramcount train gpt3-175b --tokens 300B --gpu v100 --tflops 28 --price 1.50
  paramcount train gpt3-175b --tokens 300B --gpu a100-80gb --devices 1024 --days 34
  paramcount train llama-2-70b --tokens 2T --gpu h100-sxm --like llama-2-70b --days 30
  paramcount train gpt3-xl --steps 100K --batch-tokens 1M --gpu v100 --gpu a100-80gb --mfu 40%
  paramcount train --flops 3.14e23 --tflops 28 --price 1.50
"""


@click.command("train", epilog=EPILOG)
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@set_option
@click.option("--tokens", metavar="D", help="Tokens it is trained on: 300B.")
@click.option("--steps", metavar="S", help="Steps, with --batch-tokens in place of --tokens: C = 6·N·B·S.")
@click.option("--batch-tokens", metavar="B", help="Tokens of a batch: 3.2M.")
@click.option("--flops", metavar="C", help="FLOPs as a source prints them, in place of MODEL and its tokens.")
@click.option("--seq", metavar="T", help="Tokens of a sequence, for the exact figure. Default: the model's n_ctx.")
@click.option("--exact", "exactly", is_flag=True, help="Time and money from the exact FLOPs, not from 6·N·D.")
@click.option(
    "--gpu",
    "gpus",
    metavar="NAME",
    shell_complete=completion.accelerators,
    multiple=True,
    help="v100, a100-80gb, h100-sxm, …; repeat for more.",
)
@click.option("--gpu-file", metavar="FILE", type=click.Path(), help="Devices of your own, as tables/accelerators.csv.")
@click.option("--devices", metavar="N", help="How many devices.")
@click.option("--mfu", metavar="SHARE", help="What a device achieves of its peak: 40% or 0.4.")
@click.option("--tflops", metavar="X", help="The same in 10^12 FLOP/s.")
@click.option(
    "--like", metavar="RUN", shell_complete=completion.runs, help="The same as a published run achieved: llama-2-70b."
)
@click.option("--days", metavar="T", help="From start to end.")
@click.option("--price", metavar="USD", help="Of a device for an hour. There is no default.")
@click.option("--power", metavar="W", help="Of a device. Default: its TDP.")
@click.option("--pue", metavar="X", help="Power of the building over that of its computers: 1.1.")
@click.option("--carbon", metavar="KG", help="kg CO2 a kWh: 0.4.")
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], gpus: tuple[str, ...], **asked: Any) -> Report:
    """State what training takes: FLOPs, PF-days, device-hours, energy, CO2 and money, each with its formula.

    Of devices, days and what a device achieves give two, and the third is found; what a device achieves alone gives
    device-hours. Nothing is taken for a price or a utilisation that is not given.
    """
    if changes and not models:
        raise InputError(f"--set {changes[0]}: no model that it changes; valid: MODEL --set {changes[0]}")
    specs: list[Spec | None] = [resolve(model, changes, OF_COSTS) for model in models]
    return train_report([train(spec, gpu=gpu, **asked) for spec in specs or [None] for gpu in gpus or (None,)])
