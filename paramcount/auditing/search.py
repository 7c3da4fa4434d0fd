"""The search for a change of one cell, or of a figure, that reconciles one row with all its figures at once.

The bits for a cell that meant v but prints p, beside n other rows of which k hold up:

    max(0, odds(k, n)) + surprise of the figures          the cost of the row as printed
    + laws that v keeps and p does not − the reverse      paramcount.auditing.regularities
    + cost of p − cost of v                               as numbers of their column, 0 where a law settles them
    − log2(cells) − cost of the misprint                  a slip, a neighbouring cell, or another number

A misprinted figure has the first line, the worth of appearing in the row's name, and the last line.
"""

from __future__ import annotations

from collections.abc import Sequence

from paramcount.auditing.borrowed import borrowed
from paramcount.auditing.counting import count
from paramcount.auditing.edits import candidates, cells, edited
from paramcount.auditing.evidence import choice
from paramcount.auditing.explanation import Explanation, command, listed
from paramcount.auditing.misprints import KINDS, misprints
from paramcount.auditing.placed import Placed, placed
from paramcount.auditing.printed_figures import (
    agrees,
    explain_figure,
    joint,
    met,
    nominal,
    saved,
    sorted_out,
    unexplained,
)
from paramcount.auditing.regularities import WIDTH, gain, settles
from paramcount.catalog.spec import Published, Spec
from paramcount.models.design import Sizes

MOST = 5  # explanations kept for each row: the best and its rivals


def explain_row(spec: Spec, rows: Sequence[Spec]) -> list[Explanation]:
    """Explanations that would reconcile *spec*, one of the *rows* of a table that are of its family; the best first.

    *rows* are in print order, with *spec* at its place.
    """
    row = placed(spec, rows)
    figures = sorted_out(spec, row.sizes)
    disagreeing = [f for f in figures.wanted if not (row.settled and agrees(spec, row.sizes, f))]
    found: list[Explanation] = []
    if disagreeing:
        found = by_cells(row, figures.wanted, disagreeing)
        if len(disagreeing) == 1 and row.settled:
            found += explain_figure(spec, disagreeing[0], row.sizes, row.rows, row.near, row.agreeing, row.which)
        found = sorted(found, key=lambda e: -e.bits)
    best = found[0] if found and found[0].bits > 0 else None
    sizes = edited(spec, best.edit) if best and best.edit.keys() <= row.sizes.keys() else None
    if not disagreeing or (best and sizes is None):
        sizes = row.sizes
    statements = []
    for figure, rival in figures.excluded:
        at = sizes if rival in disagreeing else row.sizes
        if at is not None and agrees(spec, at, rival) and not agrees(spec, at, figure):
            statements.append(nominal(spec, figure, rival, count(spec, at, figure.reading)))
            found += explain_figure(spec, figure, at, row.rows, row.near, row.agreeing, row.which)
    for figure in spec.published if row.settled else ():
        if not agrees(spec, row.sizes, figure) and not saved(figure, row.counted(row.sizes, figure.reading)):
            which = choice(len(spec.published))
            statements += [e for e in borrowed(spec, figure, row.agreeing, which) if e.bits > 0]
    return sorted(found, key=lambda e: -e.bits)[:MOST] + statements


def by_cells(row: Placed, wanted: tuple[Published, ...], disagreeing: list[Published]) -> list[Explanation]:
    """Changes of one cell under which all *wanted* figures agree, the best first."""
    target = joint(wanted, disagreeing[0])
    reading = disagreeing[0].reading
    null = row.agreeing + unexplained(row.spec, row.sizes if row.settled else None, disagreeing)
    if not row.settled:
        null += row.whole

    def counted(sizes: Sizes) -> int:
        return row.counted(sizes, reading)

    as_is = counted(row.sizes)
    high = max(target.high, target.nominal + target.high - target.low)  # allows for truncation
    found: list[tuple[float, str, Sizes, list[str]]] = []
    for field in cells(row.spec):
        if null - row.which + _most(row, field) <= 0:
            continue
        others = row.columns[field].others
        for value in candidates(row.spec, field, others, row.laws, target.low, high, counted):
            loose = row.spec.family.loosely({**row.spec.given, field: value})
            if (row.settled and counted(loose) == as_is) or _worth(row, field, loose, wanted, null)[0] <= 0:
                continue
            sizes = edited(row.spec, {field: value})  # last, since it builds the model
            bits, restored = _worth(row, field, sizes, wanted, null) if sizes else (0.0, [])
            if sizes and bits > 0:
                found.append((bits, field, sizes, restored))
    # Of two with equal bits the likelier slip comes first.
    found.sort(key=lambda edit: (-round(edit[0], 6), _misprint(row, edit[1], edit[2][edit[1]])))
    return [_explanation(row, *edit, wanted) for edit in found[:MOST]]


def _most(row: Placed, field: str) -> float:
    """An upper bound on the bits of any value of *field* over the printed one."""
    laws = sum(worth for law, worth in row.laws if not law.holds(row.sizes))
    derived = sum(row.columns[name].cost(row.sizes[name]) for name in row.columns if name not in row.spec.given)
    return laws + derived + _named(row, row.sizes, field) - choice(KINDS)


def _worth(
    row: Placed, field: str, sizes: Sizes, wanted: tuple[Published, ...], null: float
) -> tuple[float, list[str]]:
    """The bits of *sizes*, with *field* as meant, over *null*, and the laws restored; 0 unless the figures are met."""
    how = _met(row, sizes, wanted)
    if how is None:
        return 0.0, []
    likelier, restored = _likelier(row, field, sizes)
    return null + likelier - row.which - how, restored


def _met(row: Placed, sizes: Sizes, wanted: tuple[Published, ...]) -> float | None:
    """The bits that it costs to say how the row with *sizes* meets the *wanted* figures; None if it doesn't."""
    costs = [met(figure, row.counted(sizes, figure.reading), row.cutting) for figure in wanted]
    return None if None in costs else sum(cost for cost in costs if cost)


def _likelier(row: Placed, field: str, sizes: Sizes) -> tuple[float, list[str]]:
    """The bits of the row with *sizes* and a misprint in *field* over the row as printed, and the laws restored.

    They come from laws that hold again and the difference of the two values' costs, minus the cost of the misprint.
    """
    bits, restored = gain(row.laws, row.sizes, sizes)
    as_is, meant = _named(row, row.sizes, field), _named(row, sizes, field)
    for derived in (name for name in row.columns if name not in row.spec.given):
        as_is += row.columns[derived].cost(row.sizes[derived])
        meant += row.columns[derived].cost(sizes[derived])
    if row.columns[field].habitual(sizes[field]):
        restored.append(f"{field} = {sizes[field]} as in other rows")
    return bits + as_is - meant - _misprint(row, field, sizes[field]), restored


def _named(row: Placed, sizes: Sizes, field: str) -> float:
    return 0.0 if settles(row.laws, sizes, field) else row.columns[field].cost(sizes[field])


def _misprint(row: Placed, field: str, meant: int) -> float:
    """Bits that the misprint costs: a slip, a neighbouring cell, or another number that fits the column."""
    printed = row.sizes[field]
    ways = [choice(KINDS) + row.columns[field].cost(printed)]
    slip = misprints(str(printed)).get(str(meant))
    if slip is not None:
        ways.append(slip)
    near = [*(other.sizes[field] for other in row.near), *(row.sizes[f] for f in cells(row.spec) if f != field)]
    if printed in near:
        ways.append(choice(KINDS) + choice(len(near)))
    return min(ways)


def _explanation(
    row: Placed, bits: float, field: str, sizes: Sizes, restored: list[str], wanted: tuple[Published, ...]
) -> Explanation:
    spec, total, value = row.spec, row.counted(sizes, "total"), sizes[field]
    was = spec.given
    cut = "" if all(f.claim.admits(row.counted(sizes, f.reading)) for f in wanted) else ", truncated"
    text = f"{field} = {value} instead of {was[field]} gives {total:,}, which agrees with {listed(wanted)}{cut}"
    if WIDTH in restored:
        width = was["n_heads"] * was["d_head"]
        text = f"n_heads·d_head = {width} ≠ d_model = {was['d_model']}; {text}"
    if restored:
        text += f"; then {', '.join(restored)}"
    changes = {field: value}
    shown = command(spec, sizes, changes)
    return Explanation(text, changes, total, bits, ", ".join(restored), wanted, (spec.row,), command=shown)
