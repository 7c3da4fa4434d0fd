"""`paramcount scaling`: what scaling laws say of compute, of a size or of tokens; `scaling fit`: a law of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from paramcount.cli import completion
from paramcount.cli.options import output_options
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
Laws:
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
    """Run *command* only where no command of its own follows, which takes none of its options."""

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
                raise InputError(f"scaling {said}: no option of {follows}; valid: paramcount scaling {follows} --help")
        return 0

    return unless_followed


@click.group("scaling", epilog=EPILOG, invoke_without_command=True)
@click.option("--flops", metavar="C", default="", help="Compute: 3.14e23.")
@click.option("--params", metavar="N", default="", help="A size: 175B.")
@click.option("--tokens", metavar="D", default="", help="Tokens: 300B. With --params the run that has both.")
@click.option(
    "--gpu",
    metavar="NAME",
    shell_complete=completion.accelerators,
    default="",
    help="Compute from devices: h100-sxm; needs the next three.",
)
@click.option("--devices", metavar="N", default="", help="How many.")
@click.option("--days", metavar="DAYS", default="", help="For how long.")
@click.option("--mfu", metavar="SHARE", default="", help="At which share of their dense peak: 40%, 0.4.")
@click.option(
    "--law", metavar="LAW", shell_complete=completion.laws, default=EVERY, help=f"One of those below. Default: {EVERY}."
)
@click.option("--strict", is_flag=True, help="Refuse an answer beyond what the law was fitted to.")
@alone
@output_options
def command(
    flops: str, params: str, tokens: str, gpu: str, devices: str, days: str, mfu: str, law: str, strict: bool
) -> Report:
    """State the loss and the best N and D for an amount of compute, under scaling laws with names.

    The other way round, --params and --tokens ask for the compute at which they are best. Each law answers what its
    constants state and no more; they are fits, and what lies beyond their runs is marked.
    """
    found = _hardware(flops, gpu, devices, days, mfu)
    asked = Asked(
        found.flops if found else parse_quantity(flops, "flops") if flops else None,
        parse_quantity(params, "params") if params else None,
        parse_quantity(tokens, "tokens") if tokens else None,
    )
    said = answers(asked, list(LAWS) if law == EVERY else [law])
    if strict:
        refuse_beyond(said, asked.run())
    return scaling_report(asked, said, found)


def _hardware(flops: str, gpu: str, devices: str, days: str, mfu: str) -> Hardware | None:
    if not any((gpu, devices, days, mfu)):
        return None
    if flops:
        raise InputError(f"--flops {flops} with --gpu {gpu or '…'}: compute is given twice; valid: one of the two")
    return hardware(gpu, devices, days, mfu)


@command.command("fit")
@click.argument("file", metavar="FILE.csv", type=click.Path())
@click.option("--resamples", metavar="N", type=int, help="Of the runs, for the intervals. Default: 400.")
@output_options
def fit_command(file: str, resamples: int | None) -> Report:
    """Fit L(N, D) = E + A/N^alpha + B/D^beta to training runs.

    \b
    FILE.csv has a row a run: the column loss (nats a token), and two of n_params, tokens, flops.
    Needs scipy: pip install 'paramcount[fit]'.
    """
    need("scaling fit", "scipy")
    import os

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for arrays this small, threads only wait for each other
    from paramcount.report.scaling_fit import fitted_report
    from paramcount.scaling.fit import RESAMPLES, fit
    from paramcount.scaling.runs import read_runs

    return fitted_report(fit(read_runs(file), RESAMPLES if resamples is None else resamples), os.path.basename(file))
