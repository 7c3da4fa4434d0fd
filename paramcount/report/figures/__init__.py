"""Figures: what each kind shows, and how one is drawn and saved. matplotlib is imported here alone, when drawing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
SUFFIXES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}


def draw(kind: str, *subject: Any) -> Figure:
    """The figure of that *kind*. *subject* is the models, with what `budget` marks beside them; for `audit` an Audit,
    for `train` Trainings, for `scaling` and `isoflop` the name of a law.

    Raises InputError where the subject cannot be drawn so.
    """
    from paramcount.report.figures.style import styled

    module = import_module(f"paramcount.report.figures.{kind}")
    with styled():
        figure: Figure = module.figure(*subject)
        return figure


def drawing(figure: Figure, form: str) -> bytes:
    """*figure* as png, svg or pdf; the same figure gives the same bytes."""
    from io import BytesIO

    from paramcount.report.figures.style import DATES, styled

    page = BytesIO()
    with styled():
        figure.savefig(page, format=form, metadata=DATES[form])
    return page.getvalue()
