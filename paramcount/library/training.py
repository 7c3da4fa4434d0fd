"""Training and scaling laws as Python functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from paramcount.arguments import checked
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


@checked
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
    """What it takes to train *model*: FLOPs, device-hours, days, energy, CO2 and money, as exact fractions.

    The options are those of `paramcount train`, as numbers or text: tokens="300B", gpu="v100", tflops=28, mfu=0.4,
    days=30, price=1.50 (dollars per device-hour), power=700 (watts), carbon=0.4 (kg CO2 per kWh). flops=3.14e23
    replaces the model. Raises paramcount.errors.InputError on options that contradict each other or leave the answer
    open.

    >>> round(train("gpt3-175b", tokens="300B", gpu="v100", tflops=28).device_hours)
    3117933
    """
    asked = {name: value for name, value in locals().items() if name != "model"}
    from paramcount.costs import training

    return training.train(None if model is None else of_costs(spec_named(model)), **asked)


@checked
def ask_laws(
    *,
    flops: int | float | str | None = None,
    params: int | float | str | None = None,
    tokens: int | float | str | None = None,
    gpu: str | None = None,
    devices: int | float | str | None = None,
    days: int | float | str | None = None,
    mfu: int | float | str | None = None,
    law: str | None = None,
    strict: bool = False,
) -> list[Answer]:
    """The best run under each scaling law, for one of compute (FLOPs), parameters and tokens; or the loss, for two.

    Compute may also be that of *devices* of a *gpu* for *days* at *mfu*, a share of their peak. *strict* refuses
    answers outside the range that a law was fitted to. The result has one answer for each published set of constants,
    of every law or of *law* alone: its `run` (`n_params`, `tokens`), its `loss` in nats per token (None if the law has
    none), and in `beyond` how far it is outside that range. Raises paramcount.errors.InputError on an unknown law, on
    values that are not positive, and if none or all three are given.

    >>> [answer] = ask_laws(flops=1e21, law="refit-2024")
    >>> round(answer.run.n_params / 1e9, 2), round(answer.run.tokens / 1e9)
    (2.78, 60)
    """
    from paramcount.errors import InputError
    from paramcount.scaling.ask import Asked, answers, refuse_beyond
    from paramcount.scaling.hardware import hardware
    from paramcount.scaling.laws import LAWS

    of_devices = ["" if one is None else str(one) for one in (gpu, devices, days, mfu)]
    if any(of_devices):
        if flops is not None:
            raise InputError(f"flops = {flops} with gpu = {gpu}: two amounts of compute; valid: one of them")
        flops = hardware(*of_devices).flops
    asked = Asked(_amount(flops, "flops"), _amount(params, "params"), _amount(tokens, "tokens"))
    found = answers(asked, list(LAWS) if law is None else [law])
    if strict:
        refuse_beyond(found, asked.run())
    return found


@checked
def fit_law(runs: str | PathLike[str] | Sequence[Mapping[str, float]], *, resamples: int = RESAMPLES) -> Fitted:
    """Fit L(N, D) = E + A/N^α + B/D^β to *runs*: a CSV file, or mappings from column names to numbers.

    The columns are `loss`, in nats per token, and two of `n_params`, `tokens` and `flops`. `resamples=` sets how often
    the runs are resampled for the intervals. The result has `law`, `intervals`, `errors` and `warnings`. Raises
    paramcount.errors.InputError on a column or value that is wrong, and on runs too few or too alike to fit;
    MissingLibraryError without scipy.

    >>> runs = [
    ...     {"n_params": n, "tokens": d, "loss": 1.8 + 480 / n**0.35 + 2100 / d**0.37}
    ...     for n in (1e8, 3e8, 1e9, 3e9) for d in (2e9, 1e10, 5e10)
    ... ]
    >>> round(fit_law(runs, resamples=3).law.alpha, 2)
    0.35
    """
    need("fit_law", "scipy")
    from paramcount.scaling.fit import fit
    from paramcount.scaling.runs import measured, read_runs

    return fit(read_runs(fspath(runs)) if isinstance(runs, str | PathLike) else measured(runs), resamples)


def _amount(value: int | float | str | None, what: str) -> float | None:
    from paramcount.quantity import quantity_of

    return float(quantity_of(value, what)) if isinstance(value, str) else value
