"""Figures that were not counted from their row: copied from another model, or a round size taken from a name."""

import re
from collections.abc import Iterator
from math import log, log2
from typing import NamedTuple

from paramcount.auditing.counting import count, steps
from paramcount.auditing.evidence import SPREAD, Lattice, choice, surprise
from paramcount.auditing.explanation import Explanation
from paramcount.catalog.rows import figures, label_of
from paramcount.catalog.spec import Published, Spec
from paramcount.papers.tables import read, tables

WAYS = 3  # a wrong figure is misprinted, borrowed or nominal
MOST = 2  # models named in an explanation
NEAR = 1.1  # the size in a name is assumed to be within this factor of the count


class Borrowable(NamedTuple):
    """A figure printed for another model of the same depth and width."""

    model: str
    figure: Published


def borrowed(spec: Spec, figure: Published, agreeing: float, which: float) -> Iterator[Explanation]:
    """Explanations of *figure* as one that was not counted from *spec*.

    *agreeing* is the bits that an explanation earns, *which* the bits that it costs to name the figure.
    """
    counted = count(spec, spec.sizes, figure.reading)
    known = list(_elsewhere(spec, figure))
    others = [other for other in known if _same(other.figure, figure)]
    if others and figure.claim.high - figure.claim.low > 1 and not figure.claim.admits(counted):
        worth = surprise(figure.claim, figure.printed, Lattice(counted, steps(spec)))
        bits = agreeing + worth - which - choice(WAYS) - log2(len(known) / len(others))
        models = {other.model: f"{other.model} ({other.figure.source})" for other in reversed(others)}
        whose = " and for ".join(list(models.values())[: -1 - MOST : -1])
        text = f"{figure.printed} ({figure.place}) was copied: it is also printed for {whose}, of equal depth and width"
        yield Explanation(text, {}, counted, bits, "", (figure,), (spec.row,))
    if _names(spec, figure) and 1 / NEAR < counted / figure.claim.nominal < NEAR:
        bits = agreeing + log2(log(SPREAD) / (2 * log(NEAR))) - which - choice(WAYS)
        name = f"it is the size in the name {spec.row}, close to the count of {counted:,}"
        text = f"{figure.printed} ({figure.place}) is nominal: {name}"
        yield Explanation(text, {}, counted, bits, "", (figure,), (spec.row,))


def _elsewhere(spec: Spec, like: Published) -> Iterator[Borrowable]:
    """Figures for models as deep and as wide as *spec*, from tables no later than the one that prints *like*."""
    until = tables()[like.table].year if like.table in tables() else 9999
    first = sorted(tables().values(), key=lambda table: (spec.family.name not in table.families.values(), table.year))
    shape = [str(spec.sizes.get(field, "")) for field in ("n_layers", "d_model")]
    for table in first:
        if table.name == spec.table or not table.printed or table.year > until:
            continue
        for cells in read(table.path):
            name = table.models.get(label_of(table, cells), "")
            if label_of(table, cells).lower() == spec.row.lower():
                continue
            if [cells.get(field) for field in ("n_layers", "d_model")] == shape and name != spec.name:
                yield from (Borrowable(label_of(table, cells), figure) for figure in figures(table, cells))


def _same(one: Published, other: Published) -> bool:
    return (one.claim.low, one.claim.high) == (other.claim.low, other.claim.high)


def _names(spec: Spec, figure: Published) -> bool:
    """Whether the figure appears in the row's name, along with something else."""
    plain = figure.printed.replace(".0", "").upper()
    return plain != spec.row.upper() and plain in re.split(r"[^0-9A-Z.]+", spec.row.upper())
