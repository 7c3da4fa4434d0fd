"""Whether a planted misprint can be identified at all from what is printed: see rivals in benchmarks/audit.py."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from math import inf
from typing import NamedTuple

from misprints import Cells, Planted, neighbours, plantable, reads

from paramcount.auditing.misprints import misprints
from paramcount.catalog.rows import stated
from paramcount.catalog.spec import Spec
from paramcount.models.design import SizeError
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read


def identifiable(planted: Planted, changed: Sequence[Cells]) -> bool:
    """Whether no other single cell of the *changed* rows tells as good a story."""
    table, place = planted.table, planted.place
    rows = read(table.path)
    true = stated(table, rows[place])
    columns = plantable(true, table, rows[place])
    cost = _rarity(changed, place, columns, planted.column, planted.was)
    quality = _quality(table, place, rows[place], planted.column)
    for column in columns:
        if column in table.printed:
            if column != planted.column and _count_slipped(table, changed[place], column, cost):
                return False
            continue
        for value in _rivals(changed, place, columns, column, quality.roundness):
            row = {**changed[place], column: value}
            if (column, value) == (planted.column, planted.was):
                continue
            if _rarity(changed, place, columns, column, value) <= cost and _as_good(table, place, row, column, quality):
                return False
    return True


class Quality(NamedTuple):
    """How many of the table's habits a row keeps, and how often 2 divides the size in question."""

    habits: int
    roundness: int


def _as_good(table: Table, place: int, row: Cells, column: str, quality: Quality) -> bool:
    found = _quality(table, place, row, column)
    if found.habits < quality.habits or found.roundness < quality.roundness:
        return False
    spec = _stated(table, row)
    return spec is not None and all(figure.agrees(spec.model()) for figure in spec.published)


def _quality(table: Table, place: int, row: Cells, column: str) -> Quality:
    usual = _usual(table.path, place)
    kept = sum(habit(row) == value for habit, value in zip((_fills, _multiple), usual, strict=True))
    if column in table.printed:
        return Quality(kept, 0)
    value = int(row[column])
    again = any(other[column] == row[column] for i, other in enumerate(read(table.path)) if i != place)
    return Quality(kept + again, min(8, (value & -value).bit_length() - 1))


@cache
def _usual(path: str, place: int) -> list[object]:
    """The value that most other rows have."""
    others = [row for i, row in enumerate(read(path)) if i != place]
    return [next(iter(Counter(map(habit, others)).most_common(1)), (None,))[0] for habit in (_fills, _multiple)]


def _fills(row: Cells) -> bool | None:
    if not all(row.get(field) for field in ("n_heads", "d_head", "d_model")):
        return None
    return int(row["n_heads"]) * int(row["d_head"]) == int(row["d_model"])


def _multiple(row: Cells) -> float | None:
    return int(row["d_ff"]) / int(row["d_model"]) if row.get("d_ff") and row.get("d_model") else None


def _rivals(changed: Sequence[Cells], place: int, columns: list[str], column: str, roundness: int) -> Iterator[str]:
    """Sizes that may have been misprinted as *column* shows; if a neighbour shows the same, any that is as round."""
    printed = changed[place][column]
    yield from (text for text in misprints(printed) if reads(text, False))
    if printed in neighbours(changed, place, column, columns):
        known = {row[column] for row in changed if row.get(column)}
        step = 1 << max(roundness, int(printed).bit_length() - 8)
        yield from sorted(known | {str(value) for value in range(step, 4 * int(printed) + 1, step)} - {printed})


def _rarity(changed: Sequence[Cells], place: int, columns: list[str], column: str, meant: str) -> float:
    """How many misprints of the likeliest kind could have turned *meant* into something else."""
    printed = changed[place][column]
    ways = [inf]
    if printed in neighbours(changed, place, column, columns):
        ways.append(4)
    if len(printed) == len(meant):
        differ = [i for i in range(len(meant)) if printed[i] != meant[i]]
        if len(differ) == 1:
            ways.append(9 * len(meant))
        if len(differ) == 2 and printed[differ[0]] == meant[differ[1]] and printed[differ[1]] == meant[differ[0]]:
            ways.append(len(meant) - 1)
    longer, shorter = (printed, meant) if len(printed) > len(meant) else (meant, printed)
    if any(longer[i] == "0" and longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))):
        ways.append(2 * len(meant))
    return min(ways)


def _count_slipped(table: Table, cells: Cells, column: str, cost: float) -> bool:
    """Whether one misprint of the printed count, no rarer than *cost*, accounts for the row as it is."""
    spec = _stated(table, cells)
    if spec is None:
        return False
    counted = spec.model().read(table.readings.get(column, "total"))
    texts = [text for text in misprints(cells[column]) if reads(text, True)]
    admitted = [text for text in texts if claim(text, table.insignificant_zeros).admits(counted)]
    return any(_rarity([cells], 0, [column], column, text) <= cost for text in admitted)


def _stated(table: Table, cells: Cells) -> Spec | None:
    try:
        return stated(table, cells)
    except SizeError:
        return None
