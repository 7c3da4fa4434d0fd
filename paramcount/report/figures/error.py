"""`plot error`: the exact count against what was printed, with the interval that its precision claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from paramcount.catalog.spec import Published, Spec
from paramcount.errors import InputError
from paramcount.report.figures.intervals import INTERVAL, bands, bar, beside, entry, height_of, lines, per_cent
from paramcount.report.figures.style import blank, entitle, legend, wide
from paramcount.report.palette import AGREES, DISAGREES

LINEAR = 0.1  # per cent: the axis is linear up to here and logarithmic beyond
MARKS = {True: ("o", AGREES, "exact count, which agrees"), False: ("D", DISAGREES, "exact count, which does not")}


class Printed(NamedTuple):
    """A printed figure: the exact count over it, minus 1 (*error*), and so the ends of the interval that it claims."""

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
    error, low, high = ((end - claim.nominal) / claim.nominal for end in (count, claim.low, claim.high))
    return Printed(model, figure.printed, figure.place, error, low, high, claim.admits(count))


def figure(specs: Sequence[Spec]) -> Figure:
    rows = printed(specs)
    if not rows:
        names = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot error: nothing is published of {names}; valid: a name from `paramcount models`")
    drawn = blank(wide(), height_of(len(rows)))
    axes = drawn.add_subplot()
    bands(axes, [row.model for row in rows])
    axes.axvline(0, color="black", linewidth=0.8)
    lines(axes, [f"{row.model}  {row.printed}" for row in rows])
    for place, row in enumerate(rows):
        _mark(axes, place, row)
    low, high = min(min(row.low, row.error) for row in rows), max(max(row.high, row.error) for row in rows)
    per_cent(axes, low, high, LINEAR, "exact count over printed figure − 1, %")
    entitle(drawn, "Printed figures against exact counts", specs)
    legend(drawn, _legend(rows))
    return drawn


def _mark(axes: Axes, place: int, row: Printed) -> None:
    mark, shade, _ = MARKS[row.agrees]
    bar(axes, place, row.low, row.high, shade)
    face = shade if row.agrees else "white"
    axes.plot(100 * row.error, place, mark, color=shade, markerfacecolor=face, markersize=4)
    beside(axes, place, row.place)


def _legend(rows: list[Printed]) -> list[Line2D]:
    found = {row.agrees for row in rows}
    marks = [
        entry(mark, shade, shade if agrees else "white", label)
        for agrees, (mark, shade, label) in MARKS.items()
        if agrees in found
    ]
    return [*marks, INTERVAL]
