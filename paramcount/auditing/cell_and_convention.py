"""The search for a cell and a convention changed together, for a row that nothing simpler explains."""

from collections.abc import Callable, Sequence

from paramcount.auditing.conventions import Convention, conventions
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.printed_figures import agrees, sorted_out
from paramcount.auditing.search import MOST, by_cells, placed
from paramcount.catalog.spec import Spec
from paramcount.models.design import Sizes


def explain_pair(spec: Spec, rows: Sequence[Spec]) -> list[Explanation]:
    """What would reconcile *spec*, one of *rows*, if one of its cells and the way of counting were both otherwise.

    The bits are those of the cell under the convention, less what it costs to name the convention.
    """
    row = placed(spec, rows)
    wanted = sorted_out(spec, row.sizes).wanted
    disagreeing = [figure for figure in wanted if not agrees(spec, row.sizes, figure)]
    found = []
    for convention in conventions(spec) if disagreeing else ():
        for cell in by_cells(row._replace(counted=_under(spec, convention)), wanted, disagreeing):
            text = f"{cell.text}; all this with {convention.words}"
            edit = {**convention.edit, **cell.edit}
            found.append(cell._replace(text=text, edit=edit, bits=cell.bits - convention.cost, command=""))
    return sorted(found, key=lambda e: -e.bits)[:MOST]


def _under(spec: Spec, convention: Convention) -> Callable[[Sizes, str], int]:
    return lambda sizes, reading: convention.counted(spec._replace(sizes=sizes), reading)
