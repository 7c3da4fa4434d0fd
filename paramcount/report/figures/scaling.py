"""`plot scaling`: loss against compute: the frontiers of scaling laws, and published runs by one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import Bbox

from paramcount.errors import InputError
from paramcount.report.figures.labels import Array, Point, place
from paramcount.report.figures.placing import fit as place_plot
from paramcount.report.figures.placing import high
from paramcount.report.figures.style import blank, entitle, legend, wide
from paramcount.report.palette import DISAGREES, EXPLAINED
from paramcount.scaling.laws import LAWS, Fit, fits
from paramcount.scaling.published import Published, published

COMPUTE = (1e19, 1e25)  # FLOPs that are drawn
SHADES = {"kaplan": "#A9A9A9", "chinchilla-3": DISAGREES, "refit-2024": "#00446B"}  # 169, 119 and 52 of 255 in grey
STEPS = 200
SHAPE = 0.5  # the plot's height over the figure's width
TICK = 0.45  # inches from a tick to the next, at least


def losing(law: str) -> Fit:
    """The fit of *law* that gives the loss of any run; raises InputError where there is none."""
    if law not in LAWS:
        raise InputError(f"--law {law}: no such law; valid: {', '.join(SHADES)}")
    found = fits(law)[0]
    if found.loss is None or law not in SHADES:
        raise InputError(f"--law {law}: gives no losses; valid: {', '.join(SHADES)}")
    return found


def figure(law: str) -> Figure:
    fit = losing(law)
    drawn = blank()
    axes = drawn.add_subplot()
    lines = [_frontier(axes, name) for name in SHADES]
    runs = [run for run in published() if run.run.flops < COMPUTE[1]]
    xs, ys = zip(*(_at(fit, run) for run in runs), strict=True)
    axes.plot(xs, ys, "o", color=EXPLAINED, markersize=4, zorder=3, label=f"published runs, by {law}")
    axes.set_xscale("log")
    axes.set_xlim(*COMPUTE)
    axes.xaxis.set_major_locator(LogLocator(numticks=7 if wide() > 7 * TICK else 4))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda flops, _: power_of_ten(flops)))
    axes.set_xlabel("training compute, 6·N·D (FLOPs)")
    axes.set_ylabel("loss (nats per token)")
    axes.grid(axis="y", linewidth=0.3)
    entitle(drawn, "Loss against training compute", [])
    note = (
        "Dashed: beyond the N or D that the law was fitted to. "
        "Losses of kaplan are on other text and can't be compared with the others."
    )
    legend(drawn, axes.get_legend_handles_labels()[0], 4, note)
    place_plot(drawn, axes, high(SHAPE))
    pixels = [axes.transData.transform(line) for line in lines]
    marks = axes.transData.transform(np.column_stack([xs, ys]))
    taken = [Bbox.from_bounds(x - 3, y - 3, 6, 6) for x, y in marks]
    place(axes, [Point(*_at(fit, run), run.name.replace(" family", "")) for run in runs], taken, np.concatenate(pixels))
    return drawn


def power_of_ten(flops: float) -> str:
    """A power of ten as people write it: 1e24."""
    return f"{flops:.0e}".replace("e+", "e")


def _at(fit: Fit, run: Published) -> tuple[float, float]:
    return run.run.flops, fit.loss(run.run) if fit.loss else 0.0


def _frontier(axes: Axes, law: str) -> Array:
    """Draw the least loss by *law*, dashed beyond its fitted range, and give the curve's points."""
    fit = fits(law)[0]
    flops = np.geomspace(*COMPUTE, STEPS)
    best = [fit.frontier.at_flops(float(amount)) for amount in flops]
    curve = np.array([(run.flops, fit.best_loss(run)) for run in best])
    within = np.array([not fit.beyond(run) for run in best])
    for kept, style, label in ((within, "-", f"{law}, least loss"), (~within, "--", None)):
        shown: Any = np.where(kept, curve[:, 1], np.nan)
        axes.plot(curve[:, 0], shown, style, color=SHADES[law], linewidth=1.1, label=label)
    return curve
