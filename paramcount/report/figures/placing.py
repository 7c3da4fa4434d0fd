"""The layout of a figure: plots of a given height, with room for the words around them, title and legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from paramcount.report.figures.style import POINT, narrow, wide

PAD = 0.06  # inches around everything
GAP = 0.1  # inches between plots
TALLEST = 6.0  # inches of a plot
ALIKE = 0.04  # in widths, as a share: words around a plot then stay where they are


class Around(NamedTuple):
    """Inches that words take on each side of a plot."""

    left: float
    bottom: float
    right: float
    top: float


def high(shape: float, least: float = 2.8) -> float:
    """The height of a plot in inches: *shape* times the figure's width, within bounds; *least* in a column."""
    return least if narrow() else min(shape * wide(), TALLEST)


def fit(
    figure: Figure,
    plots: Axes | Sequence[Sequence[Axes]],
    height: float,
    beside: bool = False,
    ratios: Sequence[float] = (1,),
) -> None:
    """Place *plots*, one or rows of them, *height* inches high each, and give the figure the height that it needs.

    The legend stands *beside* them or below; *ratios* are those of the columns' widths.
    """
    rows = [[plots]] if isinstance(plots, Axes) else plots
    guess = [[Around(0.5, 0.4, 0.1, 0.1)] * len(ratios)] * len(rows)
    _place(figure, rows, guess, height, beside, ratios)
    before = 0.0
    while abs(before - (now := rows[0][-1].get_position().width)) > ALIKE * now:
        before = now
        _place(figure, rows, [[_around(axes) for axes in row] for row in rows], height, beside, ratios)


def _around(axes: Axes) -> Around:
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    inner, outer = axes.bbox, axes.get_tightbbox(canvas.get_renderer())  # type: ignore[no-untyped-call]
    assert outer is not None
    sides = inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1
    return Around(*(max(0.0, side * POINT) for side in sides))


def _place(
    figure: Figure,
    rows: Sequence[Sequence[Axes]],
    around: Sequence[Sequence[Around]],
    height: float,
    beside: bool,
    ratios: Sequence[float],
) -> None:
    title, (across, below) = _title(figure), _legend(figure, beside)
    tops = [max(one.top for one in row) for row in around]
    bottoms = [max(one.bottom for one in row) for row in around]
    lefts = [max(one.left for one in column) for column in zip(*around, strict=True)]
    rights = [max(one.right for one in column) for column in zip(*around, strict=True)]
    total = title + below + sum(tops) + sum(bottoms) + len(rows) * (height + GAP) - GAP + 2 * PAD
    free = wide() - across - sum(lefts) - sum(rights) - (len(ratios) - 1) * GAP - 2 * PAD
    figure.set_figheight(total)
    top = total - PAD - title
    for row, above, under in zip(rows, tops, bottoms, strict=True):
        left, bottom = PAD, top - above - height
        for axes, before, after, ratio in zip(row, lefts, rights, ratios, strict=True):
            width = max(free * ratio / sum(ratios), GAP)
            axes.set_position(((left + before) / wide(), bottom / total, width / wide(), height / total))
            left += before + width + after + GAP
        top = bottom - under - GAP
    for text in figure.texts:
        text.set_y(1 - PAD / total)


def _title(figure: Figure) -> float:
    """Inches of the title."""
    return max((text.get_window_extent().height * POINT + GAP for text in figure.texts), default=0.0)


def _legend(figure: Figure, beside: bool) -> tuple[float, float]:
    """Inches of the legend beside the plots, and below them."""
    if not figure.legends:
        return 0.0, 0.0
    size = figure.legends[0].get_window_extent()
    return (size.width * POINT + PAD, 0.0) if beside else (0.0, size.height * POINT + PAD)
