"""`plot audit`: a table's printed figures as intervals, with the recomputed counts before and after explanation."""

from __future__ import annotations

from math import floor, log10
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paramcount.auditing.once_explained import recounted
from paramcount.auditing.table import Audit, AuditedRow, Judged
from paramcount.auditing.verdict import AGREES as AGREE
from paramcount.auditing.verdict import EXPLAINED as EXPLAINS
from paramcount.auditing.verdict import IMPOSSIBLE, TRUNCATED, UNEXPLAINED, ZEROS
from paramcount.catalog.spec import Published
from paramcount.errors import InputError
from paramcount.report.figures.intervals import INTERVAL, Mark, Row, draw, entry, per_cent
from paramcount.report.figures.style import GREY, blank, entitle, legend
from paramcount.report.palette import AGREES, DISAGREES, EXPLAINED

FINEST = 0.001  # per cent: the axis is linear up to here at least, and up to COARSEST at most
COARSEST = 0.1
AGREEING = ("o", AGREES, AGREES, "recomputed count, which agrees")
BEFORE = ("D", DISAGREES, "white", "recomputed count, which does not agree")
AFTER = ("s", EXPLAINED, EXPLAINED, "the count once explained")
QUIET = "#A0A0A0"
SHORT = {TRUNCATED: "if truncated", ZEROS: "if zeros are not significant", UNEXPLAINED: UNEXPLAINED}


class Held(NamedTuple):
    """A printed figure, its interval and its counts, as fractions above (+) or below (−) it.

    *after* is the count once explained, None where nothing changes it; *said* the explanation or verdict in a few
    words. A row that states no model has a line without counts.
    """

    row: str
    printed: str
    place: str
    low: float
    high: float
    before: float | None
    after: float | None
    said: str
    verdict: str


def held(result: Audit) -> list[Held]:
    """Every printed figure of every row, in print order."""
    found = []
    for row in result.rows:
        found += [_held(row, judged) for judged in row.published] or [_unstated(row)]
    return found


def _held(row: AuditedRow, judged: Judged) -> Held:
    figure, claim = judged.figure, judged.figure.claim
    after, said = _explained(row, judged)
    low, high, before = (_above(count, claim.nominal) for count in (claim.low, claim.high, judged.counted))
    return Held(
        row=row.label,
        printed=figure.printed,
        place=figure.place,
        low=low,
        high=high,
        before=before,
        after=None if after is None else _above(after, claim.nominal),
        said=said or SHORT.get(judged.verdict, ""),
        verdict=judged.verdict,
    )


def _unstated(row: AuditedRow) -> Held:
    return Held(row.label, "", "its sizes", 0.0, 0.0, None, None, row.verdict, IMPOSSIBLE)


def _above(count: int, printed: int) -> float:
    return (count - printed) / printed


def _explained(row: AuditedRow, judged: Judged) -> tuple[int | None, str]:
    """The count under the row's best explanation, preferably one of this figure, and the explanation in words."""
    if judged.verdict != EXPLAINS or row.spec is None:
        return None, ""
    figure = judged.figure
    for explanation in sorted(row.explanations, key=lambda e: (figure not in e.agrees_with, -e.bits)):
        after = recounted(row.spec, explanation, figure)
        if after is not None:
            return after, ", ".join(f"{field} = {value}" for field, value in explanation.edit.items())
    return None, _of_the_figure(row, figure)


def _of_the_figure(row: AuditedRow, figure: Published) -> str:
    """An explanation that changes no count: the figure is a misprint, or another figure excludes it."""
    for explanation in row.explanations:
        if figure.column in explanation.edit:
            return f"misprinted for {explanation.edit[figure.column]}"
        if not explanation.edit and figure not in explanation.agrees_with:
            return f"excluded by {explanation.agrees_with[0].printed}"
    return ""


def figure(result: Audit) -> Figure:
    rows = held(result)
    if not any(row.printed for row in rows):
        raise InputError(f"plot audit: {result.table.name} prints no counts that a model could be held against")
    drawn = blank()
    axes = drawn.add_subplot()
    lines = [_row(row) for row in rows]
    _arrows(axes, rows, draw(axes, lines))
    entitle(drawn, result.table.title or result.table.name, [])
    marks = {mark for line in lines for mark, _ in line.marks}
    handles = [*(entry(mark) for mark in (AGREEING, BEFORE, AFTER) if mark in marks), INTERVAL]
    legend(drawn, handles, 2 if len(marks) > 2 else 3)
    per_cent(drawn, axes, lines, _linear(rows), "recomputed count over printed figure − 1, %")
    return drawn


def _row(row: Held) -> Row:
    quiet = row.verdict == AGREE
    label = row.row if row.printed in row.row.split() else f"{row.row}  {row.printed}"
    note = f"{row.place}: {row.said}" if row.said else row.place
    bar = "" if row.before is None else QUIET if quiet else GREY
    return Row(row.row, label, note, row.low, row.high, bar, _marks(row), GREY if quiet else "black")


def _arrows(axes: Axes, rows: list[Held], at: list[float]) -> None:
    """Arrows from each recomputed count to the count once explained."""
    arrow = {"arrowstyle": "-|>", "color": EXPLAINED, "linewidth": 0.7, "mutation_scale": 6, "shrinkB": 2}
    for row, y in zip(rows, at, strict=True):
        if row.before is not None and row.after is not None:
            axes.annotate("", (100 * row.after, y), (100 * row.before, y), arrowprops=arrow)


def _marks(row: Held) -> tuple[tuple[Mark, float], ...]:
    marks = [(AGREEING if row.verdict == AGREE else BEFORE, row.before), (AFTER, row.after)]
    return tuple((mark, count) for mark, count in marks if count is not None)


def _linear(rows: list[Held]) -> float:
    """The range of the axis, in per cent, that is linear: as fine as the finest interval needs."""
    sharpest = min((100 * row.high for row in rows if 100 * row.high > FINEST), default=COARSEST)
    return max(FINEST, 10.0 ** floor(log10(min(COARSEST, sharpest))))
