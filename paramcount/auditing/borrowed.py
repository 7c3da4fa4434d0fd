"""Figures that no count of their row made: another model's, and the round size in a name."""

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

WAYS = 3  # in which a figure can be wrong: misprinted, borrowed, nominal
MOST = 2  # models that are named
NEAR = 1.1  # a name's size is taken to be within this factor of the count


class Borrowable(NamedTuple):
    """A figure that is printed of another model, as deep and as wide."""

    model: str
    figure: Published


def borrowed(spec: Spec, figure: Published, agreeing: float, which: float) -> Iterator[Explanation]:
    """*figure* of *spec* as one that was not counted; *agreeing* is what an explanation is worth, *which* naming it."""
    counted = count(spec, spec.sizes, figure.reading)
    known = list(_elsewhere(spec, figure))
    others = [other for other in known if _same(other.figure, figure)]
    if others and figure.claim.high - figure.claim.low > 1 and not figure.claim.admits(counted):
        worth = surprise(figure.claim, figure.printed, Lattice(counted, steps(spec)))
        bits = agreeing + worth - which - choice(WAYS) - log2(len(known) / len(others))
        models = {other.model: f"{other.model} ({other.figure.source})" for other in reversed(others)}
        whose = " and of ".join(list(models.values())[: -1 - MOST : -1])
        text = f"{figure.printed} ({figure.place}) is printed of {whose}, of the same depth and width: copied"
        yield Explanation(text, {}, counted, bits, "", (figure,), (spec.row,))
    if _names(spec, figure) and 1 / NEAR < counted / figure.claim.nominal < NEAR:
        bits = agreeing + log2(log(SPREAD) / (2 * log(NEAR))) - which - choice(WAYS)
        text = f"{figure.printed} ({figure.place}) is nominal, the name of {spec.row}, near the {counted:,} counted"
        yield Explanation(text, {}, counted, bits, "", (figure,), (spec.row,))


def _elsewhere(spec: Spec, like: Published) -> Iterator[Borrowable]:
    """What tables no later than that of the figure *like* print of models as deep and as wide as *spec*."""
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
    """Whether the figure stands in the row's name, which says more than the figure."""
    plain = figure.printed.replace(".0", "").upper()
    return plain != spec.row.upper() and plain in re.split(r"[^0-9A-Z.]+", spec.row.upper())
