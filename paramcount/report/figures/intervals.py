"""What `plot error` and `plot audit` share: a row for each printed figure, over an axis of differences in per cent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import log10
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from paramcount.report.figures.placing import fit
from paramcount.report.figures.style import GREY, LINE, PALE, POINT, TEXT, broken, narrow, text_width, wide

HEIGHT = LINE * TEXT * POINT  # inches of a line of text
BETWEEN = 0.045  # inches between rows
LEFT, RIGHT = 0.38, 0.25  # of the width, that labels and notes may take
POWERS = 45  # of ten, at most
ROOM = 0.05  # of the axis, beyond what it shows
APART = 0.06  # inches between the names of ticks
INTERVAL = Line2D([], [], color=GREY, marker="|", linewidth=1.6, label="what the printed digits admit")

Mark = tuple[str, str, str, str]  # marker, colour, face, label


class Row(NamedTuple):
    """A printed figure: whose it is, what is written to its left and right, and its interval, as fractions.

    *marks* are counts, as fractions too.
    """

    owner: str
    label: str
    note: str
    low: float
    high: float
    bar: str  # the interval's colour, "" for none
    marks: tuple[tuple[Mark, float], ...] = ()
    shade: str = GREY  # the note's colour


def draw(axes: Axes, rows: Sequence[Row]) -> list[float]:
    """Draw the rows from top to bottom; give the position of each in inches from the top."""
    labels, notes = zip(*map(_words, rows), strict=True)
    lines = [max(text.count("\n") for text in texts) + 1 for texts in zip(labels, notes, strict=True)]
    heights = [HEIGHT * number + BETWEEN for number in lines]
    ends = [sum(heights[: place + 1]) for place in range(len(rows))]
    at = [end - height / 2 for end, height in zip(ends, heights, strict=True)]
    axes.set_ylim(ends[-1], 0)
    axes.set_yticks(at, labels)
    axes.tick_params("y", length=0)
    for y, note, row in zip(at, notes, rows, strict=True):
        if note:
            axes.text(1.01, y, note, transform=axes.get_yaxis_transform(), va="center", color=row.shade)
    _bands(axes, rows, ends)
    _bars(axes, rows, at)
    _marks(axes, rows, at)
    return at


def _words(row: Row) -> tuple[str, str]:
    """The words at a row's left and right; in a narrow figure all are at the left."""
    label = broken(row.label, LEFT * wide())
    if not narrow():
        return label, broken(row.note, RIGHT * wide())
    both = f"{row.label}, {row.note}"
    if not row.note or text_width(both) < LEFT * wide():
        return both if row.note else label, ""
    return f"{label},\n{broken(row.note, LEFT * wide())}", ""


def _bands(axes: Axes, rows: Sequence[Row], ends: Sequence[float]) -> None:
    """A band behind every other owner's rows."""
    starts = [0.0, *ends]
    for number, (_, group) in enumerate(groupby(range(len(rows)), lambda place: rows[place].owner)):
        places = list(group)
        if number % 2 == 0:
            axes.axhspan(starts[places[0]], ends[places[-1]], color=PALE, linewidth=0, zorder=0)


def _bars(axes: Axes, rows: Sequence[Row], at: Sequence[float]) -> None:
    for shade in dict.fromkeys(row.bar for row in rows if row.bar):
        own = [(100 * row.low, 100 * row.high, y) for row, y in zip(rows, at, strict=True) if row.bar == shade]
        lows, highs, ys = zip(*own, strict=True)
        axes.hlines(ys, lows, highs, color=shade, linewidth=1.6)
        axes.plot([*lows, *highs], [*ys, *ys], "|", color=shade, markersize=5)


def _marks(axes: Axes, rows: Sequence[Row], at: Sequence[float]) -> None:
    for mark in dict.fromkeys(mark for row in rows for mark, _ in row.marks):
        own = [(100 * count, y) for row, y in zip(rows, at, strict=True) for other, count in row.marks if other == mark]
        marker, shade, face, _ = mark
        axes.plot(*zip(*own, strict=True), marker, color=shade, markerfacecolor=face, markersize=4)


def per_cent(figure: Figure, axes: Axes, rows: Sequence[Row], linear: float, label: str) -> None:
    """Finish the figure: the axis, linear within ±*linear* % and logarithmic beyond, and the layout."""
    shown = [100 * end for row in rows for end in (row.low, row.high, *(count for _, count in row.marks))]
    least, most = _limits(min(*shown, -2 * linear), max(*shown, 2 * linear), linear)
    powers = [linear * 10.0**power for power in range(POWERS) if linear * 10.0**power <= max(-least, most)]
    ticks = [tick for tick in (*(-power for power in powers[::-1]), 0.0, *powers) if least <= tick <= most]
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xscale("symlog", linthresh=linear)
    axes.set_xlim(least, most)
    axes.set_xticks(ticks, [_signed(tick) for tick in ticks])
    axes.set_xlabel(broken(f"{label} (linear within ±{linear:g} %)", 0.55 * wide()))
    axes.grid(axis="x", color="#D0D0D0", linewidth=0.5)
    fit(figure, axes, axes.get_ylim()[0])
    named = _roomy(axes, ticks)
    axes.set_xticks(ticks, [_signed(tick) if tick in named else "" for tick in ticks])


def _limits(low: float, high: float, linear: float) -> tuple[float, float]:
    """*low* and *high* with room beyond them, as wide on the axis as ROOM says."""

    def there(value: float) -> float:
        size = abs(value) / linear
        return (size if size <= 1 else 1 + log10(size)) * (1 if value > 0 else -1)

    def back(place: float) -> float:
        size = abs(place)
        return linear * (size if size <= 1 else 10 ** (size - 1)) * (1 if place > 0 else -1)

    room = ROOM * (there(high) - there(low))
    return back(there(low) - room), back(there(high) + room)


def _roomy(axes: Axes, ticks: Sequence[float]) -> set[float]:
    """The ticks whose names have room: zero, then the largest on each side, then those within."""
    spans: dict[float, tuple[float, float]] = {}
    for tick in sorted(ticks, key=lambda tick: (tick != 0, -abs(tick))):
        at, half = axes.transData.transform((tick, 0))[0] * POINT, text_width(_signed(tick)) / 2 + APART / 2
        if all(at + half <= low or at - half >= high for low, high in spans.values()) and at + half <= wide():
            spans[tick] = at - half, at + half
    return set(spans)


def _signed(tick: float) -> str:
    size = abs(tick)
    said = f"{size:,g}" if size < 1e6 else f"{size:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{'+' if tick > 0 else '−' if tick < 0 else ''}{said}"


def entry(mark: Mark) -> Line2D:
    """A mark in a legend."""
    marker, shade, face, label = mark
    return Line2D([], [], linestyle="", marker=marker, color=shade, markerfacecolor=face, label=label)
