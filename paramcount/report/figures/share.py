"""`plot share`: each component's share of the parameters: one horizontal bar, bars by size, or an area over size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from paramcount.catalog.spec import Spec
from paramcount.comparison import merged
from paramcount.quantity import short
from paramcount.report.figures.placing import fit
from paramcount.report.figures.style import (
    LEAST,
    LINE,
    POINT,
    TEXT,
    blank,
    broken,
    entitle,
    entry,
    ink,
    legend,
    look,
    narrow,
    percent,
    rounded,
    text_width,
    wide,
)
from paramcount.report.palette import hatch, shade

MOST = 16  # more models are an area over their size
THICK = 0.82  # of the distance between bars
AXIS = 0.5  # inches of ticks and labels beside the bars
HEIGHT, LYING = 2.8, 0.55  # inches of the bars
BESIDE = 18  # lines of a legend that have room beside the bars
VISIBLE = 0.005  # the least share that is seen
HATCHED = 1.0  # per cent; smaller shares have no room for a hatch
SPELLED = 7  # components too small to be seen that the legend lists one by one
OTHERS = "others"
SIMILAR = 0.03  # of the range of sizes (in logarithms): models this far apart are of similar size
STEPS = 200

Box = tuple[float, float, float, float]  # left, bottom, width, height


class Bar(NamedTuple):
    """A model's exact count, and each component's share of it (0..1) in the model's order."""

    model: str
    total: int
    shares: dict[str, float]


def bars(specs: Iterable[Spec]) -> list[Bar]:
    """The models by exact count; a component without parameters of its own (a tied head) is left out."""
    return sorted(map(_bar, specs), key=lambda bar: bar.total)


def _bar(spec: Spec) -> Bar:
    model = spec.model()
    total = model.total()
    shares = {component: params / total for component, params in model.by_component().items() if params}
    return Bar(spec.name, total, shares)


def figure(specs: Sequence[Spec]) -> Figure:
    rows = bars(specs)
    components = reduce(merged, (list(bar.shares) for bar in rows))
    most = {name: max(bar.shares.get(name, 0) for bar in rows) for name in components}
    unseen = [name for name in components if most[name] < VISIBLE]
    if len(unseen) > SPELLED:
        rows = [_gathered(bar, unseen) for bar in rows]
        components = [*(name for name in components if name not in unseen), OTHERS]
    handles = [entry(name, label) for name, label in _legend(most, components, len(rows) > 1, unseen)]
    if len(rows) == 1:
        return _lying(specs, rows[0], components, handles)
    beside = not narrow() and sum(len(str(one.get_label()).split("\n")) for one in handles) < BESIDE
    drawn = blank()
    axes = drawn.add_subplot()
    edge = max(text_width(str(handle.get_label())) for handle in handles) + 0.5 if beside else 0
    inches = wide() - AXIS - edge
    if len(rows) > MOST:
        _areas(axes, rows, components, inches)
    else:
        _bars(axes, rows, components, inches / (len(rows) + 0.2))
    axes.set_ylim(0, 100)
    axes.set_ylabel("share of parameters (%)")
    entitle(drawn, "Where the parameters are", specs)
    if beside:
        drawn.legend(handles=handles[::-1], loc="center right", handlelength=1.6)
    else:
        legend(drawn, handles)
    fit(drawn, axes, HEIGHT, beside)
    return drawn


def _gathered(bar: Bar, unseen: Sequence[str]) -> Bar:
    """The bar with all *unseen* components as one."""
    seen = {name: share for name, share in bar.shares.items() if name not in unseen}
    return bar._replace(shares=seen | {OTHERS: sum(bar.shares.get(name, 0) for name in unseen)})


def _lying(specs: Sequence[Spec], bar: Bar, components: list[str], handles: Sequence[Any]) -> Figure:
    drawn = blank()
    axes = drawn.add_subplot()
    inches = wide() - AXIS
    left = 0.0
    for component in components:
        share = 100 * bar.shares.get(component, 0)
        text = f"{share:.1f}"
        fits = text_width(text) + 0.06 < inches * share / 100
        _pieces(axes, component, [(left, 0, share, 1)], [text if fits else ""], share)
        left += share
    axes.set(xlim=(0, 100), ylim=(0, 1), xlabel="share of parameters (%)", yticks=[])
    axes.set_title(f"{bar.model}: {short(bar.total)} parameters", loc="left", fontsize=TEXT)
    entitle(drawn, "Where the parameters are", specs)
    legend(drawn, handles)
    fit(drawn, axes, LYING)
    return drawn


def _bars(axes: Axes, rows: list[Bar], components: list[str], step: float) -> None:
    """The bars, *step* inches apart, with numbers where they have room."""
    bottoms = [0.0] * len(rows)
    numbers, least = text_width("88.8") + 0.04 < THICK * step, 100 * LINE * TEXT * POINT / HEIGHT
    for component in components:
        heights = [100 * bar.shares.get(component, 0) for bar in rows]
        boxes = [(place - THICK / 2, bottoms[place], THICK, height) for place, height in enumerate(heights) if height]
        texts = [f"{height:.1f}" if numbers and height >= least else "" for height in heights if height]
        _pieces(axes, component, boxes, texts, max(heights))
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    totals = [short(bar.total) for bar in rows]
    turned = 0 if max(map(text_width, totals)) + 0.05 < step else 90
    for place, total in enumerate(totals):
        axes.text(place, 101, total, ha="center", va="bottom", rotation=turned)
    _names(axes, [bar.model for bar in rows], step)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_xlabel("model (parameters above its bar)")


def _pieces(axes: Axes, component: str, boxes: Sequence[Box], texts: Sequence[str], most: float) -> None:
    """A component's rectangles, each with its text in the middle; *most* is its largest share, in per cent."""
    corners = [[(x, y), (x + across, y), (x + across, y + up), (x, y + up)] for x, y, across, up in boxes]
    looks = look(component)
    if most < HATCHED:
        looks |= {"hatch": "", "edgecolor": "white"}
    axes.add_collection(PolyCollection(corners, linewidths=0.3, **looks), autolim=False)
    for (x, y, across, up), text in zip(boxes, texts, strict=True):
        if text:
            written = axes.text(x + across / 2, y + up / 2, text, ha="center", va="center", color=ink(shade(component)))
            if hatch(component):
                written.set_bbox({"facecolor": shade(component), "edgecolor": "none", "pad": 1})


def _names(axes: Axes, names: Sequence[str], step: float) -> None:
    """The models' names under their bars: level where they have room, else slanted, else upright."""
    level = max(map(text_width, names)) + 0.08 < step
    turn = 0 if level else 45 if step > 0.21 else 90
    axes.set_xticks(range(len(names)), names)
    axes.tick_params("x", length=0)
    for label in axes.get_xticklabels():
        across, along = "right" if turn else "center", "center" if turn == 90 else "top"
        label.set(rotation=turn, rotation_mode="anchor", horizontalalignment=across, verticalalignment=along)


def _areas(axes: Axes, rows: list[Bar], components: list[str], inches: float) -> None:
    """The shares by model size, averaged over models of similar size, with a tick for each model."""
    sizes = np.log([float(bar.total) for bar in rows])
    reach = max(SIMILAR * (sizes[-1] - sizes[0]), 1e-3)
    places = np.linspace(sizes[0], sizes[-1], STEPS) if sizes[-1] > sizes[0] else sizes[[0, 0]] + (0, reach)
    apart = ((places[:, np.newaxis] - sizes) / reach) ** 2 / 2
    weights = np.exp(apart.min(1, keepdims=True) - apart)
    weights /= weights.sum(1, keepdims=True)
    stacks = [weights @ [100 * bar.shares.get(component, 0) for bar in rows] for component in components]
    looks = [look(component) for component in components]
    areas = axes.stackplot(np.exp(places), stacks, colors=[one["facecolor"] for one in looks], linewidth=0)
    for area, one in zip(areas, looks, strict=True):
        area.set(hatch=one["hatch"], edgecolor=one["edgecolor"])
    marks = [float(bar.total) for bar in rows]
    axes.plot(marks, [101.5] * len(marks), "|", color="black", markersize=4, markeredgewidth=0.4, clip_on=False)
    axes.set_xscale("log")
    axes.set_xlim(*np.exp(places[[0, -1]]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: rounded(round(count))))
    axes.xaxis.set_minor_locator(NullLocator())
    said = f"parameters ({len(rows)} models, marked at the top; shares are means over models of similar size)"
    axes.set_xlabel(broken(said, inches))


def _legend(
    most: dict[str, float], components: list[str], several: bool, unseen: Sequence[str]
) -> list[tuple[str, str]]:
    """An entry for each look: its components, and their share at most where it is too small to be seen."""
    entries: dict[tuple[str, str], tuple[str, str]] = {}
    for component in components:
        if component == OTHERS:
            label = f"{OTHERS} ({len(unseen)}, each at most {percent(max(most[name] for name in unseen))})"
        else:
            share = percent(max(most[component], LEAST))
            label = f"{component} ({'at most ' * several}{share})" if component in unseen else component
        alike = (shade(component), hatch(component))
        entries[alike] = (component, f"{entries[alike][1]}\n{label}" if alike in entries else label)
    return list(entries.values())
