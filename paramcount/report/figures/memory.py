"""`plot memory`: what one model takes in each format to answer, and by each recipe to be trained, as stacked bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.footprint import INFERENCE, TRAINING, Footprint, inference, training
from paramcount.costs.memory.recipes import recipes
from paramcount.costs.run import Run
from paramcount.costs.stated import context
from paramcount.errors import InputError
from paramcount.report.figures.style import blank, entitle, legend, narrow, wide

FORMATS = ("bf16", "int8", "int4")
KINDS = {
    "weights": "#00446B",  # lightest to darkest in print: optimizer, gradients, activations, weights; cache is hatched
    "gradients": "#56A0D0",
    "optimizer": "#F5C34D",
    "activations": "#C24E00",
    "cache": "#2E8B6B",
}
HATCHES = {"cache": "////"}
ROOM = 1.22  # of the longest bar, so that what it comes to stands behind it


def figure(specs: Sequence[Spec]) -> Figure:
    if len(specs) != 1:
        asked = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot memory {asked}: draws one model at a time; valid: plot memory {specs[0].name}")
    spec = specs[0]
    length = context(spec)
    run = Run(1, length) if length else None
    bars = list(_bars(spec, run))
    drawn = blank(wide(), 1.3 + 0.27 * len(bars))
    axes = drawn.add_subplot()
    for place, (_, found) in enumerate(bars):
        _stack(axes, place, found)
    _frame(axes, bars)
    tokens = f", 1 × {length:,} tokens" if length else ""
    entitle(drawn, f"{spec.name}: what lies in memory{tokens}", specs)
    seen = {kind for _, found in bars for kind, nbytes in found.kinds.items() if nbytes}
    handles = [_patch(kind) for kind in KINDS if kind in seen]
    legend(drawn, handles, len(handles))
    return drawn


def _patch(kind: str) -> Patch:
    return Patch(**_look(kind), linewidth=0, label=kind)


def _look(kind: str) -> dict[str, Any]:
    return {"facecolor": KINDS[kind], "hatch": HATCHES.get(kind), "edgecolor": "white"}


def _bars(spec: Spec, run: Run | None) -> Iterator[tuple[str, Footprint]]:
    """A bar for each format that is stated of *spec*, and for each recipe."""
    for dtype in FORMATS:
        try:
            yield f"{INFERENCE}, {dtype}", inference(spec, run, dtype)
        except InputError:
            continue
    for by in recipes().values():
        yield f"{TRAINING}, {by.name}", training(spec, run, by)


def _stack(axes: Axes, place: int, found: Footprint) -> None:
    left = 0.0
    for kind, nbytes in found.kinds.items():
        if nbytes:
            axes.barh(
                place,
                nbytes / 1e9,
                0.72,
                left,
                color=KINDS[kind],
                edgecolor="white",
                linewidth=0.3,
                hatch=HATCHES.get(kind),
            )
            left += nbytes / 1e9
    unstated = [kind for kind, nbytes in found.kinds.items() if nbytes is None]
    without = f" without {unstated[0]}" if unstated and not narrow() else " +" if unstated else ""
    said = f"{left:,.4g} GB{without}"
    axes.annotate(said, (left, place), (3, 0), textcoords="offset points", ha="left", va="center")


def _frame(axes: Axes, bars: list[tuple[str, Footprint]]) -> None:
    axes.set_yticks(range(len(bars)), [label for label, _ in bars])
    axes.tick_params("y", length=0)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    room = ROOM if all(found.total is not None for _, found in bars) else 1.5
    axes.set_xlim(0, room * max(found.stated for _, found in bars) / 1e9)
    axes.set_xlabel("GB (10^9 bytes)")
