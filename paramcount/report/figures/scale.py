"""`plot scale`: every tensor of a layer, and those outside the layers, as rectangles drawn to scale."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.report.figures.blocks import THINNEST, Box, Label, Layout
from paramcount.report.figures.layout import arrange
from paramcount.report.figures.pieces import groups, in_checkpoints
from paramcount.report.figures.style import (
    EDGE,
    GREY,
    LINE,
    POINT,
    TITLE,
    blank,
    broken,
    entitle,
    entry,
    heading,
    ink,
    legend,
    legend_height,
    look,
    percent,
    rounded,
    text_height,
    titles,
    wide,
)
from paramcount.report.palette import hatch, shade

RULER = 0.4  # inches of the line that shows the scale, with room around it
ACROSS = 4  # columns of the legend, at most
HATCHED = 0.05  # inches; thinner pieces have no room for a hatch
EDGED = 4 * POINT  # inches; thinner pieces have no edge
LONGEST = 0.25  # of the width, of the line that shows the scale

Corners = list[tuple[float, float]]


def figure(specs: Sequence[Spec]) -> Figure:
    if len(specs) != 1:
        asked = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot scale {asked}: draws one model at a time; valid: plot scale {specs[0].name}")
    spec = specs[0]
    model = spec.model()
    layout = arrange(groups(model, in_checkpoints if spec.family.keys else None))
    title = f"{spec.name}: {model.total():,} parameters, every tensor drawn to scale"
    top = text_height(heading(title, specs, wide()), TITLE) + 0.2 if titles() else EDGE
    handles = _handles({name: params / model.total() for name, params in model.by_component().items() if params})
    notes = _notes(layout, {entry.component for entry in model.ledger() if entry.tensor.shares})
    below = RULER + text_height(notes) + legend_height([str(handle.get_label()) for handle in handles], ACROSS)
    height = top + layout.page.height + below + EDGE
    drawn = blank(height)
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-EDGE, wide() - EDGE)
    axes.set_ylim(height - top, -top)  # inches, downwards
    _boxes(axes, layout.page.boxes)
    for label in layout.page.labels:
        _label(axes, label)
    _ruler(axes, layout)
    axes.text(0, layout.page.height + RULER, notes, color=GREY, va="top")
    entitle(drawn, title, specs, 1 - EDGE / height)
    legend(drawn, handles, ACROSS, where="lower left")
    return drawn


def _handles(shares: dict[str, float]) -> list[Patch]:
    """An entry for each look, with the shares of its components."""
    labels: dict[tuple[str, str], list[str]] = {}
    for name in shares:
        labels.setdefault((shade(name), hatch(name)), []).append(name)
    return [
        entry(names[0], "\n".join(f"{name} {percent(shares[name])}" for name in names)) for names in labels.values()
    ]


def _boxes(axes: Axes, boxes: Sequence[Box]) -> None:
    """The rectangles, those alike in one collection."""
    alike: dict[tuple[str, bool, bool], list[Corners]] = {}
    for box in boxes:
        across, down = max(box.width, THINNEST), max(box.height, THINNEST)
        right, bottom, thin = box.x + across, box.y + down, min(across, down)
        one = alike.setdefault((box.piece.component, thin > EDGED, thin >= HATCHED), [])
        one.append([(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)])
    for (component, edged, hatched), corners in alike.items():
        looks = look(component) if hatched else look(component) | {"hatch": "", "edgecolor": "white"}
        axes.add_collection(PolyCollection(corners, linewidths=0.5 if edged else 0, **looks), autolim=False)


def _label(axes: Axes, label: Label) -> None:
    if not label.colour_of:
        axes.text(label.x, label.y, label.text, va="top", linespacing=LINE)
        return
    background = shade(label.colour_of.component)
    written = axes.text(label.x, label.y, label.text, color=ink(background), ha="center", va="center")
    written.set_bbox({"facecolor": background, "edgecolor": "none", "pad": 1})  # over hatches and edges of strips


def _length(layout: Layout) -> int:
    """The dimensions that the line shows."""
    most = min(1.2, LONGEST * wide()) / layout.scale
    power: int = 10 ** floor(log10(most))
    return next(step * power for step in (5, 2, 1) if step * power <= most)


def _notes(layout: Layout, tied: set[str]) -> str:
    """What is cut, tied or not to scale."""
    true = layout.scale / POINT
    lines = [
        *(["Long matrices are cut into strips, side by side."] if layout.keyed else []),
        *([f"No side is drawn thinner than 1 pt; vectors to scale would be {true:.2g} pt."] if true < 1 else []),
        *([f"Tied, and drawn once: {', '.join(sorted(tied))}."] if len(tied) > 1 else []),
        *(f"The {component} is tied: the same tensor again, drawn once." for component in tied if len(tied) == 1),
    ]
    return "\n".join(broken(line, wide() - 2 * EDGE) for line in lines)


def _ruler(axes: Axes, layout: Layout) -> None:
    number = _length(layout)
    length, y = number * layout.scale, layout.page.height + RULER / 2
    axes.plot([0, length], [y, y], color="black", linewidth=1, marker="|", markersize=5)
    plural = "dimension" if number == 1 else "dimensions"
    said = broken(f"{_in_words(number)} {plural}, squared: {rounded(number**2)} parameters", wide() - length - 0.4)
    axes.text(length + 0.12, y, said, color=GREY, va="center")


def _in_words(number: int) -> str:
    return f"{number:,}" if number < 10**12 else rounded(number)
