"""`paramcount scaling`: the answers of published scaling laws; `scaling fit`: a law fitted to your own runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from paramcount.cli import completion
from paramcount.cli.options import output_options
from paramcount.cli.values import Whole
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.quantity import parse_quantity
from paramcount.report.rows import Report
from paramcount.report.scaling import scaling_report
from paramcount.scaling.ask import Asked, answers, refuse_beyond
from paramcount.scaling.hardware import Hardware, hardware
from paramcount.scaling.laws import LAWS

EVERY = "all"
LAW_LINES = "\n".join(f"  {name:14}{law.title}; N: {law.counts}" for name, law in LAWS.items())
EPILOG = f"""\b
Laws, and which parameters N counts:
{LAW_LINES}

\b
Examples:
  paramcount scaling --flops 3.14e23
  paramcount scaling --params 175B --tokens 300B
  paramcount scaling --tokens 15T --law chinchilla-3
  paramcount scaling --gpu h100-sxm --devices 64 --days 30 --mfu 40%
  paramcount scaling fit runs.csv
"""


def alone(command: Callable[..., int]) -> Callable[..., int]:
    """Run *command* only if no subcommand follows, and refuse its options before one."""

    @wraps(command)
    def unless_followed(**given: Any) -> int:
        context = click.get_current_context()
        follows = context.invoked_subcommand
        if follows is None:
            return command(**given)
        source = click.core.ParameterSource.COMMANDLINE
        for name in given:
            if context.get_parameter_source(name) == source:
                said = f"--{name.replace('_', '-')} before {follows}"
                raise InputError(
                    f"scaling {said}: not an option of {follows}; `paramcount scaling {follows} --help` lists them"
                )
        return 0

    return unless_followed


@click.group("scaling", epilog=EPILOG, invoke_without_command=True)
@click.option("--flops", metavar="C", default="", help="Training compute in FLOPs: 3.14e23.")
@click.option("--params", metavar="N", default="", help="Model size: 175B.")
@click.option("--tokens", metavar="D", default="", help="Training tokens: 300B. With --params, describes one run.")
@click.option(
    "--gpu",
    metavar="NAME",
    shell_complete=completion.accelerators,
    default="",
    help="Compute from hardware: the device, e.g. h100-sxm. Needs --devices, --days and --mfu.",
)
@click.option("--devices", metavar="N", default="", help="Number of devices.")
@click.option("--days", metavar="DAYS", default="", help="Days of training.")
@click.option("--mfu", metavar="SHARE", default="", help="Share of the devices' dense peak achieved: 40% or 0.4.")
@click.option(
    "--law", metavar="LAW", shell_complete=completion.laws, default=EVERY, help=f"A law listed below. Default: {EVERY}."
)
@click.option("--strict", is_flag=True, help="Refuse answers outside the range the law was fitted to.")
@alone
@output_options
def command(
    flops: str, params: str, tokens: str, gpu: str, devices: str, days: str, mfu: str, law: str, strict: bool
) -> Report:
    """Compute the loss and the optimal size N and tokens D for a compute budget, under published scaling laws.

    With --params or --tokens instead, compute the budget at which that size or number of tokens is optimal. Each law
    answers only what its constants determine. The laws are fits; answers outside their fitted range are marked.
    """
    found = _hardware(flops, gpu, devices, days, mfu)
    asked = Asked(
        found.flops if found else parse_quantity(flops, "--flops") if flops else None,
        parse_quantity(params, "--params") if params else None,
        parse_quantity(tokens, "--tokens") if tokens else None,
    )
    said = answers(asked, list(LAWS) if law == EVERY else [law])
    if strict:
        refuse_beyond(said, asked.run())
    return scaling_report(asked, said, found)


def _hardware(flops: str, gpu: str, devices: str, days: str, mfu: str) -> Hardware | None:
    if not any((gpu, devices, days, mfu)):
        return None
    if flops:
        given = f"--gpu {gpu}" if gpu else "--devices, --days and --mfu"
        raise InputError(f"--flops {flops} with {given}: compute is given twice; valid: one of the two")
    return hardware(gpu, devices, days, mfu)


@command.command("fit")
@click.argument("file", metavar="FILE.csv", type=click.Path())
@click.option("--resamples", metavar="N", type=Whole(2), help="Resamples of the runs for the intervals. Default: 400.")
@output_options
def fit_command(file: str, resamples: int | None) -> Report:
    """Fit L(N, D) = E + A/N^alpha + B/D^beta to training runs.

    FILE.csv has one row per run, with a column loss (nats per token) and two of n_params, tokens and flops. Needs
    scipy: pip install 'paramcount[fit]'.
    """
    need("scaling fit", "scipy")
    import os

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on arrays this small, threads only slow each other down
    from paramcount.report.scaling_fit import fitted_report
    from paramcount.scaling.fit import RESAMPLES, fit
    from paramcount.scaling.runs import read_runs

    return fitted_report(fit(read_runs(file), RESAMPLES if resamples is None else resamples), os.path.basename(file))
