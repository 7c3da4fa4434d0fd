"""`plot share`: the components' shares, stacked: bars in the order of the counts, or an area over many counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from paramcount.catalog.spec import Spec
from paramcount.comparison import merged
from paramcount.quantity import short
from paramcount.report.figures.style import (
    LEAST,
    SMALL,
    blank,
    columns_of,
    entitle,
    entry,
    ink,
    legend,
    look,
    narrow,
    percent,
    rounded,
    wide,
)
from paramcount.report.palette import hatch, shade

FEW = 12  # models whose bars have room for numbers on a page; in a column half as many
MOST = 16  # bars; more models are an area over their size
READABLE = 0.06  # the least share whose number fits into its piece
VISIBLE = 0.005


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
    few = len(rows) <= (FEW // 2 if narrow() else FEW) and not (narrow() and len(rows) > 1)
    entries = _legend(rows, components)
    beside = few and not narrow()
    below = 0 if beside else 0.16 * (-(-len(entries) // columns_of([label for _, label in entries], 3)) + 1)
    drawn = blank(wide(), 3.9 + below + (0.5 if len(rows) > FEW else 0))
    axes = drawn.add_subplot()
    if len(rows) > MOST:
        _areas(axes, rows, components)
    else:
        for place, bar in enumerate(rows):
            _stack(axes, place, bar, components, numbers=few)
            axes.text(place, 101, short(bar.total), ha="center", va="bottom", rotation=0 if few else 90)
        _frame(axes, rows, few)
    axes.set_ylim(0, 100)
    axes.set_ylabel("share of parameters (%)")
    entitle(drawn, "Where the parameters are", specs)
    handles = [entry(component, label) for component, label in entries]
    if beside:
        drawn.legend(handles=handles[::-1], loc="outside right center")
    else:
        legend(drawn, handles)
    return drawn


def _stack(axes: Axes, place: int, bar: Bar, components: list[str], numbers: bool) -> None:
    bottom = 0.0
    for component in components:
        height = 100 * bar.shares.get(component, 0)
        axes.bar(place, height, 0.82, bottom, linewidth=0.3, **look(component))
        if numbers and height >= 100 * READABLE:
            middle = bottom + height / 2
            written = axes.text(place, middle, f"{height:.1f}", ha="center", va="center", fontsize=SMALL)
            written.set_color(ink(shade(component)))
            if hatch(component):
                written.set_bbox({"facecolor": shade(component), "edgecolor": "none", "pad": 1})
        bottom += height


def _areas(axes: Axes, rows: list[Bar], components: list[str]) -> None:
    """The shares over the count; models of one count stand a little apart, since an area has one share at a place."""
    places = [float(bar.total) for bar in rows]
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] * 1.002)
    stacks = [[100 * bar.shares.get(component, 0) for bar in rows] for component in components]
    areas = axes.stackplot(places, stacks, colors=[shade(component) for component in components], linewidth=0)
    for component, area in zip(components, areas, strict=True):
        area.set(hatch=hatch(component), edgecolor=look(component)["edgecolor"])
    axes.set_xscale("log")
    axes.set_xlim(places[0], places[-1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: rounded(round(count))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"parameters ({len(rows)} models)")


def _frame(axes: Axes, rows: list[Bar], few: bool) -> None:
    turn = 0 if len(rows) == 1 else 45 if few else 90
    axes.set_xticks(range(len(rows)), [bar.model for bar in rows])
    axes.tick_params("x", length=0)
    for label in axes.get_xticklabels():
        across, along = "right" if turn else "center", "center" if turn == 90 else "top"
        label.set(rotation=turn, rotation_mode="anchor", horizontalalignment=across, verticalalignment=along)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_xlabel("model\n(parameters above its bar)" if len(rows) > 1 else "model")


def _legend(rows: list[Bar], components: list[str]) -> list[tuple[str, str]]:
    """An entry a look: a component, what it is of, and how large the share is at most where no eye could see it."""
    entries: dict[tuple[str, str], tuple[str, str]] = {}
    for component in components:
        most = max(bar.shares.get(component, 0) for bar in rows)
        share = f"at most {percent(max(most, LEAST))}" if len(rows) > 1 else percent(most)
        label = component if most >= VISIBLE else f"{component} ({share})"
        alike = (shade(component), hatch(component))
        entries[alike] = (component, f"{entries[alike][1]}\n{label}" if alike in entries else label)
    return list(entries.values())
