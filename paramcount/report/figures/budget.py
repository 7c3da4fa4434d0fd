"""`plot budget`: the plane of layers and width, with curves of equal count, published models and candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, ceil, degrees, floor, log2, log10, sqrt
from typing import Any, NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import Bbox

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.quantity import short
from paramcount.report.figures.labels import Array, Point, inside, place
from paramcount.report.figures.style import GREY, SMALL, WIDTH, blank, entitle, freeze, rounded, text_width
from paramcount.report.palette import AGREES, DISAGREES

CURVES = 9  # at most, so that they can be told apart
NAMED = 5  # candidates that carry their shape, the best


class Placed(Protocol):
    """Anything with a place in the plane: a shape of the catalog, a candidate of the solver."""

    @property
    def n_layers(self) -> int: ...
    @property
    def d_model(self) -> int: ...


class Convention(NamedTuple):
    """What the curves assume beside layers and width; the defaults are GPT-3's."""

    n_vocab: int = 50257
    n_ctx: int = 2048

    def __str__(self) -> str:
        sizes = f"n_vocab = {self.n_vocab:,}, n_ctx = {self.n_ctx:,}"
        return f"n_heads·d_head = d_model, d_ff = 4·d_model, {sizes}, tied"

    def params(self, n_layers: Any, d_model: Any) -> Any:
        """Parameters of a gpt of that shape; ints and arrays alike."""
        sizes = {"n_layers": n_layers, "d_model": d_model, "n_heads": 1, "d_head": d_model, "d_ff": 4 * d_model}
        return FAMILIES["gpt"].build(**sizes, **self._asdict(), tied=True).total()

    def width(self, params: float, n_layers: Array) -> Array:
        """The d_model, as a real number, at which a gpt of each of *n_layers* has *params* parameters."""
        low = np.zeros_like(n_layers)
        high = np.full_like(n_layers, sqrt(params))  # a gpt has more parameters than its width squared
        for _ in range(200):
            middle = (low + high) / 2
            above = self.params(n_layers, middle) > params
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return (low + high) / 2


class Budget(NamedTuple):
    """A number of parameters, the shapes that the solver found for it, the best first, and what those assume."""

    params: int
    candidates: Sequence[Placed]
    convention: Convention = Convention()


class Shape(NamedTuple):
    """A place in the plane and the models that stand there."""

    n_layers: int
    d_model: int
    names: tuple[str, ...]


def shapes(specs: Iterable[Spec]) -> list[Shape]:
    """The models by their place in the plane, with the counts of those that the curves are not drawn for.

    Raises InputError on one without a single depth and width.
    """
    found: dict[tuple[int, int], list[str]] = {}
    for spec in specs:
        if not {"n_layers", "d_model"} <= spec.sizes.keys():
            raise InputError(f"{spec.name}: not of one n_layers and one d_model; valid: models that are")
        found.setdefault((spec.sizes["n_layers"], spec.sizes["d_model"]), []).append(_called(spec))
    return [Shape(n_layers, d_model, tuple(names)) for (n_layers, d_model), names in sorted(found.items())]


def _called(spec: Spec) -> str:
    """A model's name, and its count where it is not of the family of the curves."""
    return spec.name if spec.family.name == "gpt" else f"{spec.name} ({short(spec.model().total())})"


def levels(least: float, most: float) -> list[int]:
    """Round numbers of parameters from *least* to *most*: powers of ten, or of a higher power where those are many."""
    first, last = ceil(log10(least)), floor(log10(most))
    step = max(1, ceil((last - first + 1) / CURVES))
    return [10**power for power in range(first, last + 1, step)]


def figure(specs: Sequence[Spec], budget: Budget | None = None) -> Figure:
    found, candidates = shapes(specs), budget.candidates if budget else ()
    convention = budget.convention if budget else Convention()
    drawn = blank(WIDTH, 6.2)
    axes = drawn.add_subplot()
    _frame(axes, [*found, *candidates])
    axes.plot([], [], color=GREY, linewidth=0.7, label="equal parameters")
    _marks(axes, found, "o", AGREES, "models")
    if budget and candidates:
        _marks(axes, candidates, "D", DISAGREES, f"what solve finds for {rounded(budget.params)}")
    entitle(drawn, "Layers, width and what they cost", specs)
    drawn.legend(loc="outside lower center", ncols=3, title=f"Curves: {convention}", title_fontsize=SMALL)
    freeze(drawn)
    boxes, lines = _curves(axes, [*found, *candidates], convention, budget.params if budget else None)
    place(axes, [*_candidates(candidates), *_models(found)], boxes, lines)
    return drawn


def _frame(axes: Axes, points: Sequence[Placed]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlim(*_span([point.n_layers for point in points]))
    axes.set_ylim(*_span([point.d_model for point in points]))
    axes.set_xlabel("number of layers, n_layers")
    axes.set_ylabel("width of the residual stream, d_model (dimensions)")
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


def _marks(axes: Axes, points: Sequence[Placed], mark: str, shade: str, label: str) -> None:
    face = shade if mark == "o" else "white"
    axes.plot(*_floats(points).T, mark, color=shade, markerfacecolor=face, markersize=4.5, zorder=3, label=label)


def _floats(points: Sequence[Placed]) -> Array:
    """The points' places as numpy's own numbers, which ints beyond 2^63 would not be."""
    return np.array([(float(point.n_layers), float(point.d_model)) for point in points]).reshape(-1, 2)


def _curves(
    axes: Axes, points: Sequence[Placed], convention: Convention, params: int | None
) -> tuple[list[Bbox], Array]:
    """Draw the curves of equal count; in pixels, the boxes of marks and of the curves' labels, and points on them."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    xs = np.geomspace(left, right, 400)
    marks = axes.transData.transform(_floats(points))
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in marks]
    curves = dict.fromkeys(levels(convention.params(left, bottom), convention.params(right, top)), (GREY, 0.7))
    curves |= {params: (DISAGREES, 1.0)} if params else {}
    lines = [np.empty((0, 2))]
    for level, (shade, thickness) in curves.items():
        ys = convention.width(level, xs)
        seen = (ys > bottom) & (ys < top)
        axes.plot(xs[seen], ys[seen], color=shade, linewidth=thickness, zorder=1)
        if seen.any():
            curve = np.column_stack([xs[seen], ys[seen]])
            lines.append(axes.transData.transform(curve))
            _name_curve(axes, rounded(level), curve, shade, taken)
    return taken, np.concatenate(lines)


def _name_curve(axes: Axes, text: str, curve: Array, shade: str, taken: list[Bbox]) -> None:
    """Write *text* along the curve where nothing else is, as near as can be to one of its ends; else nowhere."""
    pixels, frame = axes.transData.transform(curve), axes.get_window_extent()
    side = 72 * text_width(text, SMALL) + 6
    reach = np.abs(np.linspace(-1, 1, len(curve)))
    for at in sorted(range(len(curve)), key=lambda at: (-round(float(reach[at]), 2), at)):
        x, y = pixels[at]
        box = Bbox.from_bounds(x - side / 2, y - side / 2, side, side)
        if inside(box, frame) and not box.count_overlaps(taken):
            before, after = pixels[max(at - 3, 0)], pixels[min(at + 3, len(curve) - 1)]
            slope = degrees(atan2(after[1] - before[1], after[0] - before[0]))
            label = axes.text(
                curve[at][0], curve[at][1], text, ha="center", va="center", rotation=slope, fontsize=SMALL, color=shade
            )
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
