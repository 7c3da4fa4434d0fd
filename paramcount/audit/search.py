"""The search for what reconciles one row with all its figures at once: its cells, and the figures' own digits."""

from typing import NamedTuple

from paramcount.audit.counting import count
from paramcount.audit.edits import candidates, cells, edited
from paramcount.audit.evidence import choice, luck
from paramcount.audit.explanation import Explanation, command, listed
from paramcount.audit.laws import Weighed, gain, weighed
from paramcount.audit.slips import slips
from paramcount.families.family import Sizes
from paramcount.printed import Claim, claim
from paramcount.spec import Published, Spec

MOST = 5  # explanations of a row that are kept: the best and its rivals


class Figures(NamedTuple):
    """The figures of a row, the sharpest first: those that one model could meet, and those that they exclude."""

    wanted: tuple[Published, ...]
    excluded: tuple[tuple[Published, Published], ...]  # with the wanted figure that excludes it


def sorted_out(spec: Spec) -> Figures:
    """Which figures can be met together; of two that exclude each other one that agrees is wanted, else the sharper."""

    def rank(figure: Published) -> tuple[bool, int]:
        return not _agrees(spec, figure), figure.claim.high - figure.claim.low

    wanted: list[Published] = []
    excluded = []
    for figure in sorted(spec.published, key=rank):
        rivals = [
            other for other in wanted if other.reading == figure.reading and not _overlap(other.claim, figure.claim)
        ]
        if rivals:
            excluded.append((figure, rivals[0]))
        else:
            wanted.append(figure)
    return Figures(tuple(f for f in spec.published if f in wanted), tuple(excluded))


def explain_row(spec: Spec, others: list[Sizes]) -> list[Explanation]:
    """What would reconcile *spec*, a row of a table with *others* of its family, the best first."""
    figures = sorted_out(spec)
    disagreeing = [figure for figure in figures.wanted if not _agrees(spec, figure)]
    found = []
    if disagreeing:
        laws = weighed(spec.sizes, others, cells(spec))
        found = [*_by_cells(spec, figures.wanted, disagreeing[0], laws), *_by_digits(spec, figures.wanted, disagreeing)]
        found = sorted(found, key=lambda e: -e.bits)[:MOST]
    settled = {f.column: count(spec, spec.sizes, f.reading) for f in figures.wanted if f not in disagreeing}
    settled |= {f.column: found[0].total for f in disagreeing if found}
    nominal = [
        _nominal(spec, figure, rival, settled[rival.column])
        for figure, rival in figures.excluded
        if rival.column in settled and not figure.claim.admits(settled[rival.column])
    ]
    return found + nominal


def _by_cells(
    spec: Spec, wanted: tuple[Published, ...], disagreeing: Published, laws: list[Weighed]
) -> list[Explanation]:
    found = []
    target = _joint(wanted, disagreeing)

    def counted(sizes: Sizes) -> int:
        return count(spec, sizes, disagreeing.reading)

    for edit in candidates(spec, laws, counted, target.low, target.high):
        sizes = edited(spec, {edit.field: edit.value})
        if sizes is None or not all(f.claim.admits(count(spec, sizes, f.reading)) for f in wanted):
            continue
        bits, restored = gain(laws, spec.sizes, sizes)
        evidence = luck(target) + bits - edit.cost
        found.append(_explanation(spec, edit.field, sizes, evidence, restored, wanted))
    return found


def _explanation(
    spec: Spec, field: str, sizes: Sizes, bits: float, restored: list[str], wanted: tuple[Published, ...]
) -> Explanation:
    total = count(spec, sizes, "total")
    text = (
        f"{field} = {sizes[field]} instead of {spec.sizes[field]} gives {total:,}, which agrees with {listed(wanted)}"
    )
    width = "n_heads·d_head = d_model"
    if width in restored:
        was = spec.sizes["n_heads"] * spec.sizes["d_head"]
        text = f"n_heads·d_head = {was} ≠ d_model = {spec.sizes['d_model']}; {text}"
    if restored:
        text += f"; then {', '.join(restored)}"
    changes = {field: sizes[field]}
    restores = ", ".join(restored)
    return Explanation(text, changes, total, bits, restores, wanted, (spec.row,), command=command(spec, sizes, changes))


def _by_digits(spec: Spec, wanted: tuple[Published, ...], disagreeing: list[Published]) -> list[Explanation]:
    """The figure itself misprinted: what it could have been meant to say that the count agrees with."""
    if len(disagreeing) > 1:
        return []
    [figure] = disagreeing
    counted = count(spec, spec.sizes, figure.reading)
    meant = [text for text in slips(figure.printed) if _reads(text)]
    found = []
    for text in meant:
        admitted = claim(text)
        if admitted.admits(counted):
            bits = luck(admitted) + _in_name(spec, figure.printed, text) - choice(len(meant)) - 1
            bits -= choice(len(spec.given) - len(spec.assumed) + len(spec.published))
            words = f"{figure.printed} ({figure.place}) misprinted for {text}, which agrees with {counted:,}"
            found.append(Explanation(words, {figure.column: text}, counted, bits, "", wanted, (spec.row,)))
    return found


def _in_name(spec: Spec, printed: str, meant: str) -> float:
    """Bits for a figure that stands in the row's name as it was meant, or against one that stands there as printed."""
    name = spec.row.replace(" ", "")
    return 4.0 * ((meant in name) - (printed in name))


def _nominal(spec: Spec, figure: Published, rival: Published, counted: int) -> Explanation:
    number = figure.printed.replace(".0", "")
    nominal = number in spec.row and claim(number).admits(counted)
    name = f"{figure.printed} ({figure.place}) is nominal, the name of {spec.row}" if nominal else ""
    text = (
        f"{figure.printed} ({figure.place}) and {rival.printed} ({rival.place}) exclude each other: no count is both, "
        f"and {counted:,} agrees with the second"
    )
    text = f"{name}; {text}" if name else text
    return Explanation(text, {}, counted, luck(rival.claim) - 1, "", (rival,), (spec.row,))


def _joint(wanted: tuple[Published, ...], disagreeing: Published) -> Claim:
    """What all wanted figures that count the same way admit together."""
    same = [figure.claim for figure in wanted if figure.reading == disagreeing.reading]
    return Claim(max(c.low for c in same), min(c.high for c in same), same[0].nominal)


def _agrees(spec: Spec, figure: Published) -> bool:
    return figure.claim.admits(count(spec, spec.sizes, figure.reading))


def _overlap(one: Claim, other: Claim) -> bool:
    return one.low < other.high and other.low < one.high


def _reads(text: str) -> bool:
    try:
        return claim(text).low > 0
    except ValueError:
        return False
