"""The search for what reconciles several rows of a table at once: one convention in place of many misprints.

Its bits are what the figures that it mends cost as they stand (their surprise, and the odds that a figure of the column
agrees), less the same of those that it breaks, less naming it, less saying for which rows it is needed.
"""

from collections.abc import Iterator
from math import comb

from paramcount.auditing.conventions import Convention, conventions, with_sizes
from paramcount.auditing.counting import count
from paramcount.auditing.evidence import choice, luck, odds, surprise
from paramcount.auditing.explanation import Explanation, command
from paramcount.catalog.spec import Published, Spec

SHARED_SIZES = ("n_vocab", "n_ctx")  # sizes that a table's models have in common
MOST = 4


def explain_table(rows: list[Spec]) -> list[Explanation]:
    """Conventions under which more of the figures of a column of *rows* agree than as they stand, the best first."""
    found = [explanation for column in _columns(rows) for explanation in _explain_column(column)]
    return sorted(found, key=lambda e: -e.bits)


def _columns(rows: list[Spec]) -> list[list[tuple[Spec, Published]]]:
    columns: dict[tuple[str, str], list[tuple[Spec, Published]]] = {}
    for row in rows:
        for figure in row.published:
            columns.setdefault((row.family.name, figure.column), []).append((row, figure))
    return list(columns.values())


def _explain_column(column: list[tuple[Spec, Published]]) -> Iterator[Explanation]:
    as_is = [count(row, row.sizes, f.reading) for row, f in column]
    agrees = [f.claim.admits(counted) for (_, f), counted in zip(column, as_is, strict=True)]
    agreeing = [pair for pair, agreed in zip(column, agrees, strict=True) if agreed]
    disagreeing = [pair for pair, agreed in zip(column, agrees, strict=True) if not agreed]
    if not disagreeing:
        return
    agreeing_bits = max(0.0, odds(len(agreeing), len(column) - 1))
    tried: set[tuple[int, ...]] = set()
    found = []
    for convention in conventions(disagreeing[0][0]):
        mended = [(row, f) for row, f in disagreeing if f.claim.admits(convention.counted(row, f.reading))]
        counts = tuple(convention.counted(row, f.reading) for row, f in column)
        if len(mended) < min(2, len(disagreeing)) or 2 * len(mended) < len(disagreeing) or counts in tried:
            continue
        tried.add(counts)
        changed = sum(one != other for one, other in zip(as_is, counts, strict=True))
        broken = [(row, f) for row, f in agreeing if not f.claim.admits(convention.counted(row, f.reading))]
        bits = sum(agreeing_bits + _surprise(row, f) for row, f in mended) - convention.cost
        bits -= sum(agreeing_bits + luck(f.claim) for _, f in broken) + pattern(changed, len(mended))
        if bits > 0:
            found.append(_explanation(convention, mended, broken, disagreeing, bits))
    yield from sorted(found, key=lambda e: -e.bits)[:MOST]


def _surprise(row: Spec, figure: Published) -> float:
    return surprise(figure.claim, figure.printed, count(row, row.sizes, figure.reading))


def pattern(changed: int, needed: int) -> float:
    """Bits to say for which of the rows whose counts a convention *changed* it is *needed*: how many, and which."""
    return choice(changed + 1) + choice(comb(changed, needed))


def _explanation(
    convention: Convention,
    mended: list[tuple[Spec, Published]],
    broken: list[tuple[Spec, Published]],
    disagreeing: list[tuple[Spec, Published]],
    bits: float,
) -> Explanation:
    row, figure = mended[0]
    total = convention.counted(row, figure.reading)
    change = ", ".join(f"{field} = {value}" for field, value in convention.edit.items())
    text = f"{change} ({convention.words}) reconciles {len(mended)} of {len(disagreeing)} rows that disagree"
    if broken:
        text += f", and upsets {len(broken)} that agreed"
    interval = _admissible(convention, mended)
    if interval:
        text += f"; every value from {interval[0]:,} to {interval[1]:,} would"
    return Explanation(
        text=text,
        edit=convention.edit,
        total=total,
        bits=bits,
        restores=convention.words,
        agrees_with=tuple(f for _, f in mended),
        rows=tuple(row.row for row, _ in mended),
        of_rows=len(disagreeing),
        admissible=interval,
        command=command(row, {**row.sizes, **convention.edit}, convention.edit),
    )


def _admissible(convention: Convention, mended: list[tuple[Spec, Published]]) -> tuple[int, int] | None:
    """The values of the one shared size that the convention sets under which all the mended rows agree."""
    field = next(iter(convention.edit))
    if field not in SHARED_SIZES:
        return None
    low, high = 0, 2**60
    for row, figure in mended:
        low = max(low, _first(row, figure, field, figure.claim.low))
        high = min(high, _first(row, figure, field, figure.claim.high) - 1)
    return low, high


def _first(row: Spec, figure: Published, field: str, target: int) -> int:
    """The smallest value of *field* at which the row's count reaches *target*."""
    below, above = 0, 2**60
    while above - below > 1:
        middle = (below + above) // 2
        reached = with_sizes(row, {field: middle}, figure.reading) >= target
        below, above = (below, middle) if reached else (middle, above)
    return above
