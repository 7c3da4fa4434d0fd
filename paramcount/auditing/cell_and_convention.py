"""The search for a change of one cell and a counting convention together, for rows that nothing simpler explains."""

from collections.abc import Callable, Sequence

from paramcount.auditing.conventions import Convention, conventions
from paramcount.auditing.edits import edited
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.placed import Placed, placed
from paramcount.auditing.printed_figures import agrees, met, sorted_out
from paramcount.auditing.search import MOST, by_cells
from paramcount.catalog.spec import Published, Spec
from paramcount.models.design import Sizes


def explain_pair(spec: Spec, rows: Sequence[Spec]) -> list[Explanation]:
    """Pairs of one changed cell and one counting convention that would reconcile *spec*, one of *rows*.

    Neither does so alone, and each changes the count. The bits are those of the cell under the convention, minus the
    cost of naming the convention.
    """
    row = placed(spec, rows)
    wanted = sorted_out(spec, row.sizes).wanted
    disagreeing = [figure for figure in wanted if not (row.settled and agrees(spec, row.sizes, figure))]
    found = []
    for convention in conventions(spec._replace(sizes=row.sizes)) if disagreeing else ():
        counted = _under(spec, convention)
        if row.settled and not _halved(row, counted, wanted):
            continue
        for cell in by_cells(row._replace(counted=counted, which=row.which + convention.cost), wanted, disagreeing):
            if not _alone(row, cell, wanted):
                text = f"{cell.text}; this assumes {convention.words}"
                edit = {**convention.edit, **cell.edit}
                found.append(cell._replace(text=text, edit=edit, command=""))
    return sorted(found, key=lambda e: -e.bits)[:MOST]


def _halved(row: Placed, counted: Callable[[Sizes, str], int], wanted: Sequence[Published]) -> bool:
    """Whether a convention changes the count and does not reconcile the row alone."""
    under = [counted(row.sizes, figure.reading) for figure in wanted]
    as_is = [row.counted(row.sizes, figure.reading) for figure in wanted]
    return under != as_is and not _all_met(row, wanted, under)


def _alone(row: Placed, cell: Explanation, wanted: Sequence[Published]) -> bool:
    """Whether the *cell* changes no count without the convention, or reconciles the row without it."""
    sizes = edited(row.spec, cell.edit)
    if sizes is None:
        return True
    counts = [row.counted(sizes, figure.reading) for figure in wanted]
    as_is = [row.counted(row.sizes, figure.reading) for figure in wanted]
    return (row.settled and counts == as_is) or _all_met(row, wanted, counts)


def _all_met(row: Placed, wanted: Sequence[Published], counts: Sequence[int]) -> bool:
    pairs = zip(wanted, counts, strict=True)
    return all(met(figure, counted, row.cutting) is not None for figure, counted in pairs)


def _under(spec: Spec, convention: Convention) -> Callable[[Sizes, str], int]:
    return lambda sizes, reading: convention.counted(spec._replace(sizes=sizes), reading)
