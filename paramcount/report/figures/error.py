"""`plot error`: exact counts against printed figures, with the interval that the printed digits admit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from paramcount.catalog.spec import Published, Spec
from paramcount.errors import InputError
from paramcount.report.figures.intervals import INTERVAL, Row, draw, entry, per_cent
from paramcount.report.figures.style import blank, entitle, legend
from paramcount.report.palette import AGREES, DISAGREES

LINEAR = 0.1  # per cent: the axis is linear up to here and logarithmic beyond
MARKS = {
    True: ("o", AGREES, AGREES, "exact count, which agrees"),
    False: ("D", DISAGREES, "white", "exact count, which does not"),
}


class Printed(NamedTuple):
    """A printed figure: the exact count over it, minus 1 (*error*), and the ends of its interval in the same way."""

    model: str
    printed: str
    place: str
    error: float
    low: float
    high: float
    agrees: bool


def printed(specs: Iterable[Spec]) -> list[Printed]:
    """Every published figure of the models, in order."""
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
    drawn = blank()
    axes = drawn.add_subplot()
    lines = [_row(row) for row in rows]
    draw(axes, lines)
    entitle(drawn, "Printed figures against exact counts", specs)
    found = {row.agrees for row in rows}
    legend(drawn, [*(entry(mark) for agrees, mark in MARKS.items() if agrees in found), INTERVAL])
    per_cent(drawn, axes, lines, LINEAR, "exact count over printed figure − 1, %")
    return drawn


def _row(row: Printed) -> Row:
    mark = MARKS[row.agrees]
    label = f"{row.model}  {row.printed}"
    return Row(row.model, label, row.place, row.low, row.high, mark[1], ((mark, row.error),))
