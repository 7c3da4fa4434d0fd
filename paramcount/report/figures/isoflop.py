"""`plot isoflop`: loss against size at equal compute by one law, and the best size by every law."""

from __future__ import annotations

from math import log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from paramcount.report.figures.placing import fit as place_plot
from paramcount.report.figures.placing import high
from paramcount.report.figures.scaling import losing, power_of_ten
from paramcount.report.figures.style import GREY, TEXT, blank, broken, entitle, legend, narrow, rounded, wide
from paramcount.report.palette import AGREES, DISAGREES, EXPLAINED
from paramcount.scaling.frontier import FLOPS_PER_PARAM, Run
from paramcount.scaling.laws import LAWS, Fit, fits

BUDGETS = tuple(10.0**power for power in range(18, 26))  # FLOPs
REACH = 30  # times the best size, up and down
SHAPE = 0.55  # the plot's height over the figure's width
TICK = 0.75  # inches from a tick to the next, at least
MARKS = {
    "kaplan": ("s", GREY),
    "chinchilla-1": ("^", EXPLAINED),
    "chinchilla-2": ("v", EXPLAINED),
    "chinchilla-3": ("D", DISAGREES),
    "refit-2024": ("o", AGREES),
}


def figure(law: str) -> Figure:
    fit = losing(law)
    drawn = blank()
    axes = drawn.add_subplot()
    for flops in BUDGETS:
        _curve(axes, fit, flops)
    for name in LAWS:
        _best(axes, fit, name)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=int(wide() / TICK)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: rounded(round(size))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(right=axes.get_xlim()[1] * 2)  # the name of the last curve stands behind it
    axes.set_xlabel(broken(f"parameters, N ({fit.counts}, as {law} counts them)", wide() - 1))
    axes.set_ylabel(f"loss by {law} (nats per token)")
    axes.grid(axis="y", linewidth=0.3)
    entitle(drawn, "Loss at equal compute, by size", [])
    note = "Curves: equal compute in FLOPs. Marks: the best size for it by each law. N of kaplan is without embeddings."
    legend(drawn, axes.get_legend_handles_labels()[0], 5, note)
    place_plot(drawn, axes, high(SHAPE))
    return drawn


def _curve(axes: Axes, fit: Fit, flops: float) -> None:
    """Draw the loss of each size at that compute."""
    best = fit.frontier.at_flops(flops).n_params
    sizes = np.geomspace(best / REACH, best * REACH, 120)
    losses = [_loss(fit, Run(float(size), flops / (FLOPS_PER_PARAM * float(size)))) for size in sizes]
    axes.plot(sizes, losses, color=GREY, linewidth=0.7, zorder=1)
    if narrow() and round(log10(flops)) % 2:
        return  # not every curve has room for its name
    axes.annotate(
        power_of_ten(flops), (sizes[-1], losses[-1]), (1, 3), textcoords="offset points", ha="center", va="bottom",
        fontsize=TEXT, color=GREY,
    )  # fmt: skip


def _best(axes: Axes, fit: Fit, law: str) -> None:
    """Mark the best size by *law* on each curve."""
    runs = [fits(law)[0].frontier.at_flops(flops) for flops in BUDGETS]
    mark, shade = MARKS[law]
    points = [(run.n_params, _loss(fit, run)) for run in runs]
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, mark, color=shade, markerfacecolor="none", markersize=5, linestyle=":", linewidth=0.6, label=law)


def _loss(fit: Fit, run: Run) -> float:
    return fit.loss(run) if fit.loss else 0.0
