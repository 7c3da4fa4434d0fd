"""`plot train`: days against devices, with lines of equal device-hours or cost, and published runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import Bbox

from paramcount.costs.training.published import Ran, runs
from paramcount.costs.training.result import Training
from paramcount.quantity import short
from paramcount.report.figures.labels import Array, Point, place
from paramcount.report.figures.placing import fit, high
from paramcount.report.figures.style import GREY, TEXT, blank, entitle, legend, rounded, text_width
from paramcount.report.palette import AGREES, DISAGREES, EXPLAINED

LINES = (DISAGREES, EXPLAINED, "#CC79A7", "#E69F00", "#56B4E9", "black")
STYLES = ("-", "--", ":")
LEVELS = 9  # lines of equal cost, at most
ROOM = 2.0  # times the least and the most that is shown
SHAPE = 0.7  # the plot's height over the figure's width


def figure(trainings: Sequence[Training] = ()) -> Figure:
    """A line for each training over devices and days, and lines of equal cost, or of device-hours without a price."""
    published = runs()
    drawn = blank()
    axes = drawn.add_subplot()
    price = float(trainings[0].price) if trainings and trainings[0].price else None
    _frame(axes, published, trainings)
    for number, training in enumerate(trainings):
        _line(axes, training, LINES[number % len(LINES)], STYLES[number % len(STYLES)])
    marks = [(run.devices, float(run.days)) for run in published]
    axes.plot(*np.array(marks).T, "o", color=AGREES, markersize=3.5, zorder=3, label="published runs")
    entitle(drawn, f"Devices and days of training{'' if price is None else f', at ${price:g} an hour'}", [])
    legend(drawn, axes.get_legend_handles_labels()[0], 1 if trainings else 2)
    fit(drawn, axes, high(SHAPE, 4.6))
    boxes, lines = _levels(axes, price)
    place(axes, _points(published), boxes, lines)
    return drawn


def label(training: Training) -> str:
    """A training in the legend: the model, its tokens, the device, its utilisation, device-hours and cost."""
    work, device = training.compute, training.accelerator
    on = f" on {short(work.tokens)} tokens" if work.tokens else ""
    where = device.name if device else "a device"
    share = f", {100 * float(training.mfu):.3g} % of its peak" if training.mfu else ""
    achieved = f"{float(training.achieved or 0) / 1e12:,.4g} TFLOP/s{share}"
    taken = f"{short(round(training.device_hours or 0))} hours"
    money = "" if training.cost_usd is None else f", ${short(round(training.cost_usd))}"
    return f"{work.model}{on}, {where} at {achieved}: {taken}{money}"


def _frame(axes: Axes, published: Sequence[Ran], trainings: Sequence[Training]) -> None:
    devices = [run.devices for run in published] + [each.devices for each in trainings if each.devices]
    days = [float(run.days) for run in published] + [float(each.days) for each in trainings if each.days]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(min(devices) / ROOM, max(devices) * ROOM)
    axes.set_ylim(min(days) / ROOM, max(days) * ROOM)
    axes.set_xlabel("devices")
    axes.set_ylabel("days from start to end")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axis.set_minor_locator(NullLocator())


def _line(axes: Axes, training: Training, shade: str, style: str) -> None:
    assert training.device_hours is not None
    axes.plot(
        *_equal(axes, float(training.device_hours)), style, color=shade, linewidth=1.2, zorder=2, label=label(training)
    )
    if training.devices and training.days:
        axes.plot([training.devices], [float(training.days)], "D", color=shade, markersize=5, zorder=4)


def _equal(axes: Axes, hours: float) -> tuple[Array, Array]:
    """The days that *hours* device-hours take, for each number of devices in view."""
    xs = np.geomspace(*axes.get_xlim(), 300)
    ys = hours / 24 / xs
    low, high = axes.get_ylim()
    seen = (ys > low) & (ys < high)
    return xs[seen], ys[seen]


def _levels(axes: Axes, price: float | None) -> tuple[list[Bbox], Array]:
    """Draw and name lines of equal device-hours or cost; give the names' boxes and points on the lines."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    each = price or 1.0
    first, last = (log10(devices * days * 24 * each) for devices, days in ((left, bottom), (right, top)))
    step = max(1, ceil((last - first) / LEVELS))
    boxes, points = [], [np.empty((0, 2))]
    for power in range(ceil(first), floor(last) + 1, step):
        xs, ys = _equal(axes, 10.0**power / each)
        if not len(xs):
            continue
        axes.plot(xs, ys, color=GREY, linewidth=0.5, zorder=1)
        points.append(axes.transData.transform(np.column_stack([xs, ys])))
        text = f"${rounded(10**power)}" if price else f"{rounded(10**power)} h"
        boxes.append(_named(axes, text, points[-1]))
    return boxes, np.concatenate(points)


def _named(axes: Axes, text: str, line: Array) -> Bbox:
    """Write *text* over the line near its upper end, inside the frame; give its box."""
    wide, high, frame = 72 * text_width(text, TEXT) + 4, TEXT * 1.6, axes.get_window_extent()
    fits = (line[:, 0] - wide / 2 > frame.x0) & (line[:, 1] + high / 2 < frame.y1)
    fits &= (line[:, 0] + wide / 2 < frame.x1) & (line[:, 1] - high / 2 > frame.y0)
    if not fits.any():
        return Bbox.from_bounds(line[0][0], line[0][1], 0, 0)
    x, y = line[fits][0]
    at = axes.transData.inverted().transform((x, y))
    written = axes.text(at[0], at[1], text, ha="center", va="center", fontsize=TEXT, color=GREY)
    written.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    return Bbox.from_bounds(x - wide / 2, y - high / 2, wide, high)


def _points(published: Sequence[Ran]) -> list[Point]:
    """One label for runs at the same place."""
    found: dict[tuple[float, float], list[str]] = {}
    for run in published:
        found.setdefault((float(run.devices), float(run.days)), []).append(run.model)
    return [Point(x, y, "\n".join(dict.fromkeys(names))) for (x, y), names in found.items()]
