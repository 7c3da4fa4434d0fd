"""Checks of each equation in a row: whether it holds, whether lost digits excuse it, and what would make it hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.arithmetic import RELATIONS, Relation, bounds, multiplied, relations, side
from paramcount.auditing.costs.claims import Claim
from paramcount.auditing.costs.figures import LEAST, MOST, Figure
from paramcount.auditing.relations import Interval
from paramcount.auditing.verdict import AGREES, TRUNCATED, UNEXPLAINED, ZEROS

BOUND = "agrees only as a bound"


class Check(NamedTuple):
    """A relation in a row: both its sides, their ratio (left over right), and the verdict.

    *saved_by* is the figure that agrees only if truncated or padded with zeros; *borrowed* names the other rows whose
    figures it needs.
    """

    relation: Relation
    left: Interval
    right: Interval
    ratio: Interval
    verdict: str
    saved_by: str = ""
    borrowed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the figures satisfy the relation, as printed or once truncation and padding are allowed for."""
        return self.verdict != UNEXPLAINED


def checks(claim: Claim) -> list[Check]:
    """Every check of *claim* that involves at least one figure of its own."""
    known = claim.known()
    own = claim.figures.keys() - claim.borrowed.keys()
    found = [r for r in relations(known, claim.borrowed) if own & r.factors[1].keys()]
    return [_checked(relation, claim, known) for relation in found]


def _checked(relation: Relation, claim: Claim, known: Mapping[str, Interval]) -> Check:
    number, powers = relation.factors
    ratio = multiplied(number, powers, known)
    verdict, saved_by = stands(relation.sign, ratio), ""
    if verdict == UNEXPLAINED:
        verdict, saved_by = _saved(relation, claim.figures, known)
    left, right = (side(text, known) for text in relation.sides)
    borrowed = tuple(dict.fromkeys(row for name, row in claim.borrowed.items() if name in powers))
    return Check(relation, left, right, ratio, verdict, saved_by, borrowed)


def stands(sign: str, ratio: Interval) -> str:
    """AGREES, BOUND or UNEXPLAINED, for two sides whose quotient lies in *ratio*."""
    one = Interval(Fraction(1), Fraction(1))
    if ratio.meets(one) or one == ratio or (sign == "<" and ratio.low <= 1):
        return AGREES
    return BOUND if sign == "<=" and ratio.meets(bounds()["busy"]) else UNEXPLAINED


def _saved(relation: Relation, figures: Mapping[str, Figure], known: Mapping[str, Interval]) -> tuple[str, str]:
    """The verdict if one figure is taken as truncated or padded with zeros, and that figure."""
    number, powers = relation.factors
    for verdict, reading in ((TRUNCATED, "truncated"), (ZEROS, "zeros")):
        for name in figures.keys() & powers.keys():
            other = getattr(figures[name], reading)
            if other and stands(relation.sign, multiplied(number, powers, {**known, name: other})) == AGREES:
                return verdict, figures[name].printed
    return UNEXPLAINED, ""


def admitted(quantity: str, given: Sequence[Relation], known: Mapping[str, Interval]) -> Interval:
    """The interval of *quantity* in which all the *given* relations with it hold; empty if low > high."""
    low, high = LEAST, MOST
    for relation in given:
        number, powers = relation.factors
        if quantity not in powers:
            continue
        rest = multiplied(number, {name: power for name, power in powers.items() if name != quantity}, known)
        one = _solved(relation.sign, powers[quantity], rest)
        low, high = max(low, one.low), min(high, one.high)
    return Interval(low, high)


def _solved(sign: str, power: int, rest: Interval) -> Interval:
    """The interval of x in which x^power · *rest* satisfies *sign*."""
    low, high = (1 / rest.high, 1 / rest.low) if power > 0 else (rest.low, rest.high)
    if sign == "<":
        return Interval(LEAST, high) if power > 0 else Interval(low, MOST)
    if sign == "<=":
        busy = bounds()["busy"].low
        return Interval(low * busy, high) if power > 0 else Interval(low, high / busy)
    return Interval(low, high)


def utilisation(claim: Claim) -> Interval | None:
    """The share of its devices' peak that a row achieves by its own figures, using 6·N·D if it prints no FLOPs."""
    known = claim.known()
    own = known.keys() - claim.borrowed.keys()
    for relation in RELATIONS:
        number, powers = relation.factors
        if relation.name == "peak" and powers.keys() <= own:
            return multiplied(number, powers, known)
    return None
