"""`plot share`: the components' shares, stacked, over models in the order of their counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from paramcount.catalog.spec import Spec
from paramcount.comparison import merged
from paramcount.quantity import short
from paramcount.report.figures.style import LEAST, SMALL, blank, entitle, ink, percent
from paramcount.report.palette import colour

FEW = 12  # models whose bars have room for numbers
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
    few = len(rows) <= FEW
    drawn = blank(3.1 + 0.45 * len(rows), 3.9) if few else blank(1.0 + 0.18 * len(rows), 5.5)
    axes = drawn.add_subplot()
    components = reduce(merged, (list(bar.shares) for bar in rows))
    for place, bar in enumerate(rows):
        _stack(axes, place, bar, components, numbers=few)
        axes.text(place, 101, short(bar.total), ha="center", va="bottom", rotation=0 if few else 90)
    _frame(axes, rows)
    entitle(drawn, "Where the parameters are", specs)
    handles = [Patch(facecolor=shade, label=label) for shade, label in _legend(rows, components)]
    if few:
        drawn.legend(handles=handles[::-1], loc="outside right center")
    else:
        drawn.legend(handles=handles, loc="outside lower center", ncols=3)
    return drawn


def _stack(axes: Axes, place: int, bar: Bar, components: list[str], numbers: bool) -> None:
    bottom = 0.0
    for component in components:
        height = 100 * bar.shares.get(component, 0)
        axes.bar(place, height, 0.82, bottom, color=colour(component), edgecolor="white", linewidth=0.3)
        if numbers and height >= 100 * READABLE:
            middle = bottom + height / 2
            shade = ink(colour(component))
            axes.text(place, middle, f"{height:.1f}", ha="center", va="center", fontsize=SMALL, color=shade)
        bottom += height


def _frame(axes: Axes, rows: list[Bar]) -> None:
    turn = 0 if len(rows) == 1 else 45 if len(rows) <= FEW else 90
    axes.set_xticks(range(len(rows)), [bar.model for bar in rows])
    axes.tick_params("x", length=0)
    for label in axes.get_xticklabels():
        across, along = "right" if turn else "center", "center" if turn == 90 else "top"
        label.set(rotation=turn, rotation_mode="anchor", horizontalalignment=across, verticalalignment=along)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_ylim(0, 100)
    axes.set_xlabel("model\n(parameters above its bar)" if len(rows) > 1 else "model")
    axes.set_ylabel("share of the model's parameters (%)")


def _legend(rows: list[Bar], components: list[str]) -> list[tuple[str, str]]:
    """An entry a colour: its components, and how large the share is at most where no eye could see it."""
    entries: dict[str, str] = {}
    for component in components:
        most = max(bar.shares.get(component, 0) for bar in rows)
        share = f"at most {percent(max(most, LEAST))}" if len(rows) > 1 else percent(most)
        label = component if most >= VISIBLE else f"{component} ({share})"
        shade = colour(component)
        entries[shade] = f"{entries[shade]}\n{label}" if shade in entries else label
    return list(entries.items())
