"""Plant thousands of misprints, one at a time, in rows that agree: how often does the audit notice and find them?

A misprint is a digit changed, two neighbouring digits swapped, a neighbour's cell (of the row above or below, or of the
column to the left or right), or a zero too many or too few, in a printed size or a printed count. Kind and cell are
drawn evenly, with a fixed seed. The table with the misprint is audited as a whole.

noticeable   the count of the misprinted row lies outside what some figure of the row claims, or its sizes don't
             describe a model. The rest can't be found: no count tells them from a row without a misprint.
noticed      the verdict on the row is not "agrees".
saved        noticeable, but the digits of the figures alone account for it: a figure is truncated, or its zeros are not
             significant. The audit says so, and says that it may not be a misprint at all.
identifiable noticeable, not saved, and no other single cell tells as good a story. A rival story is another value of
             a cell with which the row meets the same figures; that one of the same kinds of misprint turns into what is
             printed, a kind not rarer than the planted one (there are few swaps, many digits, and a neighbour's cell
             may have been anything); that keeps as many of the table's habits (heads fill the width, d_ff is the usual
             multiple, the value occurs elsewhere in the column); and that is as round. For a printed count the rival is
             a size, for a size also the count, if a single slip accounts for it.
right        the explanation's cell is the planted one, with the value that was there. For a count: with what the count
             rounds to, written as precisely or less. Explanations that name no cell (two figures exclude each other)
             have no rank.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from misprints import KINDS, Cells, Planted, plant, plantable
from rivals import identifiable

from paramcount.auditing.table import AuditedRow, audit, audited
from paramcount.catalog.rows import label_of, stated
from paramcount.models.design import SizeError
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables

SEED = 20
PLANTED = 4000
SAVED = ("agrees only if truncated", "agrees only if trailing zeros are not significant")


class Outcome(NamedTuple):
    """What the audit made of a misprint; *rank* is the place of the right answer among its *edits*, or 0."""

    planted: Planted
    noticeable: bool
    noticed: bool
    saved: bool
    identifiable: bool
    rank: int
    edits: int


def judge(planted: Planted, rows: Sequence[Cells], index: int) -> Outcome:
    """Audit the table with the misprint; *index* is the place of its row among the audited rows."""
    table = planted.table
    if planted.column in table.label:
        table = table._replace(models={})  # the misprinted cell is what the catalog knows the row by
    changed = [dict(row) for row in rows]
    changed[planted.place][planted.column] = planted.now
    row = audited(table, changed).rows[index]
    noticeable = _noticeable(table, changed[planted.place], row)
    edits = [explanation.edit for explanation in row.explanations if explanation.edit]
    rank = next((i for i, edit in enumerate(edits, start=1) if _right(planted, edit)), 0)
    saved = row.verdict in SAVED
    known = noticeable and not saved and identifiable(planted, changed)
    return Outcome(planted, noticeable, row.verdict != "agrees", saved and noticeable, known, rank, len(edits))


def _noticeable(table: Table, cells: Cells, row: AuditedRow) -> bool:
    try:
        spec = stated(table, cells, table.models.get(row.label, ""))
    except SizeError:
        return True
    elsewhere = [judged.figure for judged in row.published if judged.figure.table != table.name]
    return not all(figure.agrees(spec.model()) for figure in (*spec.published, *elsewhere))


def _right(planted: Planted, edit: Mapping[str, Any]) -> bool:
    if list(edit) != [planted.column]:
        return False
    [meant] = edit.values()
    if planted.column not in planted.table.printed:
        return str(meant) == planted.was
    return _same(str(meant), planted.was)


def _same(one: str, two: str) -> bool:
    """Whether two figures say the same about a count, one perhaps less precisely."""
    a, b = claim(one), claim(two)
    return a.admits(b.nominal) or b.admits(a.nominal) or (a.low < b.high and b.low < a.high)


def sound_rows(table: Table) -> Iterator[tuple[int, int, list[str]]]:
    """The rows of *table* that agree: their place among all rows and among the audited ones, and what is printed."""
    found = {row.label: (index, row) for index, row in enumerate(audit(table).rows)}
    for place, cells in enumerate(read(table.path)):
        index, row = found.get(label_of(table, cells), (0, None))
        if row and row.spec and row.verdict == "agrees" and row.published:
            yield place, index, plantable(row.spec, table, cells)


def outcomes(planted: int = PLANTED, seed: int = SEED) -> Iterator[Outcome]:
    """Outcomes of random misprints over all tables, each table as often as it has rows."""
    rng = random.Random(seed)
    places = [(table, *row) for table in tables().values() for row in sound_rows(table)]
    done = 0
    while done < planted:
        table, place, index, columns = rng.choice(places)
        rows = read(table.path)
        if misprint := plant(rng, table, rows, place, columns):
            done += 1
            yield judge(misprint, rows, index)


def _line(name: str, results: list[Outcome]) -> str:
    seen = [o for o in results if o.noticeable]
    known = [o for o in seen if o.identifiable]
    numbers = [len(results), _share(len(seen), len(results)), _share(sum(o.noticed for o in seen), len(seen))]
    numbers += [_share(sum(o.saved for o in seen), len(seen))]
    for some in (seen, known):
        numbers += [len(some)] if some is known else []
        numbers += [_share(sum(o.rank == 1 for o in some), len(some))]
        numbers += [_share(sum(0 < o.rank <= 3 for o in some), len(some))]
    return f"{name:<22}" + "".join(f"{number:>13}" for number in numbers)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


HEAD = ("planted", "noticeable", "noticed", "saved", "first", "in first 3", "identifiable", "first", "in first 3")


def main() -> None:
    start = time.perf_counter()
    results = list(outcomes())
    print(" " * 22 + "".join(f"{name:>13}" for name in HEAD))
    print(_line("all", results))
    for kind in KINDS:
        print(_line(kind, [o for o in results if o.planted.kind == kind]))
    for column in dict.fromkeys(o.planted.column for o in results):
        print(_line(column, [o for o in results if o.planted.column == column]))
    for table in dict.fromkeys(o.planted.table.name for o in results):
        print(_line(f"table {table}", [o for o in results if o.planted.table.name == table]))
    missed = [o for o in results if o.identifiable and not 0 < o.rank <= 3]
    none = sum(o.edits == 0 for o in missed)
    print(f"identifiable and not in the first 3: {len(missed)}; in {none} of them no change has any evidence left over")
    alarms = [row for t in tables().values() for row in audit(t).rows if row.verdict == "agrees" and row.explanations]
    untouched = sum(row.verdict == "agrees" for table in tables().values() for row in audit(table).rows)
    print(f"false alarms: {len(alarms)} of {untouched} rows that agree")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
