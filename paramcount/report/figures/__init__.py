"""Figures: what each kind shows, and how one is drawn and saved. matplotlib is imported here alone, when drawing."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from paramcount.spec import Spec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paramcount.report.figures.budget import Budget

KINDS = {
    "share": "where the parameters are as models grow",
    "error": "published figures against exact counts",
    "budget": "layers against width, with curves of equal count",
    "scale": "every tensor of one model, drawn to scale",
}
SUFFIXES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}


def draw(kind: str, specs: Sequence[Spec], budget: Budget | None = None) -> Figure:
    """The figure of that *kind* over *specs*; *budget* is what the kind `budget` marks beside them.

    Raises InputError where the models cannot be drawn so.
    """
    from paramcount.report.figures.style import styled

    module = import_module(f"paramcount.report.figures.{kind}")
    with styled():
        figure: Figure = module.figure(specs, budget) if kind == "budget" else module.figure(specs)
        return figure


def save(figure: Figure, path: str, form: str) -> None:
    """Write *figure* to *path* as png, svg or pdf; the same figure gives the same bytes."""
    from paramcount.report.figures.style import DATES, styled

    with styled():
        figure.savefig(path, format=form, metadata=DATES[form])
