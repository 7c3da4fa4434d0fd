"""`plot error`: what was printed against the exact count, with the interval that its precision claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from paramcount.errors import InputError
from paramcount.report.figures.style import GREY, PALE, WIDTH, blank, entitle
from paramcount.report.palette import AGREES, DISAGREES
from paramcount.spec import Published, Spec

LINEAR = 0.1  # per cent: the axis is linear up to here and logarithmic beyond
MARKS = {True: ("o", AGREES, "agrees with the exact count"), False: ("D", DISAGREES, "does not agree")}


class Printed(NamedTuple):
    """A printed figure and the ends of its interval, each as a fraction above (+) or below (−) the exact count."""

    model: str
    printed: str
    place: str
    error: float
    low: float
    high: float
    agrees: bool


def printed(specs: Iterable[Spec]) -> list[Printed]:
    """Every published figure of the models, in their order."""
    return [
        _against(spec.model().read(figure.reading), spec.name, figure) for spec in specs for figure in spec.published
    ]


def _against(count: int, model: str, figure: Published) -> Printed:
    claim = figure.claim
    error, low, high = ((end - count) / count for end in (claim.nominal, claim.low, claim.high))
    return Printed(model, figure.printed, figure.place, error, low, high, claim.admits(count))


def figure(specs: Sequence[Spec]) -> Figure:
    rows = printed(specs)
    if not rows:
        names = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot error: nothing is published of {names}; valid: a name from `paramcount models`")
    drawn = blank(WIDTH, 1.5 + 0.165 * len(rows))
    axes = drawn.add_subplot()
    _bands(axes, rows)
    axes.axvline(0, color="black", linewidth=0.8)
    for place, row in enumerate(rows):
        _mark(axes, place, row)
    _frame(axes, rows)
    entitle(drawn, "Printed figures against exact counts", specs)
    drawn.legend(handles=_legend(rows), loc="outside lower center", ncols=3)
    return drawn


def _mark(axes: Axes, place: int, row: Printed) -> None:
    mark, shade, _ = MARKS[row.agrees]
    axes.plot([100 * row.low, 100 * row.high], [place, place], "|-", color=shade, linewidth=1.6, markersize=5)
    face = shade if row.agrees else "white"
    axes.plot(100 * row.error, place, mark, color=shade, markerfacecolor=face, markersize=4)
    axes.text(1.01, place, row.place, transform=axes.get_yaxis_transform(), va="center_baseline", color=GREY)


def _bands(axes: Axes, rows: list[Printed]) -> None:
    """A band behind every other model, so that a model's figures are seen together."""
    models = list(dict.fromkeys(row.model for row in rows))
    for place, row in enumerate(rows):
        if models.index(row.model) % 2 == 0:
            axes.axhspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)


def _frame(axes: Axes, rows: list[Printed]) -> None:
    least = min(-2 * LINEAR, 100 * min(row.low for row in rows) * 1.3)
    most = max(2 * LINEAR, 100 * max(row.high for row in rows) * 1.3)
    powers = [10.0**power for power in range(-1, 40) if 10.0**power <= max(-least, most)]
    ticks = [0.0, *powers, *(-power for power in powers)]
    axes.set_xscale("symlog", linthresh=LINEAR, subs=range(2, 10))
    axes.set_xlim(least, most)
    shown = [tick for tick in sorted(ticks) if least <= tick <= most]
    axes.set_xticks(shown, [f"{tick:+,g}".replace("-", "−") if tick else "0" for tick in shown])
    axes.set_xlabel(f"printed figure minus exact count, % of the exact count (linear within ±{LINEAR:g} %)")
    axes.set_yticks(range(len(rows)), [f"{row.model}  {row.printed}" for row in rows])
    axes.tick_params("y", length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="x", color="#D0D0D0", linewidth=0.5)


def _legend(rows: list[Printed]) -> list[Line2D]:
    found = {row.agrees for row in rows}
    marks = [
        Line2D(
            [], [], linestyle="", marker=mark, color=shade, markerfacecolor=shade if agrees else "white", label=label
        )
        for agrees, (mark, shade, label) in MARKS.items()
        if agrees in found
    ]
    interval = Line2D([], [], color=GREY, marker="|", linewidth=1.6, label="what the printed digits admit")
    return [*marks, interval]
