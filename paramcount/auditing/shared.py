"""The search for one counting convention that reconciles rows of a table, in place of many misprints.

Its bits are the cost of the figures that it fixes (their surprise, and the odds that a figure of the column agrees),
minus the same for those that it breaks, or one bit to say that it does not apply to those, minus naming it, minus
saying for which rows it is needed. Rows that print the same figure for the same shape are one witness. Where no
convention has bits left for a row, two are tried together.
"""

from collections.abc import Callable, Iterable, Iterator
from math import comb, log, log2

from paramcount.auditing.column import OCTAVES
from paramcount.auditing.conventions import Convention, conventions, pairs, with_sizes
from paramcount.auditing.counting import steps
from paramcount.auditing.evidence import Lattice, choice, luck
from paramcount.auditing.explanation import Explanation, command
from paramcount.auditing.figure_column import FigureColumn, Line, figure_columns
from paramcount.auditing.printed_figures import met
from paramcount.auditing.smallest import smallest
from paramcount.auditing.verdict import AGREES, UNEXPLAINED
from paramcount.catalog.spec import Spec

SHARED_SIZES = ("n_vocab", "n_ctx")  # sizes that a table's models have in common
APART = 1.0  # bits to say that a convention applies only to the rows that it fixes
MOST = 4  # conventions listed for the same rows
MOST_PAIRED = 40  # rows of a column for which pairs of conventions are tried


def explain_table(rows: list[Spec]) -> list[Explanation]:
    """Conventions under which more figures of a column of *rows* agree than without them, the best first."""
    found = [explanation for column in figure_columns(rows) for explanation in _explain_column(column)]
    return sorted(found, key=lambda e: -e.bits)


def _explain_column(column: FigureColumn) -> list[Explanation]:
    wrong = column.wrong()
    if not wrong:
        return []
    ways = _ways(line.row for line in wrong)
    found = list(_explained(column, ways))
    explained = {row for explanation in found for row in explanation.rows}
    left = [line for line in wrong if line.row.row not in explained][:MOST_PAIRED]
    if left:
        tried = (way for way in pairs(_ways(line.row for line in left)) if _both_needed(way, ways, left))
        found += _explained(column, tried)
    return sorted(_best(found), key=lambda e: -e.bits)


def _ways(rows: Iterable[Spec]) -> list[Convention]:
    """The conventions of any of the *rows*, each once."""
    ways: dict[str, Convention] = {}
    for row in rows:
        for way in conventions(row):
            ways.setdefault(repr(way.edit), way)
    return list(ways.values())


def _both_needed(pair: Convention, ways: list[Convention], lines: list[Line]) -> bool:
    """Whether the pair meets a figure of *lines* that neither half meets alone, each half changing its count."""
    return any(
        line.figure.claim.admits(pair.counted(line.row, line.figure.reading)) and _neither(pair, ways, line)
        for line in lines
    )


def _neither(pair: Convention, ways: list[Convention], line: Line) -> bool:
    halves = [way for way in ways if way.edit.items() <= pair.edit.items()]
    counts = [half.counted(line.row, line.figure.reading) for half in halves]
    return not any(counted == line.counted or line.figure.claim.admits(counted) for counted in counts)


def _explained(column: FigureColumn, ways: Iterable[Convention]) -> Iterator[Explanation]:
    """The explanation by each of *ways* that has bits in its favour; of those with equal counts the first."""
    wrong = column.wrong()
    tried: set[tuple[int, ...]] = set()
    for way in ways:
        if not any(_mends(column, line, way.counted(line.row, line.figure.reading)) for line in wrong):
            continue
        counts = tuple(way.counted(line.row, line.figure.reading) for line in column.lines)
        if counts not in tried:
            tried.add(counts)
            explanation = _weighed(column, way, counts)
            if explanation and explanation.bits > 0:
                yield explanation


def _mends(column: FigureColumn, line: Line, counted: int) -> bool:
    return counted != line.counted and met(line.figure, counted, column.cutting) is not None


def _weighed(column: FigureColumn, way: Convention, counts: tuple[int, ...]) -> Explanation | None:
    mended: list[Line] = []
    broken: list[Line] = []
    gains: dict[tuple[object, ...], float] = {}
    losses: dict[tuple[object, ...], float] = {}
    for line, counted in zip(column.lines, counts, strict=True):
        how = met(line.figure, counted, column.cutting)
        if line.verdict == AGREES and how != 0:
            broken.append(line)
            worth = luck(line.figure.claim, Lattice(counted, steps(line.row))) if how is None else how
            losses[line.witness] = column.agreeing + worth
        elif line.verdict != AGREES and counted != line.counted and how is not None and how < line.surprise:
            mended.append(line)
            gains[line.witness] = column.agreeing * (line.verdict == UNEXPLAINED) + line.surprise - how
    if not mended:
        return None
    changed = {line.witness for line, counted in zip(column.lines, counts, strict=True) if counted != line.counted}
    lost = sum(losses.values())
    apart = lost > APART  # it is cheaper to say that the convention applies only to these rows
    bits = sum(gains.values()) - min(lost, APART) - way.cost - pattern(len(changed), len(gains))
    return _explanation(way, mended, column, bits, 0 if apart else len(broken), apart)


def _best(found: list[Explanation]) -> Iterator[Explanation]:
    """The best explanations of each set of rows."""
    times: dict[tuple[str, ...], int] = {}
    for explanation in sorted(found, key=lambda e: -e.bits):
        times[explanation.rows] = times.get(explanation.rows, 0) + 1
        if times[explanation.rows] <= MOST:
            yield explanation


def pattern(changed: int, needed: int) -> float:
    """Bits to say which of the *changed* rows *needed* the convention: how many, and which."""
    return choice(changed + 1) + choice(comb(changed, needed))


def _explanation(
    way: Convention, mended: list[Line], column: FigureColumn, bits: float, upset: int, apart: bool
) -> Explanation:
    line = mended[0]
    disagreeing = [other for other in column.lines if other.verdict == UNEXPLAINED or other in mended]
    change = ", ".join(f"{field} = {value}" for field, value in way.edit.items())
    said = change if way.words.lower() == change.lower() else f"{change} ({way.words})"
    text = f"{said} reconciles {_of_those(len(mended), len(disagreeing))}"
    if upset:
        text += f", but breaks {upset} that agreed"
    if apart:
        text += ", if it applies to no other row"
    interval = _admissible(way, mended, column.cutting)
    if interval:
        low, high = interval
        text += f"; so does every value from {low:,} to {high:,}" if low < high else "; no other value does"
    named = _named(way, interval) if interval and len({line.witness for line in mended}) > 1 else None
    return Explanation(
        text=text,
        edit=way.edit,
        total=way.counted(line.row, line.figure.reading),
        bits=bits,
        restores=way.words,
        agrees_with=tuple(line.figure for line in mended),
        rows=tuple(line.row.row for line in mended),
        of_rows=len(disagreeing),
        admissible=interval,
        command=command(line.row, {**line.row.sizes, **way.edit}, way.edit),
        named=named,
    )


def _of_those(mended: int, disagreeing: int) -> str:
    if disagreeing == 1:
        return "the row"
    which = f"all {mended}" if mended == disagreeing else f"{mended} of the {disagreeing}"
    return f"{which} rows that disagree"


def _named(way: Convention, interval: tuple[int, int]) -> float:
    """Bits for the value of *way* over any other value in *interval*, which would fit as well.

    A size about which nothing is known is uniform on a log scale within OCTAVES; the options of *way* are few.
    """
    [value] = way.edit.values()
    free = min(1.0, (interval[1] - interval[0] + 1) / (value * OCTAVES * log(2)))
    return -log2(free) - choice(way.options)


def _admissible(way: Convention, mended: list[Line], cut: float) -> tuple[int, int] | None:
    """The values of the one shared size set by the convention under which all the mended rows agree."""
    field, value = next(iter(way.edit.items()))
    if field not in SHARED_SIZES or len(way.edit) > 1:
        return None
    low, high = 0, 2**60
    for line in mended:
        claim = line.figure.claim
        if met(line.figure, way.counted(line.row, line.figure.reading), cut):
            claim = claim._replace(low=claim.nominal, high=claim.nominal + claim.high - claim.low)
        at = _counting(line, field)
        low = max(low, smallest(at, claim.low, value))
        high = min(high, smallest(at, claim.high, value) - 1)
    return low, high


def _counting(line: Line, field: str) -> Callable[[int], int]:
    """The count of the row as a function of *field*."""
    return lambda value: with_sizes(line.row, {field: value}, line.figure.reading)
