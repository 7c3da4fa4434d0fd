"""Fitting a scaling law to one's own runs: L(N, D) = E + A/N^α + B/D^β, as in approach 3 of Hoffmann et al. 2022."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from paramcount.errors import InputError
from paramcount.quantity import short
from paramcount.scaling.frontier import Frontier, Parametric, Run
from paramcount.scaling.runs import Measured

if TYPE_CHECKING:
    from paramcount.scaling.descent import Array, Points

SYMBOLS = ("E", "A", "B", "alpha", "beta")
POWER = "a"  # of N_opt ∝ C^a, as Hoffmann et al. write it
RESAMPLES = 400
MOST_RESAMPLES = 100_000
PERCENTILES = (10, 90)  # as in their Table 2
FEWEST_RUNS = 6  # one more than there are constants
FEWEST_VALUES = 3  # of N, and of D: a factor, a power and a constant
TOGETHER = 0.98  # correlation of log N and log D above which their effects can't be separated
LOOSE = 0.5  # width of an interval relative to the value above which the runs don't determine it
LOOSE_POWER = 0.1  # the same for the frontier's power, absolute
FLAT = 0.05  # powers below this make no frontier
AS_GOOD = 1.001  # another minimum is as good if its loss is at most this many times the lowest


class Fitted(NamedTuple):
    """The *law* fitted to *runs*, with *intervals* and *errors* of its constants and of the frontier's power `a`.

    An interval is from the 10th to the 90th percentile over *resamples* of the runs, an error their standard deviation.
    *residual* is the root mean square of log L̂ − log L. *warnings* say what the runs do not determine.
    """

    law: Parametric
    runs: Sequence[Measured]
    intervals: dict[str, tuple[float, float]]
    errors: dict[str, float]
    resamples: int
    residual: float
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        values = ", ".join(f"{symbol}={value:.4g}" for symbol, value in self.values().items())
        return f"<law fitted to {len(self.runs)} runs: {values}>"

    @property
    def frontier(self) -> Frontier | None:
        """The frontier of lowest fitted loss for a given compute; None if the loss hardly falls with N or with D."""
        return self.law.frontier() if min(self.law.alpha, self.law.beta) > FLAT else None

    def values(self) -> dict[str, float]:
        """The constants by symbol, and the frontier's power."""
        law = self.law
        return {**dict(zip(SYMBOLS, law, strict=True)), POWER: law.beta / (law.alpha + law.beta)}


def fit(runs: Sequence[Measured], resamples: int = RESAMPLES) -> Fitted:
    """Fit L(N, D) to *runs*; raises InputError if they are too few or too alike, or if scipy is missing."""
    from paramcount.scaling.descent import minima, resampled

    _check(runs, resamples)
    points, means = _centred(runs)
    best, *others = minima(points, means)
    law = _law(best.at, means)
    laws = [_law(at, means) for at in resampled(best, points, resamples)]
    samples = {symbol: [law[place] for law in laws] for place, symbol in enumerate(SYMBOLS)}
    samples[POWER] = [law.beta / (law.alpha + law.beta) for law in laws]
    found = Fitted(
        law,
        runs,
        {symbol: _interval(values) for symbol, values in samples.items()},
        {symbol: _deviation(values) for symbol, values in samples.items()},
        resamples,
        _residual(law, runs),
    )
    as_good = [_law(other.at, means) for other in others if other.loss <= AS_GOOD * best.loss]
    return found._replace(warnings=tuple(_warnings(found, points, as_good)))


def _check(runs: Sequence[Measured], resamples: int) -> None:
    if len(runs) < FEWEST_RUNS:
        raise InputError(f"{len(runs)} runs are too few to fit five constants; valid: {FEWEST_RUNS} runs or more")
    for name, values in (("N", {run.n_params for run, _ in runs}), ("D", {run.tokens for run, _ in runs})):
        if len(values) < FEWEST_VALUES:
            said = f"the runs have only {len(values)} value{'s' * (len(values) > 1)} of {name}"
            raise InputError(f"{said}, too few to fit a power; valid: {FEWEST_VALUES} or more")
    if not 2 <= resamples <= MOST_RESAMPLES:
        raise InputError(f"resamples = {resamples}: out of range; valid: from 2 to {MOST_RESAMPLES:,}")


def _centred(runs: Sequence[Measured]) -> tuple[Points, tuple[float, float]]:
    import numpy as np

    from paramcount.scaling.descent import Points

    x, y, z = np.log(np.array([(run.n_params, run.tokens, loss) for run, loss in runs], dtype=float)).T
    return Points(x - x.mean(), y - y.mean(), z), (float(x.mean()), float(y.mean()))


def _law(at: Array, means: tuple[float, float]) -> Parametric:
    a, b, e, alpha, beta = map(float, at)
    return Parametric(exp(e), exp(a + alpha * means[0]), exp(b + beta * means[1]), alpha, beta)


def _interval(values: list[float]) -> tuple[float, float]:
    import numpy as np

    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)


def _deviation(values: list[float]) -> float:
    import numpy as np

    return float(np.std(values, ddof=1))


def _residual(law: Parametric, runs: Sequence[Measured]) -> float:
    import numpy as np

    off = np.log([law.loss(run) / loss for run, loss in runs])
    return float(np.sqrt(np.mean(off * off)))


def _warnings(found: Fitted, points: Points, others: list[Parametric]) -> Iterator[str]:
    """Warnings on what the runs do not determine, one per line."""
    import numpy as np

    values = found.values()
    together = float(np.corrcoef(points.x, points.y)[0, 1])
    if abs(together) > TOGETHER:
        yield f"N and D change together (correlation of logs {together:.3f}), so A/N^α and B/D^β can't be separated."
    for symbol in ("E", "alpha", "beta"):
        low, high = found.intervals[symbol]
        if high - low > LOOSE * values[symbol]:
            yield f"The runs do not determine {symbol}: 80 % of the resamples give {low:.3g} to {high:.3g}."
    low, high = found.intervals[POWER]
    if high - low > LOOSE_POWER:
        yield f"The runs do not determine how N_opt grows: 80 % of the resamples give C^{low:.2f} to C^{high:.2f}."
    if any(abs(other.alpha - found.law.alpha) > LOOSE_POWER * abs(found.law.alpha) for other in others):
        yield "Other constants fit as well: from other starting points the fit ends elsewhere with the same loss."
    if found.frontier:
        yield from _outside(found, found.frontier)


def _outside(found: Fitted, frontier: Frontier) -> Iterator[str]:
    """A warning if the frontier lies outside the runs, at the compute of the median run."""
    runs = sorted((run for run, _ in found.runs), key=lambda run: run.flops)
    middle: Run = runs[len(runs) // 2]
    best = frontier.at_flops(middle.flops)
    for name, value, seen in (
        ("N", best.n_params, [run.n_params for run in runs]),
        ("D", best.tokens, [run.tokens for run in runs]),
    ):
        if not min(seen) <= value <= max(seen):
            yield (
                f"The frontier lies outside the runs: at {middle.flops:.2g} FLOPs {name} = {short(round(value))}, "
                f"but theirs range from {short(round(min(seen)))} to {short(round(max(seen)))}."
            )
