"""The printed figures of a row: which of them contradict each other, and which may themselves be misprinted."""

from collections.abc import Sequence
from math import log2
from typing import Any, NamedTuple

from paramcount.auditing.counting import count, steps
from paramcount.auditing.evidence import Lattice, choice, luck, odds, surprise
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.misprints import KINDS, misprints
from paramcount.auditing.verdict import AGREES, TRUNCATED, ZEROS, alone, truncates
from paramcount.catalog.spec import Published, Spec
from paramcount.models.design import Sizes
from paramcount.papers.claim import Claim, claim
from paramcount.quantity import UNITS

SHARED = ("n_vocab", "n_ctx", "n_segments")  # sizes that the models of a table have in common


class Figures(NamedTuple):
    """The figures of a row: those that one model could meet, and those that contradict them."""

    wanted: tuple[Published, ...]
    excluded: tuple[tuple[Published, Published], ...]  # with the wanted figure that contradicts it


def agrees(spec: Spec, sizes: Sizes, figure: Published) -> bool:
    """Whether the count of *spec* with *sizes* agrees with the figure."""
    return figure.claim.admits(count(spec, sizes, figure.reading))


def sorted_out(spec: Spec, sizes: Sizes) -> Figures:
    """Which figures can be met together; of two that contradict each other, one that agrees wins, else the sharper."""

    def rank(figure: Published) -> tuple[bool, int]:
        return not agrees(spec, sizes, figure), figure.claim.high - figure.claim.low

    wanted: list[Published] = []
    excluded = []
    for figure in sorted(spec.published, key=rank):
        rivals = [other for other in wanted if other.reading == figure.reading and not _overlap(other, figure)]
        if rivals:
            excluded.append((figure, rivals[0]))
        else:
            wanted.append(figure)
    return Figures(tuple(f for f in spec.published if f in wanted), tuple(excluded))


def joint(wanted: Sequence[Published], disagreeing: Published) -> Claim:
    """The interval that all wanted figures with the same reading admit together."""
    same = [figure.claim for figure in wanted if figure.reading == disagreeing.reading]
    return Claim(max(c.low for c in same), min(c.high for c in same), same[0].nominal)


def holds_up(row: Spec) -> bool:
    """Whether the row's figures all agree with its count, or fail to only by their own digits."""
    counted = ((figure, count(row, row.sizes, figure.reading)) for figure in row.published)
    return all(f.claim.admits(c) or surprise(f.claim, f.printed, Lattice(c, steps(row))) <= 1 for f, c in counted)


def saved(figure: Published, counted: int) -> bool:
    """Whether the figure's own digits explain why it does not round to *counted*."""
    return alone(figure.printed, figure.claim, counted) in (TRUNCATED, ZEROS)


def met(figure: Published, counted: int, cutting: float) -> float | None:
    """The bits it costs to say how *counted* meets a figure: 0 rounded, *cutting* truncated; None if it doesn't."""
    if figure.claim.admits(counted):
        return 0.0
    return cutting if truncates(figure.claim, counted) else None


def cutting(rows: Sequence[Spec]) -> float:
    """The bits that it costs to say that one more figure is truncated, given the figures of *rows*."""
    verdicts = [alone(f.printed, f.claim, count(row, row.sizes, f.reading)) for row in rows for f in row.published]
    cut = verdicts.count(TRUNCATED)
    return log2((cut + verdicts.count(AGREES) + 2) / (cut + 1))


def witness(row: Spec) -> tuple[Any, ...]:
    """A key that is equal for rows that say the same: their figures and shape, without the sizes shared by a table."""
    shape = tuple(value for field, value in row.sizes.items() if field not in SHARED)
    return tuple((f.claim.low, f.claim.high, f.reading) for f in row.published), shape


def unexplained(spec: Spec, sizes: Sizes | None, disagreeing: Sequence[Published]) -> float:
    """The bits that the *disagreeing* figures cost under the count of *sizes*; those with one reading cost once."""
    bits = 0.0
    for reading in dict.fromkeys(figure.reading for figure in disagreeing):
        same = [figure for figure in disagreeing if figure.reading == reading]
        counted = None if sizes is None else count(spec, sizes, reading)
        lattice = None if counted is None else Lattice(counted, steps(spec))
        apart = max(surprise(figure.claim, figure.printed, lattice) for figure in same)
        bits += max(apart, luck(joint(same, same[0]), lattice)) if apart > 1 else apart
    return bits


def explain_figure(
    spec: Spec,
    figure: Published,
    sizes: Sizes,
    rows: Sequence[Spec],
    near: Sequence[Spec],
    agreeing: float,
    which: float,
) -> list[Explanation]:
    """Explanations of the figure as a misprint for one that agrees with the count of *sizes*.

    *agreeing* is the bits for agreeing as other *rows* do, *which* the cost of naming the cell.
    """
    counted = count(spec, sizes, figure.reading)
    null = agreeing + unexplained(spec, sizes, [figure])
    costs = {text: cost for text, cost in misprints(figure.printed).items() if _admits(text, figure, counted)}
    beside = [other for row in near for other in row.published if _same_column(other, figure)]
    shape = witness(spec)[1]
    alike = [(row, f) for row in near for f in row.published if _same_column(f, figure)]
    right = [f for row, f in alike if witness(row)[1] != shape or _holds(row, f)]  # a row alike would be as wrong
    cells = [*(f.printed for f in right), *(str(spec.given[f]) for f in spec.given if f not in spec.assumed)]
    if figure.printed in cells:
        cost = choice(KINDS) + choice(len(cells))
        texts = (printed_like(counted, figure, like) for like in beside or [figure])
        costs |= {text: min(cost, costs.get(text, cost)) for text in texts}
    found = []
    for text, cost in costs.items():
        bits = null + _in_name(rows, spec, figure, text) - cost - which
        words = f"{figure.printed} ({figure.place}) is a misprint for {text}, which agrees with {counted:,}"
        found.append(Explanation(words, {figure.column: text}, counted, bits, "", (figure,), (spec.row,)))
    return found


def printed_like(counted: int, figure: Published, like: Published) -> str:
    """*counted* written like *like*: with its unit and decimals, and with commas if either figure has them."""
    unit = like.claim.unit
    decimals = len(like.printed.partition(".")[2].rstrip("KMBT"))
    step = 10 ** (UNITS[unit] - decimals)
    whole, rest = divmod((counted + step // 2) // step, 10**decimals)
    commas = "," in like.printed + figure.printed or (not unit and "," in like.printed)
    text = f"{whole:,}" if commas else str(whole)
    return f"{text}.{rest:0{decimals}}{unit}" if decimals else f"{text}{unit}"


def nominal(spec: Spec, figure: Published, rival: Published, counted: int) -> Explanation:
    """The explanation that *figure* contradicts *rival*, which the count agrees with, or comes from the row's name."""
    number = _plain(figure.printed)
    named = number in spec.row and claim(number).admits(counted)
    name = f"{figure.printed} ({figure.place}) is nominal: it is the size in the name {spec.row}" if named else ""
    text = (
        f"{figure.printed} ({figure.place}) and {rival.printed} ({rival.place}) contradict each other: no count fits "
        f"both, and {counted:,} agrees with the second"
    )
    text = f"{name}; {text}" if name else text
    return Explanation(text, {}, counted, luck(rival.claim) - 1, "", (rival,), (spec.row,))


def _holds(row: Spec, figure: Published) -> bool:
    counted = count(row, row.sizes, figure.reading)
    return figure.claim.admits(counted) or saved(figure, counted)


def _in_name(rows: Sequence[Spec], spec: Spec, figure: Published, meant: str) -> float:
    """Bits for a misprint whose meant figure appears in the row's name, or against one whose printed figure does.

    Their worth depends on how often the other rows' names have their figures; a name that is just the figure tells
    nothing.
    """
    if figure.printed == spec.row:
        return 0.0
    stands = []  # for each such figure of another row, whether it appears in that row's name
    for row in rows:
        if row.row != spec.row:
            alike = [other for other in row.published if _same_column(other, figure)]
            stands += [_stands_in(row.row, other.printed) for other in alike]
    worth = odds(sum(stands), len(stands))
    return max(0.0, worth) * (_stands_in(spec.row, meant) - _stands_in(spec.row, figure.printed))


def _stands_in(name: str, printed: str) -> bool:
    return _plain(printed) in name.split()


def _plain(printed: str) -> str:
    """13.0B as it is written in a name: 13B."""
    return printed.replace(".0", "")


def _same_column(one: Published, other: Published) -> bool:
    return (one.table, one.column) == (other.table, other.column)


def _admits(text: str, figure: Published, counted: int) -> bool:
    try:
        admitted = claim(text, figure.zeros)
    except ValueError:
        return False
    return admitted.low > 0 and admitted.admits(counted)


def _overlap(one: Published, other: Published) -> bool:
    return one.claim.low < other.claim.high and other.claim.low < one.claim.high
