"""What all figures share: sizes for print, fonts, legends, titles, and output without a date."""

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
from matplotlib.font_manager import get_font
from matplotlib.patches import Patch
from matplotlib.text import Text

from paramcount.catalog.spec import Spec
from paramcount.quantity import short
from paramcount.report import palette

WIDTHS = {"single": 3.3, "double": 7.0}  # inches: one column of text, or a whole page
NARROW = 5.0  # inches; a narrower figure has its legend and notes below rather than beside
EDGE = 0.1  # inches between the page's edge and its text
TEXT = 7  # points, of everything but titles; figures are never scaled, so that no type is smaller
TITLE = 9
POINT = 1 / 72  # inch
DPI = 300  # of PNG
LEAST = 1e-6  # shares below are only said to be so
LINE = 1.25  # of the font's size, from one line of text to the next
FONT, FONT_FILE = "DejaVu Sans", "fonts/ttf/DejaVuSans.ttf"  # comes with matplotlib: the same on every machine
EM = 100  # points, at which the widths of letters are read
GREY = "#555555"
PALE = "#F0F0F0"

STYLE: Any = {  # rcParams
    "figure.dpi": 72,  # a pixel is a point
    "savefig.dpi": DPI,
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
    "mathtext.fontset": "custom",  # the search for the twenty fonts of the others takes longer than the drawing
    "mathtext.fallback": None,
    **{f"mathtext.{face}": FONT for face in ("cal", "rm", "tt", "bf", "sf")},
    **{f"mathtext.{face}": f"{FONT}:italic" for face in ("it", "bfit")},
    "hatch.linewidth": 0.6,
    "hatch.color": "black",
}
SYMBOL = re.compile(r"\b([a-zA-Z])_([a-z][a-z_]*)\b")  # d_model
TOGETHER = re.compile(r" (?=[=−%])|(?<=[=−]) ")  # spaces that stay in their line
HARD_SPACE = "\xa0"
UNITS = ((21, "Z"), (18, "E"), (15, "P"))
WITHOUT_DATES: dict[str, Any] = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


class Page(NamedTuple):
    """The width of a figure in inches, and whether it has a title."""

    width: float = WIDTHS["double"]
    titled: bool = True


DOUBLE = Page()
_page: ContextVar[Page] = ContextVar("page")


@contextmanager
def on(page: Page) -> Iterator[None]:
    """Draw for *page* inside this context."""
    before = _page.set(page)
    try:
        yield
    finally:
        _page.reset(before)


def wide() -> float:
    """The figure's width in inches."""
    return _page.get(DOUBLE).width


def titles() -> bool:
    """Whether the figure has a title."""
    return _page.get(DOUBLE).titled


def narrow() -> bool:
    """Whether the figure is for one column of text."""
    return wide() < NARROW


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save with these settings only, ignoring the user's matplotlibrc."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def blank(height: float = 1.0) -> Figure:
    """An empty figure of the asked width and that height in inches, unknown to pyplot."""
    figure = Figure(figsize=(wide(), height))
    FigureCanvasAgg(figure)
    return figure


@cache
def text_width(text: str, points: float = TEXT) -> float:
    """The width of *text* in inches, of its widest line if it has several; kerning is ignored."""
    return max(sum(map(_advance, line)) for line in text.split("\n")) * points * POINT


@cache
def _advance(letter: str) -> float:
    """The width of a letter, as a share of the font's size."""
    font = get_font(f"{matplotlib.get_data_path()}/{FONT_FILE}")
    font.set_size(EM, 72)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 2**16 / EM


def text_height(text: str, points: float = TEXT) -> float:
    """The height of the lines of *text* in inches."""
    return (text.count("\n") + 1) * points * LINE * POINT


def ink(background: str) -> str:
    """Black or white, whichever reads better on *background* (relative luminance as WCAG 2.1 defines it)."""
    channels = (int(background[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def look(component: str) -> dict[str, Any]:
    """How a component is filled: its shade, its hatch, and its edge, whose colour hatches have."""
    shaded, hatched = palette.shade(component), palette.hatch(component)
    return {"facecolor": shaded, "hatch": hatched, "edgecolor": ink(shaded) if hatched else "white"}


def entry(component: str, label: str) -> Patch:
    """A component in a legend."""
    return Patch(**look(component), linewidth=0, label=label)


HANDLE = 0.36  # inches of a legend's entry beside its text
BETWEEN = 0.2  # inches between two columns


def broken(text: str, inches: float) -> str:
    """*text* wrapped to *inches*, never around a sign as in n_heads = 16."""
    kept = TOGETHER.sub(HARD_SPACE, text)
    lines = (part for line in kept.split("\n") for part in wrap(line, _letters(line, inches)))
    return "\n".join(lines).replace(HARD_SPACE, " ")


def _letters(line: str, inches: float) -> int:
    """How many letters of *line* fit in *inches*, on average."""
    return max(8, int(0.95 * len(line) * inches / text_width(line))) if line.strip() else 8


def columns_of(labels: Sequence[str], most: int, inches: float | None = None) -> int:
    """How many columns of a legend, up to *most*, fit in *inches* (by default the figure's width)."""
    room = (wide() if inches is None else inches) - 0.1
    for number in range(min(most, len(labels)), 1, -1):
        if sum(text_width(widest) + HANDLE + BETWEEN for widest in _widest(labels, number)) < room:
            return number
    return 1


def _widest(labels: Sequence[str], columns: int) -> Iterator[str]:
    return (max(column, key=text_width) for column in _columns(labels, columns))


def _columns(labels: Sequence[str], number: int) -> Iterator[Sequence[str]]:
    """The labels in so many columns, the first of them with one more where they must, as matplotlib fills them."""
    each, more = divmod(len(labels), number)
    start = 0
    for column in range(number):
        end = start + each + (column < more)
        yield labels[start:end]
        start = end


def legend_height(labels: Sequence[str], most: int) -> float:
    """The height in inches of a legend of up to *most* columns."""
    columns = _columns(labels, columns_of(labels, most))
    return max(sum(text_height(label) + 0.5 * TEXT * POINT for label in column) for column in columns) + EDGE


def legend(figure: Figure, handles: Sequence[Any], most: int = 3, note: str = "", where: Any = "lower center") -> None:
    """A legend of up to *most* columns, as many as fit, under its *note*."""
    for handle in handles:
        handle.set_label(broken(str(handle.get_label()), wide() - HANDLE - 0.2))
    labels = [str(handle.get_label()) for handle in handles]
    said = {"title": broken(note, wide() - 0.2), "title_fontsize": TEXT} if note else {}
    made = figure.legend(handles=list(handles), loc=where, ncols=columns_of(labels, most), handlelength=1.6, **said)
    italic(*made.get_texts())


def heading(title: str, specs: Sequence[Spec], width: float) -> str:
    """*title* with the sizes that were changed by hand, wrapped to *width* inches."""
    changes = dict.fromkeys(f"{field} = {value}" for spec in specs for field, value in spec.overridden.items())
    words = f"{title}, with {', '.join(changes)}" if changes else title
    return "\n".join(wrap(words, int(0.9 * len(words) * (width - 2 * EDGE) / text_width(words, TITLE))))


def entitle(figure: Figure, title: str, specs: Sequence[Spec], y: float | None = None) -> None:
    """Write the heading at the figure's upper left; *y* places it (0..1) where there is no layout engine."""
    if titles():
        text = heading(title, specs, figure.get_figwidth())
        said = figure.suptitle(text, x=EDGE / figure.get_figwidth(), ha="left", **({} if y is None else {"y": y}))
        italic(said)


def italic(*texts: Text) -> None:
    """Set symbols in *texts*, such as d_model, as mathematics: an italic d with its subscript."""
    for one in texts:
        plain = one.get_text()
        if SYMBOL.search(plain):
            one.set_parse_math(True)
            one.set_text(SYMBOL.sub(_symbol, plain.replace("$", r"\$")))


def _symbol(match: re.Match[str]) -> str:
    index = match[2].replace("_", r"\_")
    return rf"${match[1]}_{{\mathrm{{{index}}}}}$"


def percent(share: float) -> str:
    """A share in per cent as legends print it, however small."""
    if share < LEAST:
        return f"< {100 * LEAST:.4f} %"
    return f"{100 * share:.1f} %" if share >= 0.01 else f"{100 * share:.2g} %"


def rounded(count: int) -> str:
    """*count* in short form without trailing zeros: 1B, 105T, 1P (10^15)."""
    for power, unit in UNITS:
        if 10**power <= count < 1000 * 10**power:
            return f"{count / 10**power:.3g}{unit}"
    return re.sub(r"\.0+(?!\d)", "", short(count))
