"""What the bundled tables have in common, for use where a table has too few rows of its own.

A table counts as one case however many rows it has, since its rows are alike. The audited table is left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from math import gcd
from typing import NamedTuple

from paramcount.auditing.column import ROUNDEST, roundness
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables, vocabularies

Ratio = tuple[int, int]


class Habits(NamedTuple):
    """The probability that the next table keeps a law, and how round a new number of a field is.

    *width* is for n_heads·d_head = d_model, *whole* for n_heads dividing d_model, *ratios* for each ratio of d_ff to
    d_model, in lowest terms.
    """

    width: float = 0.5
    whole: float = 0.5
    ratios: Mapping[Ratio, float] = {}
    round_by: Mapping[str, tuple[float, ...]] = {}


NOTHING_KNOWN = Habits()


@cache
def habits(but: str) -> Habits:
    """The habits of all tables except the one named *but*."""
    others = [(table, read(table.path)) for table in tables().values() if table.name != but]
    widths = [_mostly(kept) for _, rows in others if (kept := list(_widths(rows)))]
    wholes = [_mostly(kept) for _, rows in others if (kept := list(_wholes(rows)))]
    ratios = [_usual(found) for _, rows in others if (found := list(_ratios(rows)))]
    values: dict[str, set[int]] = {"n_vocab": set(vocabularies(9999))}
    for table, rows in others:
        for field, value in _numbers(table, rows):
            values.setdefault(field, set()).add(value)
    return Habits(
        width=_next(sum(widths), len(widths)),
        whole=_next(sum(wholes), len(wholes)),
        ratios={ratio: _next(often, len(ratios)) for ratio, often in Counter(filter(None, ratios)).items()},
        round_by={field: _roundness(numbers) for field, numbers in values.items()},
    )


def _widths(rows: list[dict[str, str]]) -> Iterator[bool]:
    for row in rows:
        if all(row.get(field) for field in ("n_heads", "d_head", "d_model")):
            yield int(row["n_heads"]) * int(row["d_head"]) == int(row["d_model"])


def _wholes(rows: list[dict[str, str]]) -> Iterator[bool]:
    for row in rows:
        if row.get("n_heads") and row.get("d_model") and not row.get("d_head"):
            yield int(row["d_model"]) % int(row["n_heads"]) == 0


def _ratios(rows: list[dict[str, str]]) -> Iterator[Ratio]:
    for row in rows:
        if row.get("d_ff_over_d_model"):
            yield int(row["d_ff_over_d_model"]), 1
        elif row.get("d_ff") and row.get("d_model"):
            up, down = int(row["d_ff"]), int(row["d_model"])
            yield up // gcd(up, down), down // gcd(up, down)


def _numbers(table: Table, rows: list[dict[str, str]]) -> Iterator[tuple[str, int]]:
    for field in ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx"):
        yield from ((field, int(row[field])) for row in rows if row.get(field))
        yield from ((field, assumed[field].value) for assumed in table.assumed.values() if field in assumed)


def _mostly(kept: list[bool]) -> bool:
    return 2 * sum(kept) > len(kept)


def _usual(ratios: list[Ratio]) -> Ratio | None:
    """The ratio shared by more than half of a table's rows."""
    ratio, often = Counter(ratios).most_common(1)[0]
    return ratio if 2 * often > len(ratios) else None


def _next(keeping: int, of: int) -> float:
    """The probability that one more case does what *keeping* out of *of* do, by the rule of succession."""
    return (keeping + 1) / (of + 2)


def _roundness(numbers: set[int]) -> tuple[float, ...]:
    times = Counter(roundness(number) for number in numbers)
    return tuple((times[e] + 0.5) / (len(numbers) + (ROUNDEST + 1) / 2) for e in range(ROUNDEST + 1))
