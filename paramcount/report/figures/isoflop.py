"""`plot isoflop`: the loss against size at equal compute, by one law, and the sizes that the laws hold best."""

from __future__ import annotations

from math import log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from paramcount.quantity import short
from paramcount.report.figures.scaling import losing, power_of_ten
from paramcount.report.figures.style import GREY, SMALL, blank, broken, entitle, legend, narrow, wide
from paramcount.report.palette import AGREES, DISAGREES, EXPLAINED
from paramcount.scaling.frontier import FLOPS_PER_PARAM, Run
from paramcount.scaling.laws import LAWS, Fit, fits

BUDGETS = tuple(10.0**power for power in range(18, 26))  # FLOPs
REACH = 30  # times the best size, up and down
MARKS = {
    "kaplan": ("s", GREY),
    "chinchilla-1": ("^", EXPLAINED),
    "chinchilla-2": ("v", EXPLAINED),
    "chinchilla-3": ("D", DISAGREES),
    "refit-2024": ("o", AGREES),
}


def figure(law: str) -> Figure:
    fit = losing(law)
    drawn = blank(wide(), 5.0)
    axes = drawn.add_subplot()
    for flops in BUDGETS:
        _curve(axes, fit, flops)
    for name in LAWS:
        _best(axes, fit, name)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: short(round(size)).replace(".00", "")))
    axes.set_xlabel(broken(f"N, parameters ({fit.counts}, as {law} counts them)", wide() - 1))
    axes.set_ylabel(f"loss by {law} (nats a token)")
    axes.grid(axis="y", linewidth=0.3)
    entitle(drawn, "Equal compute, from small models on many tokens to large ones on few", [])
    note = "Marks: the size that each law holds best for that compute. kaplan's N leaves out embeddings."
    legend(drawn, axes.get_legend_handles_labels()[0], 5, note)
    return drawn


def _curve(axes: Axes, fit: Fit, flops: float) -> None:
    """Draw the loss of every size at that compute."""
    best = fit.frontier.at_flops(flops).n_params
    sizes = np.geomspace(best / REACH, best * REACH, 120)
    losses = [_loss(fit, Run(float(size), flops / (FLOPS_PER_PARAM * float(size)))) for size in sizes]
    axes.plot(sizes, losses, color=GREY, linewidth=0.7, zorder=1)
    if narrow() and round(log10(flops)) % 2:
        return  # no room for every one
    axes.annotate(
        power_of_ten(flops), (sizes[0], losses[0]), (0, 3), textcoords="offset points", ha="center",
        fontsize=SMALL, color=GREY,
    )  # fmt: skip


def _best(axes: Axes, fit: Fit, law: str) -> None:
    """Mark, on each curve, the size that *law* holds best."""
    runs = [fits(law)[0].frontier.at_flops(flops) for flops in BUDGETS]
    mark, shade = MARKS[law]
    points = [(run.n_params, _loss(fit, run)) for run in runs]
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, mark, color=shade, markerfacecolor="none", markersize=5, linestyle=":", linewidth=0.6, label=law)


def _loss(fit: Fit, run: Run) -> float:
    return fit.loss(run) if fit.loss else 0.0
