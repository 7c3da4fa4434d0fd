"""`paramcount train MODEL…`: the FLOPs, time, energy and money that training takes."""

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
@click.option("--tokens", metavar="D", help="Training tokens: 300B.")
@click.option("--steps", metavar="S", help="Training steps; with --batch-tokens, replaces --tokens: C = 6·N·B·S.")
@click.option("--batch-tokens", metavar="B", help="Tokens per batch: 3.2M.")
@click.option("--flops", metavar="C", help="Published training FLOPs, instead of MODEL and its tokens: 3.14e23.")
@click.option("--seq", metavar="T", help="Tokens per sequence, for the exact FLOPs. Default: the model's n_ctx.")
@click.option("--exact", "exactly", is_flag=True, help="Base time and money on the exact FLOPs instead of 6·N·D.")
@click.option(
    "--gpu",
    "gpus",
    metavar="NAME",
    shell_complete=completion.accelerators,
    multiple=True,
    help="The device: v100, a100-80gb, h100-sxm, … Repeatable.",
)
@click.option("--gpu-file", metavar="FILE", type=click.Path(),
              help="A CSV file of your own devices, with the columns of tables/accelerators.csv.")  # fmt: skip
@click.option("--devices", metavar="N", help="Number of devices.")
@click.option("--mfu", metavar="SHARE", help="Utilisation: the share of a device's peak FLOP/s achieved, 40% or 0.4.")
@click.option("--tflops", metavar="X", help="Utilisation as TFLOP/s achieved per device: 28.")
@click.option("--like", metavar="RUN", shell_complete=completion.runs,
              help="Utilisation of a published run: llama-2-70b.")  # fmt: skip
@click.option("--days", metavar="T", help="Days from start to end.")
@click.option("--price", metavar="USD", help="Dollars per device-hour. No default.")
@click.option("--power", metavar="W", help="Watts per device. Default: its TDP.")
@click.option("--pue", metavar="X", help="Power usage effectiveness: the building's power over its computers': 1.1.")
@click.option("--carbon", metavar="KG", help="kg of CO2 per kWh: 0.4.")
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], gpus: tuple[str, ...], **asked: Any) -> Report:
    """Compute what training takes: FLOPs, PF-days, device-hours, energy, CO2 and money, each with its formula.

    Give two of --devices, --days and the utilisation (--mfu, --tflops or --like) to find the third; the utilisation
    alone gives device-hours. Prices and utilisation have no defaults: they must be given.
    """
    if changes and not models:
        raise InputError(f"--set {changes[0]}: no model to change; valid: paramcount train MODEL --set {changes[0]}")
    specs: list[Spec | None] = [resolve(model, changes, OF_COSTS) for model in models]
    return train_report([train(spec, gpu=gpu, **asked) for spec in specs or [None] for gpu in gpus or (None,)])
