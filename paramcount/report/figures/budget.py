"""`plot budget`: the plane of layers and width, with curves of equal count, published models and candidates."""

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
from paramcount.report.figures.labels import Array, Point, inside, place
from paramcount.report.figures.style import (
    SMALL,
    blank,
    entitle,
    freeze,
    italic,
    legend,
    narrow,
    rounded,
    text_width,
    wide,
)
from paramcount.report.palette import DISAGREES

CURVES = 9  # of a kind at most, so that they can be told apart
STEPS = 90  # depths at which a curve is computed
# a kind's curves, marks and shade
LOOKS: tuple[tuple[Any, str, str], ...] = (("-", "o", "#00446B"), ("--", "s", "#7A7A7A"), (":", "^", "#2E8B6B"))
NAMED = 5  # candidates that carry their shape, the best


class Placed(Protocol):
    """Anything with a place in the plane: a shape of the catalog, a candidate of the solver."""

    @property
    def n_layers(self) -> int: ...
    @property
    def d_model(self) -> int: ...


class Budget(NamedTuple):
    """A number of parameters, the shapes that the solver found for it, the best first, and of which kind they are."""

    params: int
    candidates: Sequence[Placed]
    kind: Kind


class Shape(NamedTuple):
    """A place in the plane and the models that stand there."""

    n_layers: int
    d_model: int
    names: tuple[str, ...]


def shapes(kind: Kind, specs: Iterable[Spec]) -> list[Shape]:
    """The models of a kind by their place in the plane, with their counts where the curves are not near them."""
    found: dict[tuple[int, int], list[str]] = {}
    for spec in specs:
        name = spec.name if off(kind, spec) <= NEAR else f"{spec.name} ({short(spec.model().total())})"
        found.setdefault((spec.sizes["n_layers"], spec.sizes["d_model"]), []).append(name)
    return [Shape(n_layers, d_model, tuple(names)) for (n_layers, d_model), names in sorted(found.items())]


def levels(least: float, most: float) -> list[int]:
    """Round numbers of parameters from *least* to *most*: powers of ten, or of a higher power where those are many."""
    first, last = ceil(log10(least)), floor(log10(most))
    step = max(1, ceil((last - first + 1) / CURVES))
    return [10**power for power in range(first, last + 1, step)]


def figure(specs: Sequence[Spec], budget: Budget | None = None) -> Figure:
    found = [(kind, shapes(kind, models)) for kind, models in kinds(specs, [budget.kind] if budget else [])]
    candidates = budget.candidates if budget else ()
    marked = [shape for _, those in found for shape in those]
    drawn = blank(wide(), max(3.6, 0.86 * wide()) + 0.2 * len(found))
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
        label = f"what solve finds for {rounded(budget.params)}"
        handles.append(entry("D", DISAGREES, "white", label))
    entitle(drawn, "Layers, width and curves of equal count", specs)
    legend(drawn, handles, 1)
    italic(axes.xaxis.label, axes.yaxis.label)
    freeze(drawn)
    boxes, lines = _curves(axes, [*marked, *candidates], [kind for kind, _ in found], budget.params if budget else None)
    place(axes, [*_candidates(candidates), *_models(marked)], boxes, lines)
    return drawn


def _frame(axes: Axes, points: Sequence[Placed]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlim(*_span([point.n_layers for point in points]))
    axes.set_ylim(*_span([point.d_model for point in points]))
    axes.set_xlabel("number of layers, n_layers")
    axes.set_ylabel("width, d_model" if narrow() else "width of the residual stream, d_model (dimensions)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=2, numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}" if size < 10**7 else short(int(size))))
        axis.set_minor_locator(NullLocator())


def _span(sizes: Iterable[int]) -> tuple[float, float]:
    """The axis that shows *sizes* with room around them, and no less than a factor of sixteen."""
    logs = [log2(size) for size in sizes]
    missing = max(0.0, 4 - (max(logs) - min(logs))) / 2
    room = 0.8 + 0.06 * (max(logs) - min(logs))
    return 2 ** max(-0.3, min(logs) - missing - room), 2 ** (max(logs) + missing + room)


def _marks(axes: Axes, points: Sequence[Placed], mark: str, shade: str, hollow: bool = False) -> None:
    face = "white" if hollow else shade
    axes.plot(*_floats(points).T, mark, color=shade, markerfacecolor=face, markersize=4.5, zorder=3)


def _floats(points: Sequence[Placed]) -> Array:
    """The points' places as numpy's own numbers, which ints beyond 2^63 would not be."""
    return np.array([(float(point.n_layers), float(point.d_model)) for point in points]).reshape(-1, 2)


def _curves(
    axes: Axes, points: Sequence[Placed], found: Sequence[Kind], params: int | None
) -> tuple[list[Bbox], Array]:
    """Draw each kind's curves of equal count; in pixels, the boxes of marks and of the curves' labels, and points on
    the curves.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    depths = sorted({max(1, round(depth)) for depth in np.geomspace(left, right, STEPS)})
    marks = axes.transData.transform(_floats(points))
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in marks]
    lines = [np.empty((0, 2))]
    for kind, (style, _, shade) in zip(found, LOOKS, strict=False):
        ends = kind.params(max(1, floor(left)), bottom), kind.params(ceil(right), top)
        curves = dict.fromkeys(levels(*ends), (shade, 0.7))
        curves |= {params: (DISAGREES, 1.0)} if params and kind is found[0] else {}
        for level, (colour, thickness) in curves.items():
            curve = np.array([(float(depth), kind.width(level, depth)) for depth in depths])
            curve = curve[(curve[:, 1] > bottom) & (curve[:, 1] < top)]
            if len(curve):
                axes.plot(*curve.T, style, color=colour, linewidth=thickness, zorder=1)
                lines.append(_filled(axes.transData.transform(curve)))
                _name_curve(axes, rounded(level), lines[-1], colour, taken)
    return taken, np.concatenate(lines)


def _filled(pixels: Array) -> Array:
    """Points along a curve so close that labels which lie on it are found to."""
    steps = np.arange(len(pixels))
    fine = np.linspace(0, len(pixels) - 1, 400)
    return np.column_stack([np.interp(fine, steps, pixels[:, 0]), np.interp(fine, steps, pixels[:, 1])])


def _name_curve(axes: Axes, text: str, pixels: Array, shade: str, taken: list[Bbox]) -> None:
    """Write *text* along the curve where nothing else is, as near as can be to one of its ends; else nowhere."""
    frame, back = axes.get_window_extent(), axes.transData.inverted()
    side = 72 * text_width(text, SMALL) + 6
    reach = np.abs(np.linspace(-1, 1, len(pixels)))
    for at in sorted(range(len(pixels)), key=lambda at: (-round(float(reach[at]), 2), at)):
        x, y = pixels[at]
        box = Bbox.from_bounds(x - side / 2, y - side / 2, side, side)
        if inside(box, frame) and not box.count_overlaps(taken):
            before, after = pixels[max(at - 3, 0)], pixels[min(at + 3, len(pixels) - 1)]
            slope = degrees(atan2(after[1] - before[1], after[0] - before[0]))
            across, up = back.transform(pixels[at])
            label = axes.text(across, up, text, ha="center", va="center", rotation=slope, fontsize=SMALL, color=shade)
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
            taken.append(box)
            return


def _candidates(candidates: Sequence[Placed]) -> list[Point]:
    return [
        Point(float(found.n_layers), float(found.d_model), f"{found.n_layers:,} × {found.d_model:,}", DISAGREES)
        for found in candidates[:NAMED]
    ]


def _models(found: Iterable[Shape]) -> list[Point]:
    return [Point(float(shape.n_layers), float(shape.d_model), "\n".join(shape.names)) for shape in found]
