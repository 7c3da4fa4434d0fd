"""`plot budget`: layers against width, with curves of equal count, published models and candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, ceil, degrees, floor, log2, log10
from typing import Any, NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import Bbox

from paramcount.catalog.spec import Spec
from paramcount.quantity import short
from paramcount.report.figures.curves import NEAR, Kind, kinds, off
from paramcount.report.figures.intervals import entry
from paramcount.report.figures.labels import MARK, Array, Point, overlap, place
from paramcount.report.figures.placing import fit, high
from paramcount.report.figures.style import (
    TEXT,
    blank,
    entitle,
    italic,
    legend,
    rounded,
    text_width,
)
from paramcount.report.palette import DISAGREES

CURVES = 9  # for each kind, at most
STEPS = 40  # depths at which a curve is computed
# a kind's curves, marks and shade
LOOKS: tuple[tuple[Any, str, str], ...] = (("-", "o", "#00446B"), ("--", "s", "#7A7A7A"), (":", "^", "#2E8B6B"))
SHAPE = 0.6  # the plot's height over the figure's width
NAMED = 5  # candidates that carry their shape, the best


class Placed(Protocol):
    """Anything with a depth and a width: a model of the catalog, a candidate of the solver."""

    @property
    def n_layers(self) -> int: ...
    @property
    def d_model(self) -> int: ...


class Budget(NamedTuple):
    """A number of parameters, the shapes that the solver found for it, best first, and their kind."""

    params: int
    candidates: Sequence[Placed]
    kind: Kind


class Shape(NamedTuple):
    """A depth and a width, and the models that have both."""

    n_layers: int
    d_model: int
    names: tuple[str, ...]


def shapes(kind: Kind, specs: Iterable[Spec]) -> list[Shape]:
    """The models of a kind by depth and width; one whose count is far from its curves has it beside its name."""
    found: dict[tuple[int, int], list[str]] = {}
    for spec in specs:
        name = spec.name if off(kind, spec) <= NEAR else f"{spec.name} ({short(spec.model().total())})"
        found.setdefault((spec.sizes["n_layers"], spec.sizes["d_model"]), []).append(name)
    return [Shape(n_layers, d_model, tuple(names)) for (n_layers, d_model), names in sorted(found.items())]


def levels(least: float, most: float) -> list[int]:
    """Powers of ten from *least* to *most*, only every second or third and so on if there are too many."""
    first, last = ceil(log10(least)), floor(log10(most))
    step = max(1, ceil((last - first + 1) / CURVES))
    return [10**power for power in range(first, last + 1, step)]


def figure(specs: Sequence[Spec], budget: Budget | None = None) -> Figure:
    found = [(kind, shapes(kind, models)) for kind, models in kinds(specs, [budget.kind] if budget else [])]
    candidates = budget.candidates if budget else ()
    marked = [shape for _, those in found for shape in those]
    drawn = blank()
    axes = drawn.add_subplot()
    _frame(axes, [*marked, *candidates])
    handles = []
    for (kind, those), (line, mark, shade) in zip(found, LOOKS, strict=False):
        if those:
            _marks(axes, those, mark, shade)
        label = f"{kind.family}: {kind.said}"
        handles.append(
            Line2D([], [], linestyle=line, color=shade, marker=mark if those else "", markersize=4, label=label)
        )
    if budget and candidates:
        _marks(axes, candidates, "D", DISAGREES, hollow=True)
        label = f"candidates of solve for {rounded(budget.params)}"
        handles.append(entry(("D", DISAGREES, "white", label)))
    entitle(drawn, "Layers, width and curves of equal count", specs)
    legend(drawn, handles, 1)
    italic(axes.xaxis.label, axes.yaxis.label)
    fit(drawn, axes, high(SHAPE))
    boxes, lines = _curves(axes, [*marked, *candidates], [kind for kind, _ in found], budget.params if budget else None)
    place(axes, [*_candidates(candidates), *_models(marked)], boxes, lines)
    return drawn


def _frame(axes: Axes, points: Sequence[Placed]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlim(*_span([point.n_layers for point in points]))
    axes.set_ylim(*_span([point.d_model for point in points]))
    axes.set_xlabel("number of layers, n_layers")
    axes.set_ylabel("width, d_model")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=2, numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}" if size < 10**7 else short(int(size))))
        axis.set_minor_locator(NullLocator())


def _span(sizes: Iterable[int]) -> tuple[float, float]:
    """The limits of an axis that shows *sizes* with room around them, at least a factor of sixteen apart."""
    logs = [log2(size) for size in sizes]
    missing = max(0.0, 4 - (max(logs) - min(logs))) / 2
    room = 0.8 + 0.06 * (max(logs) - min(logs))
    return 2 ** max(-0.3, min(logs) - missing - room), 2 ** (max(logs) + missing + room)


def _marks(axes: Axes, points: Sequence[Placed], mark: str, shade: str, hollow: bool = False) -> None:
    face = "white" if hollow else shade
    axes.plot(*_floats(points).T, mark, color=shade, markerfacecolor=face, markersize=4.5, zorder=3)


def _floats(points: Sequence[Placed]) -> Array:
    """The points as floats, since ints beyond 2^63 would become objects."""
    return np.array([(float(point.n_layers), float(point.d_model)) for point in points]).reshape(-1, 2)


def _curves(
    axes: Axes, points: Sequence[Placed], found: Sequence[Kind], params: int | None
) -> tuple[list[Bbox], Array]:
    """Draw the curves of equal count; give the boxes of marks and labels, and points on the curves, in pixels."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    depths = sorted({max(1, round(depth)) for depth in np.geomspace(left, right, STEPS)})
    marks = axes.transData.transform(_floats(points))
    taken = [Bbox.from_extents(*mark - MARK, *mark + MARK) for mark in marks]
    lines = [np.empty((0, 2))]
    for kind, (style, _, shade) in zip(found, LOOKS, strict=False):
        ends = kind.params(max(1, floor(left)), bottom), kind.params(ceil(right), top)
        curves = dict.fromkeys(levels(*ends), (shade, 0.7))
        curves |= {params: (DISAGREES, 1.0)} if params and kind is found[0] else {}
        for level, (colour, thickness) in curves.items():
            curve = np.array([(float(depth), kind.width(level, depth)) for depth in depths])
            pixels = _filled(axes.transData.transform(curve))
            pixels = pixels[(pixels[:, 1] > axes.bbox.y0) & (pixels[:, 1] < axes.bbox.y1)]
            if len(pixels):
                axes.plot(*curve.T, style, color=colour, linewidth=thickness, zorder=1)
                lines.append(pixels)
                taken += _name_curve(axes, rounded(level), pixels, colour, taken)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    return taken, np.concatenate(lines)


def _filled(pixels: Array) -> Array:
    """Points along a curve, close enough to find the labels that lie on it."""
    steps = np.arange(len(pixels))
    fine = np.linspace(0, len(pixels) - 1, 800)
    return np.column_stack([np.interp(fine, steps, pixels[:, 0]), np.interp(fine, steps, pixels[:, 1])])


def _name_curve(axes: Axes, text: str, pixels: Array, shade: str, taken: Sequence[Bbox]) -> list[Bbox]:
    """Write *text* along the curve, as near to an end as there is room; its box, if there is room at all."""
    frame = axes.get_window_extent()
    half = (72 * text_width(text) + 6) / 2
    boxes = np.hstack([pixels - half, pixels + half])
    free = (boxes[:, :2] >= frame.min).all(1) & (boxes[:, 2:] <= frame.max).all(1)
    free &= ~overlap(boxes[:, np.newaxis], np.array([box.extents for box in taken]).reshape(-1, 4)).any(1)
    if not free.any():
        return []
    reach = np.where(free, np.abs(np.linspace(-1, 1, len(pixels))).round(2), -1)
    at = int(reach.argmax())
    before, after = pixels[max(at - 3, 0)], pixels[min(at + 3, len(pixels) - 1)]
    slope = degrees(atan2(after[1] - before[1], after[0] - before[0]))
    across, up = axes.transData.inverted().transform(pixels[at])
    label = axes.text(across, up, text, ha="center", va="center", rotation=slope, fontsize=TEXT, color=shade)
    label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
    return [Bbox.from_extents(*boxes[at])]


def _candidates(candidates: Sequence[Placed]) -> list[Point]:
    return [
        Point(float(found.n_layers), float(found.d_model), f"{found.n_layers:,} × {found.d_model:,}", DISAGREES)
        for found in candidates[:NAMED]
    ]


def _models(found: Iterable[Shape]) -> list[Point]:
    return [Point(float(shape.n_layers), float(shape.d_model), "\n".join(shape.names)) for shape in found]
