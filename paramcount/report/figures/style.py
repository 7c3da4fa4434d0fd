"""What all figures share: sizes for print, fonts that stay text, and no trace of when they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from textwrap import wrap
from typing import Any, NamedTuple

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.textpath import TextPath

from paramcount.catalog.spec import Spec
from paramcount.quantity import short
from paramcount.report import palette

WIDTHS = {"single": 3.3, "double": 7.0}  # inches: a column's text, and a page's or two columns'
NARROW = 5.0  # inches; a figure that is less wide has less beside another and more below
EDGE = 0.1  # inches between the page's edge and its text
TEXT = 7  # points, of all that is no title
SMALL = 7  # no type is smaller, and none is scaled
TITLE = 9
POINT = 1 / 72  # inch
LEAST = 1e-6  # shares below are only said to be so
LINE = 1.25  # of the font's size, from one line of text to the next
FONT = "DejaVu Sans"  # comes with matplotlib, so that every machine draws the same
GREY = "#555555"
PALE = "#F0F0F0"

STYLE: Any = {  # rcParams
    "figure.dpi": 72,  # a pixel is a point
    "savefig.dpi": 300,
    "font.family": FONT,
    "font.size": TEXT,
    "figure.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "legend.fontsize": TEXT,
    "legend.frameon": False,
    "text.hinting": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "paramcount",
    "pdf.fonttype": 42,
    "text.parse_math": False,  # a name may have a dollar in it
    "mathtext.fontset": "dejavusans",
    "hatch.linewidth": 0.6,
    "hatch.color": "black",
}
SYMBOL = re.compile(r"\b([a-zA-Z])_([a-z][a-z_]*)\b")  # d_model
UNITS = ((21, "Z"), (18, "E"), (15, "P"))
DATES: dict[str, dict[str, Any]] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


class Page(NamedTuple):
    """What was asked for of a figure: its width in inches, and whether it has its title."""

    width: float = WIDTHS["double"]
    titled: bool = True


DOUBLE = Page()
_page: ContextVar[Page] = ContextVar("page")


@contextmanager
def on(page: Page) -> Iterator[None]:
    """Draw for that page."""
    before = _page.set(page)
    try:
        yield
    finally:
        _page.reset(before)


def wide() -> float:
    """Inches that the figure is wide."""
    return _page.get(DOUBLE).width


def narrow() -> bool:
    """Whether the figure is for a column."""
    return wide() < NARROW


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save with these settings alone, whatever the reader's matplotlibrc says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def blank(width: float, height: float) -> Figure:
    """An empty figure of that many inches, apart from pyplot's global ones."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def freeze(figure: Figure) -> None:
    """Settle the layout, so that places on the page can be asked for and stay."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


@cache
def text_width(text: str, points: float = TEXT) -> float:
    """Inches that *text* is wide, its widest line if it has several."""
    lines = (TextPath((0, 0), line, size=points, prop=FontProperties(FONT)).vertices for line in text.split("\n"))
    # From its first corner to its last: the extents of its curves are a hundredth less, and take fifty times as long.
    return max(float(corners[:, 0].max() - corners[:, 0].min()) if len(corners) else 0.0 for corners in lines) * POINT


def text_height(text: str, points: float = TEXT) -> float:
    """Inches that the lines of *text* are high."""
    return (text.count("\n") + 1) * points * LINE * POINT


def ink(background: str) -> str:
    """Black or white, whichever reads better on *background* (relative luminance as WCAG 2.1 defines it)."""
    channels = (int(background[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def look(component: str) -> dict[str, Any]:
    """How a component is filled: its shade, its hatch, and the edge that hatches have the colour of."""
    shaded, hatched = palette.shade(component), palette.hatch(component)
    return {"facecolor": shaded, "hatch": hatched, "edgecolor": ink(shaded) if hatched else "white"}


def entry(component: str, label: str) -> Patch:
    """A component in a legend."""
    return Patch(**look(component), linewidth=0, label=label)


HANDLE = 0.36  # inches of a legend's entry beside its text
BETWEEN = 0.2  # inches between two entries


def broken(text: str, inches: float) -> str:
    """*text* on as many lines as *inches* need."""
    return "\n".join(part for line in text.split("\n") for part in wrap(line, _letters(line, inches)))


def _letters(line: str, inches: float) -> int:
    """How many letters as wide as those of *line* *inches* hold."""
    return max(8, int(0.95 * len(line) * inches / text_width(line))) if line.strip() else 8


def columns_of(labels: Sequence[str], most: int) -> int:
    """How many columns of a legend there is room for."""
    for number in range(min(most, len(labels)), 1, -1):
        rows = -(-len(labels) // number)
        widths = [max(map(text_width, labels[start : start + rows])) for start in range(0, len(labels), rows)]
        if sum(widths) + len(widths) * (HANDLE + BETWEEN) < wide() - 0.1:
            return number
    return 1


def legend(
    figure: Figure, handles: Sequence[Any], most: int = 3, note: str = "", where: Any = "outside lower center"
) -> None:
    """A legend of up to *most* columns, as many as there is room for, under its *note*."""
    for handle in handles:
        handle.set_label(broken(str(handle.get_label()), wide() - HANDLE - 0.2))
    labels = [str(handle.get_label()) for handle in handles]
    said = {"title": broken(note, wide() - 0.2), "title_fontsize": SMALL} if note else {}
    made = figure.legend(handles=list(handles), loc=where, ncols=columns_of(labels, most), handlelength=1.6, **said)
    italic(*made.get_texts())


def heading(title: str, specs: Sequence[Spec], width: float) -> str:
    """*title* and what was set over the models, on as many lines as *width* inches need."""
    changes = dict.fromkeys(f"{field} = {value}" for spec in specs for field, value in spec.overridden.items())
    words = f"{title}, with {', '.join(changes)}" if changes else title
    return "\n".join(wrap(words, int(0.9 * len(words) * (width - 2 * EDGE) / text_width(words, TITLE))))


def entitle(figure: Figure, title: str, specs: Sequence[Spec], y: float | None = None) -> None:
    """Write that heading at the figure's upper left; where no layout sees to it, its top at *y* of the height."""
    if _page.get(DOUBLE).titled:
        text = heading(title, specs, figure.get_figwidth())
        said = figure.suptitle(text, x=EDGE / figure.get_figwidth(), ha="left", **({} if y is None else {"y": y}))
        italic(said)


def italic(*texts: Text) -> None:
    """Set the symbols in *texts*, such as d_model, as mathematics: d in italics, its index below it."""
    for one in texts:
        plain = one.get_text()
        if SYMBOL.search(plain):
            one.set_parse_math(True)
            one.set_text(SYMBOL.sub(_symbol, plain.replace("$", r"\$")))


def _symbol(match: re.Match[str]) -> str:
    index = match[2].replace("_", r"\_")
    return rf"${match[1]}_{{\mathrm{{{index}}}}}$"


def percent(share: float) -> str:
    """A share as a legend says it, however small."""
    if share < LEAST:
        return f"< {100 * LEAST:.4f} %"
    return f"{100 * share:.1f} %" if share >= 0.01 else f"{100 * share:.2g} %"


def rounded(count: int) -> str:
    """*count* in short, its zeros after the point left out: 1B, 105T, 1P (10^15)."""
    for power, unit in UNITS:
        if 10**power <= count < 1000 * 10**power:
            return f"{count / 10**power:.3g}{unit}"
    return re.sub(r"\.0+(?!\d)", "", short(count))
