"""Figures: what each kind shows, and how one is drawn and saved. matplotlib is imported here alone, when drawing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paramcount.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "share": "where the parameters are as models grow",
    "error": "published figures against exact counts",
    "budget": "layers against width, with curves of equal count",
    "scale": "every tensor of one model, drawn to scale",
    "memory": "what one model takes in memory, by format and recipe",
    "audit": "one table's printed figures against recomputed counts, as they stand and explained",
    "flops": "shares of a forward pass by its length, beside the parameters'",
    "train": "days against devices, with lines of equal cost and published runs",
    "scaling": "loss against compute by scaling laws, with published runs",
    "isoflop": "loss against size at equal compute, with the sizes that scaling laws hold best",
}
COSTS = ("flops", "memory", "budget")  # kinds that draw the text model of a model of more than text
BY_LAW = ("scaling", "isoflop")  # kinds that draw scaling laws, by default the losses of LAW
LAW = "refit-2024"
LEAST, MOST = 2.5, 20.0  # inches
SUFFIXES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}


def draw(kind: str, *subject: Any, width: str | float = "double", title: bool = True) -> Figure:
    """The figure of that *kind*, with its *title* or without.

    *width* is "single" (a column, 3.3 in), "double" (a page, 7 in) or inches. *subject* is the models, with what
    `budget` marks beside them; for `audit` an Audit, for `train` Trainings, for `scaling` and `isoflop` the name of a
    law.

    Raises InputError where the subject cannot be drawn so.
    """
    from paramcount.report.figures.style import Page, italic, on, styled

    inches = inches_of(width)
    module = import_module(f"paramcount.report.figures.{kind}")
    with styled(), on(Page(inches, title)):
        figure: Figure = module.figure(*subject)
        italic(*(label for axes in figure.axes for label in (axes.xaxis.label, axes.yaxis.label)))
        return figure


def inches_of(width: str | float) -> float:
    """The inches that *width* states, from 2.5 to 20; raises InputError."""
    from paramcount.report.figures.style import WIDTHS

    text = str(width).strip().lower()
    if text in WIDTHS:
        return WIDTHS[text]
    try:
        inches = float(text.removesuffix("in"))
    except ValueError:
        inches = 0.0
    if not LEAST <= inches <= MOST:
        valid = f"single (3.3 in), double (7 in), or inches from {LEAST:g} to {MOST:g}"
        raise InputError(f"--width {width}: not a width; valid: {valid}")
    return inches


def drawing(figure: Figure, form: str) -> bytes:
    """*figure* as png, svg or pdf; the same figure gives the same bytes."""
    from io import BytesIO

    from paramcount.report.figures.style import DATES, styled

    page = BytesIO()
    with styled():
        figure.savefig(page, format=form, metadata=DATES[form])
    return page.getvalue()
