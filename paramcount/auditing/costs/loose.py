"""Equations that hold only because their figures have few digits: 1T may be anything from 0.5T to 1.5T.

They agree, so no bits are claimed; the report says how far apart the printed figures are, and which readings would
bring them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.checks import Check
from paramcount.auditing.costs.claims import Claim
from paramcount.auditing.costs.hypotheses import readings
from paramcount.auditing.relations import Interval
from paramcount.auditing.verdict import AGREES

FAR = Fraction(11, 10)  # figures further apart than this are reported
NEAR = Fraction(51, 50)  # along with readings that bring them this near


class Loose(NamedTuple):
    """An equation that agrees only for lack of digits: the sides' ratio as printed, and readings that mend it."""

    relation: str
    ratio: Fraction
    readings: tuple[str, ...]


def loose(claim: Claim, found: Sequence[Check]) -> tuple[Loose, ...]:
    """The loose ones among the checks of *claim*."""
    equations = [check for check in found if check.verdict == AGREES and check.relation.sign == "="]
    told = [_loose(claim, check) for check in equations]
    return tuple(one for one in told if one and not _within(one.ratio, FAR))


def _loose(claim: Claim, check: Check) -> Loose | None:
    number, powers = check.relation.factors
    known = claim.known()
    if not powers.keys() <= {*claim.figures, "peak_tflops"}:
        return None
    values = {name: claim.figures[name].nominal if name in claim.figures else _middle(known[name]) for name in powers}
    ratio = number
    for name, power in powers.items():
        ratio *= values[name] ** power
    texts = [
        one.text
        for one in readings(claim)
        if one.quantity in powers and one.spread == 1
        and _within(ratio * (_middle(one.read) / values[one.quantity]) ** powers[one.quantity], NEAR)
    ]  # fmt: skip
    return Loose(check.relation.name, ratio, tuple(dict.fromkeys(texts)))


def _middle(interval: Interval) -> Fraction:
    return (interval.low + interval.high) / 2


def _within(ratio: Fraction, factor: Fraction) -> bool:
    return 1 / factor <= ratio <= factor
