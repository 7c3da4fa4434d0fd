"""The kinds of figures, and how one is drawn and saved; matplotlib is imported only when drawing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paramcount.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "share": "where the parameters are",
    "error": "printed figures against exact counts",
    "budget": "layers against width, with curves of equal count",
    "scale": "every tensor of one model, drawn to scale",
    "memory": "memory of one model, for inference and training",
    "audit": "one table's printed figures against recomputed counts",
    "flops": "FLOPs of a forward pass by sequence length",
    "train": "days against devices, with lines of equal cost and published runs",
    "scaling": "loss against compute by scaling laws, with published runs",
    "isoflop": "loss against size at equal compute, with the best sizes by scaling laws",
}
COSTS = ("flops", "memory", "budget")  # kinds that draw only the text model of a multimodal model
BY_LAW = ("scaling", "isoflop")  # kinds that draw scaling laws, by default with the losses of LAW
LAW = "refit-2024"
LEAST, MOST = 2.5, 20.0  # inches
SUFFIXES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
QUICK: dict[str, Any] = {"png": {"pil_kwargs": {"compress_level": 3}}}  # a fifth faster, and hardly larger


def draw(kind: str, *subject: Any, width: str | float = "double", title: bool = True) -> Figure:
    """Draw a figure of that *kind*, with or without its *title*.

    *width* is "single" (a column, 3.3 in), "double" (a page, 7 in) or inches. *subject* is a list of specs, for
    `budget` also a Budget to mark; for `audit` an Audit, for `train` a list of Trainings, for `scaling` and `isoflop`
    the name of a law.

    Raises InputError on a subject that can't be drawn so.
    """
    from paramcount.report.figures.style import Page, italic, on, styled

    inches = inches_of(width)
    module = import_module(f"paramcount.report.figures.{kind}")
    with styled(), on(Page(inches, title)):
        figure: Figure = module.figure(*subject)
        italic(*(label for axes in figure.axes for label in (axes.xaxis.label, axes.yaxis.label)))
        return figure


def inches_of(width: str | float) -> float:
    """*width* in inches, from 2.5 to 20; raises InputError on anything else."""
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
    """The bytes of *figure* as png, svg or pdf, always the same for the same figure."""
    from io import BytesIO

    from paramcount.report.figures.style import WITHOUT_DATES, styled

    page = BytesIO()
    with styled():
        figure.savefig(page, format=form, metadata=WITHOUT_DATES[form], **QUICK.get(form, {}))
    return page.getvalue()
