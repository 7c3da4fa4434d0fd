"""What `plot error` and `plot audit` share: a line a printed figure, on an axis of relative differences in per cent."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from paramcount.report.figures.style import GREY, PALE, broken, narrow, wide

HEIGHT = 0.165  # inches of a line
MARGIN = 1.25  # inches of what lines are of, in a column
MOST = 4  # powers of ten on a side that have room for their names; of more, every other has one
AROUND = 1.5  # inches of title, axis and legend
INTERVAL = Line2D([], [], color=GREY, marker="|", linewidth=1.6, label="what the printed digits admit")


def bands(axes: Axes, owners: Sequence[str]) -> None:
    """A band behind every other owner of lines, so that its figures are seen together."""
    order = list(dict.fromkeys(owners))
    for place, owner in enumerate(owners):
        if order.index(owner) % 2 == 0:
            axes.axhspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)


def bar(axes: Axes, place: int, low: float, high: float, shade: str) -> None:
    """What the printed digits admit, its ends as fractions."""
    axes.plot([100 * low, 100 * high], [place, place], "|-", color=shade, linewidth=1.6, markersize=5)


def height_of(lines: int) -> float:
    """Inches of so many lines; in a column each has what stands beside it on a page below it."""
    return AROUND + (0.4 if narrow() else 0) + (2.1 if narrow() else 1) * HEIGHT * lines


def beside(axes: Axes, place: int, text: str, shade: str = GREY) -> None:
    """Words at the right end of a line; in a column under what the line is of."""
    if narrow():
        label = axes.get_yticklabels()[place]
        label.set_text(f"{label.get_text()}\n{broken(text, MARGIN)}")
        axes.set_yticks(axes.get_yticks(), [one.get_text() for one in axes.get_yticklabels()])
        return
    axes.text(1.01, place, text, transform=axes.get_yaxis_transform(), va="center_baseline", color=shade)


def per_cent(axes: Axes, low: float, high: float, linear: float, label: str) -> None:
    """The axis from *low* to *high*, two fractions: linear within ±*linear* %, logarithmic beyond."""
    least, most = min(-2 * linear, 130 * low), max(2 * linear, 130 * high)
    powers = [linear * 10.0**power for power in range(45) if linear * 10.0**power <= max(-least, most)]
    ticks = [0.0, *powers, *(-power for power in powers)]
    axes.set_xscale("symlog", linthresh=linear, subs=range(2, 10))
    axes.set_xlim(least, most)
    shown = [tick for tick in sorted(ticks) if least <= tick <= most]
    each = len(powers) if narrow() else 2 if len(powers) > MOST else 1
    named = {0.0, *powers[::-each]}
    axes.set_xticks(shown, [_signed(tick) if abs(tick) in named else "" for tick in shown])
    axes.set_xlabel(broken(f"{label} (linear within ±{linear:g} %)", wide() - (MARGIN + 0.2 if narrow() else 2.0)))
    axes.grid(axis="x", color="#D0D0D0", linewidth=0.5)


def _signed(tick: float) -> str:
    return f"{tick:+,g}".replace("-", "−") if tick else "0"


def lines(axes: Axes, labels: Sequence[str]) -> None:
    """A line for each of *labels*, the first on top."""
    axes.set_yticks(range(len(labels)), [broken(label, MARGIN) for label in labels] if narrow() else list(labels))
    axes.tick_params("y", length=0)
    axes.set_ylim(len(labels) - 0.5, -0.5)


def entry(mark: str, shade: str, face: str, label: str) -> Line2D:
    """A mark in a legend."""
    return Line2D([], [], linestyle="", marker=mark, color=shade, markerfacecolor=face, label=label)
