"""`plot memory`: the memory of one model for inference in each format and for training by each recipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.footprint import INFERENCE, TRAINING, Footprint, inference, training
from paramcount.costs.memory.recipes import recipes
from paramcount.costs.run import Run
from paramcount.costs.stated import context
from paramcount.errors import InputError
from paramcount.quantity import in_bytes
from paramcount.report.figures.placing import fit
from paramcount.report.figures.style import blank, entitle, legend, narrow, text_width, wide

FORMATS = ("bf16", "int8", "int4")
KINDS = {
    "weights": "#00446B",  # from light to dark in print: optimizer, gradients, activations, weights; cache is hatched
    "gradients": "#56A0D0",
    "optimizer": "#F5C34D",
    "activations": "#C24E00",
    "cache": "#2E8B6B",
}
HATCHES = {"cache": "////"}
UNITS = {0: "bytes", 3: "kB", 6: "MB", 9: "GB", 12: "TB", 15: "PB", 18: "EB"}
BAR = 0.23  # inches from a bar to the next
TICK = 0.55  # inches from a tick to the next, at least


def figure(specs: Sequence[Spec]) -> Figure:
    if len(specs) != 1:
        asked = ", ".join(spec.name for spec in specs)
        raise InputError(f"plot memory {asked}: draws one model at a time; valid: plot memory {specs[0].name}")
    spec = specs[0]
    length = context(spec)
    run = Run(1, length) if length else None
    bars = list(_bars(spec, run))
    drawn = blank()
    axes = drawn.add_subplot()
    _frame(axes, bars)
    tokens = f", 1 × {length:,} tokens" if length else ""
    entitle(drawn, f"{spec.name}: memory{tokens}", specs)
    seen = {kind for _, found in bars for kind, nbytes in found.kinds.items() if nbytes}
    unstated = dict.fromkeys(kind for _, found in bars for kind in _unstated(found))
    note = f"+: without {' and '.join(unstated)}, not counted for this model" if unstated and narrow() else ""
    legend(drawn, [_patch(kind) for kind in KINDS if kind in seen], len(seen), note)
    fit(drawn, axes, BAR * len(bars))
    return drawn


def _patch(kind: str) -> Patch:
    return Patch(**_look(kind), linewidth=0, label=kind)


def _look(kind: str) -> dict[str, Any]:
    return {"facecolor": KINDS[kind], "hatch": HATCHES.get(kind), "edgecolor": "white"}


def _bars(spec: Spec, run: Run | None) -> Iterator[tuple[str, Footprint]]:
    """A bar for each format that *spec* can be stored in, and one for each recipe."""
    for dtype in FORMATS:
        try:
            yield f"{INFERENCE}, {dtype}", inference(spec, run, dtype)
        except InputError:
            continue
    for by in recipes().values():
        yield f"{TRAINING}, {by.name}", training(spec, run, by)


def _frame(axes: Axes, bars: list[tuple[str, Footprint]]) -> None:
    """The bars, each with its sum behind it, and axes on which the longest sum has room."""
    labels, sums = [label for label, _ in bars], [_sum(found) for _, found in bars]
    inches = wide() - max(map(text_width, labels)) - 0.25
    longest = max(float(found.stated) for _, found in bars)
    power = max(power for power in UNITS if 10**power <= longest)
    limit = max(
        found.stated / 10**power / (1 - (text_width(text) + 0.1) / inches)
        for (_, found), text in zip(bars, sums, strict=True)
    )
    lefts = [0.0] * len(bars)
    for kind in KINDS:
        sizes = [(found.kinds.get(kind) or 0) / 10**power for _, found in bars]
        shown = [place for place, size in enumerate(sizes) if size]
        starts, widths = [lefts[place] for place in shown], [sizes[place] for place in shown]
        axes.barh(shown, widths, 0.72, starts, linewidth=0.3, **_look(kind))
        lefts = [left + size for left, size in zip(lefts, sizes, strict=True)]
    for place, (left, text) in enumerate(zip(lefts, sums, strict=True)):
        axes.annotate(text, (left, place), (3, 0), textcoords="offset points", ha="left", va="center")
    axes.set(xlim=(0, limit), ylim=(len(bars) - 0.4, -0.6), yticks=range(len(bars)), yticklabels=labels)
    axes.tick_params("y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int(inches / TICK))))
    unit = UNITS[power]
    exponent = str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    axes.set_xlabel(f"{unit} (10{exponent} bytes)" if power else unit)


def _sum(found: Footprint) -> str:
    without = _unstated(found)
    return in_bytes(found.stated) + (" +" if without and narrow() else f" without {without[0]}" if without else "")


def _unstated(found: Footprint) -> list[str]:
    return [kind for kind, nbytes in found.kinds.items() if nbytes is None]
