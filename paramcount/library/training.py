"""What training takes and what scaling laws say, as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from paramcount.catalog.from_config import of_costs
from paramcount.extras import need
from paramcount.library.loading import spec_named
from paramcount.scaling.fit import RESAMPLES

if TYPE_CHECKING:
    from paramcount.costs.training.question import Asked
    from paramcount.costs.training.result import Training
    from paramcount.library.loading import Named
    from paramcount.scaling.ask import Answer
    from paramcount.scaling.fit import Fitted

    Number = int | float | str


def train(
    model: Named | None = None,
    *,
    tokens: Asked = None,
    steps: Asked = None,
    batch_tokens: Asked = None,
    flops: Asked = None,
    seq: Asked = None,
    exactly: bool = False,
    gpu: str | None = None,
    gpu_file: str | None = None,
    devices: Asked = None,
    mfu: Asked = None,
    tflops: Asked = None,
    like: str | None = None,
    days: Asked = None,
    price: Asked = None,
    power: Asked = None,
    pue: Asked = None,
    carbon: Asked = None,
) -> Training:
    """What training *model* takes, in fractions: FLOPs, days, device-hours, energy, CO2, money.

    The options are those of `paramcount train`, as numbers or as text: tokens="300B", gpu="v100", tflops=28; see
    paramcount.costs.training.question.train. Without a model, flops=3.14e23 stands in its place. Raises
    paramcount.errors.InputError on what contradicts itself, and on what leaves the answer open.

    >>> round(train("gpt3-175b", tokens="300B", gpu="v100", tflops=28).device_hours)
    3117933
    """
    asked = {name: value for name, value in locals().items() if name != "model"}
    from paramcount.costs import training

    return training.train(None if model is None else of_costs(spec_named(model)), **asked)


def ask_laws(
    *,
    flops: Number | None = None,
    params: Number | None = None,
    tokens: Number | None = None,
    gpu: str | None = None,
    devices: Number | None = None,
    days: Number | None = None,
    mfu: Number | None = None,
    law: str | None = None,
    strict: bool = False,
) -> list[Answer]:
    """What scaling laws answer to compute in FLOPs, a size or tokens, or to a run that has two of these.

    All laws, or *law* alone, an answer for each set of constants; see paramcount.scaling.ask.Answer. Compute may be
    that of *devices* of a *gpu* for *days* at the share *mfu* of its peak. *strict* refuses an answer beyond the runs
    that a law was fitted to. Raises paramcount.errors.InputError on an unknown law, on what is not positive, and where
    none or all three are given.

    >>> answer = ask_laws(flops="1e24", law="refit-2024")[0]
    >>> f"{answer.run.n_params:.3g} parameters, {answer.run.tokens:.3g} tokens"
    '9.59e+10 parameters, 1.74e+12 tokens'
    """
    from paramcount.errors import InputError
    from paramcount.scaling.ask import Asked, answers, refuse_beyond
    from paramcount.scaling.hardware import hardware
    from paramcount.scaling.laws import LAWS

    of_devices = ["" if one is None else str(one) for one in (gpu, devices, days, mfu)]
    if any(of_devices):
        if flops is not None:
            raise InputError(f"flops = {flops} with gpu = {gpu}: compute is given twice; valid: one of the two")
        flops = hardware(*of_devices).flops
    asked = Asked(_amount(flops, "flops"), _amount(params, "params"), _amount(tokens, "tokens"))
    found = answers(asked, list(LAWS) if law is None else [law])
    if strict:
        refuse_beyond(found, asked.run())
    return found


def fit_law(runs: str | PathLike[str] | Sequence[Mapping[str, float]], *, resamples: int = RESAMPLES) -> Fitted:
    """L(N, D) = E + A/N^α + B/D^β fitted to *runs*: a CSV file, or mappings with `loss` and two of its other columns.

    The columns are loss (nats a token) and two of n_params, tokens, flops. *resamples* of the runs give the intervals.
    Raises paramcount.errors.InputError on runs too few or too alike; MissingLibraryError without scipy.
    """
    need("fit_law", "scipy")
    from paramcount.scaling.fit import fit
    from paramcount.scaling.runs import measured, read_runs

    return fit(read_runs(fspath(runs)) if isinstance(runs, str | PathLike) else measured(runs), resamples)


def _amount(value: Number | None, what: str) -> float | None:
    from paramcount.quantity import whole_number

    return float(whole_number(value, what)) if isinstance(value, str) else value
