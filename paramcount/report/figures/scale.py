"""`plot scale`: every tensor of a layer, and those outside the layers, as rectangles drawn to scale."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.quantity import short
from paramcount.report.figures.layout import THINNEST, Box, Label, Layout, arrange
from paramcount.report.figures.pieces import groups, in_checkpoints
from paramcount.report.figures.style import (
    EDGE,
    GREY,
    POINT,
    SMALL,
    TEXT,
    TITLE,
    blank,
    broken,
    columns_of,
    entitle,
    entry,
    heading,
    ink,
    legend,
    look,
    percent,
    text_height,
    wide,
)
from paramcount.report.palette import hatch, shade

BOTTOM = 0.55  # inches around the scale and the legend
ACROSS = 4  # entries of a line
HATCHED = 0.05  # inches; thinner pieces have no room for a hatch
LONGEST = 1.2  # of the line that shows the scale


def figure(specs: Sequence[Spec]) -> Figure:
    if len(specs) != 1:
        asked = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot scale {asked}: draws one model at a time; valid: plot scale {specs[0].name}")
    spec = specs[0]
    model = spec.model()
    layout = arrange(groups(model, in_checkpoints if spec.family.keys else None))
    title = f"{spec.name}: {model.total():,} parameters, every tensor drawn to scale"
    top = text_height(heading(title, specs, wide()), TITLE) + 0.2
    shares = {name: params / model.total() for name, params in model.by_component().items() if params}
    said = _said(layout, {entry.component for entry in model.ledger() if entry.tensor.shares})
    labels = [f"{name} {percent(share)}" for name, share in shares.items()]
    rows = ceil(len(labels) / columns_of(labels, ACROSS))
    height = layout.page.height + top + BOTTOM + rows * text_height("a line", TEXT) + text_height(said, SMALL)
    drawn = blank(wide(), height)
    drawn.set_layout_engine("none")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-EDGE, wide() - EDGE)
    axes.set_ylim(height - top, -top)  # inches, downwards
    for box in layout.page.boxes:
        _box(axes, box)
    for label in layout.page.labels:
        _label(axes, label)
    _ruler(axes, layout, said)
    entitle(drawn, title, specs, 1 - EDGE / height)
    handles = [entry(name, label) for name, label in zip(shares, labels, strict=True)]
    legend(drawn, handles, ACROSS, where="lower left")
    return drawn


def _box(axes: Axes, box: Box) -> None:
    width, height = max(box.width, THINNEST), max(box.height, THINNEST)
    edge = 0.5 if min(width, height) > 4 * POINT else 0
    looks = look(box.piece.component)
    if min(width, height) < HATCHED:
        looks |= {"hatch": "", "edgecolor": "white"}
    axes.add_patch(Rectangle((box.x, box.y), width, height, linewidth=edge, **looks))


def _label(axes: Axes, label: Label) -> None:
    if label.colour_of:
        background = shade(label.colour_of.component)
        written = axes.text(
            label.x, label.y, label.text, fontsize=SMALL, color=ink(background), ha="center", va="center"
        )
        if hatch(label.colour_of.component):
            written.set_bbox({"facecolor": background, "edgecolor": "none", "pad": 1})
    else:
        axes.text(label.x, label.y, label.text, fontsize=label.points, va="top")


def _length(layout: Layout) -> int:
    """The dimensions of the line that shows the scale."""
    power: int = 10 ** floor(log10(LONGEST / layout.scale))
    return next(step * power for step in (5, 2, 1) if step * power * layout.scale <= LONGEST)


def _said(layout: Layout, tied: set[str]) -> str:
    """The scale, and what is not to scale."""
    length = _length(layout)
    least, true = THINNEST / POINT, layout.scale / POINT
    thin = f"No side is drawn thinner than {least:g} pt: vectors to scale would be {true:.2g} pt."
    lines = [
        f"{_in_words(length)} dimension{'s' * (length > 1)}; a square of that side: {_in_words(length**2)} parameters.",
        *([thin] if layout.scale < THINNEST else []),
        *([f"Tied, and drawn once: {', '.join(sorted(tied))}."] if len(tied) > 1 else []),
        *(f"The {component} is tied: the same tensor again, drawn once." for component in tied if len(tied) == 1),
    ]
    return "\n".join(broken(line, wide() - LONGEST - 0.4) for line in lines)


def _ruler(axes: Axes, layout: Layout, said: str) -> None:
    length, y = _length(layout) * layout.scale, layout.page.height + 0.15 + text_height(said, SMALL) / 2
    axes.plot([0, length], [y, y], color="black", linewidth=1, marker="|", markersize=5)
    axes.text(length + 0.12, y, said, fontsize=SMALL, color=GREY, va="center")


def _in_words(number: int) -> str:
    return f"{number:,}" if number < 10**12 else short(number)
