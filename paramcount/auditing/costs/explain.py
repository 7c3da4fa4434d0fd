"""Explanations of rows that don't add up, with their evidence in bits, as docs/audit-costs.md derives it.

A wrong figure is assumed uniform on a log scale between half and twice the right one, as in the audit of sizes. Where
the equations admit an interval of width a, a figure of width v meets it by luck with probability (a + v) / ln 4; the
bits are −log2 of that, minus the cost of naming the explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, log2
from typing import NamedTuple

from paramcount.auditing.costs.checks import Check, admitted
from paramcount.auditing.costs.claims import Claim
from paramcount.auditing.costs.figures import Figure
from paramcount.auditing.costs.hypotheses import Hypothesis, hypotheses
from paramcount.auditing.costs.origins import Elsewhere
from paramcount.auditing.evidence import DOUBTFUL, SPREAD
from paramcount.auditing.relations import Interval

MOST = 5  # explanations kept for each row


class Explained(NamedTuple):
    """Why a row may not add up: the *kind* of reason, the *quantity* reinterpreted, and the equations it *mends*."""

    kind: str
    quantity: str
    text: str
    source: str
    bits: float
    mends: tuple[str, ...]

    @property
    def may_be_chance(self) -> bool:
        """Whether it has less than three bits."""
        return self.bits < DOUBTFUL


def explain(claim: Claim, found: Sequence[Check], others: Elsewhere) -> list[Explained]:
    """Plausible explanations of *claim*, whose checks are *found*; *others* are figures of other rows.

    Those unlikely to be chance come first, then those that mend most equations, then the likeliest.
    """
    broken = [check for check in found if not check.holds]
    quantities = list(dict.fromkeys(name for check in broken for name in check.relation.factors[1]))
    known = claim.known()
    kept = [check.relation for check in found if not check.saved_by]
    admits = {name: admitted(name, kept, known) for name in quantities}
    explained = []
    for one in hypotheses(claim, quantities, others):
        bits = evidence(one, admits[one.quantity], claim.figures)
        if bits > 0:
            mends = tuple(check.relation.name for check in broken if one.quantity in check.relation.factors[1])
            explained.append(Explained(one.kind, one.quantity, one.text, one.source, bits, mends))
    return sorted(explained, key=lambda e: (e.may_be_chance, -len(e.mends), -e.bits))[:MOST]


def evidence(one: Hypothesis, admits: Interval, figures: Mapping[str, Figure]) -> float:
    """The bits of a hypothesis, where *admits* is what the equations admit; −inf if it does not mend them."""
    if one.origin:
        printed = figures[one.quantity].interval
        inside = printed.low <= one.read.low < printed.high
        return luck(width(printed)) - one.cost if inside else -float("inf")
    if admits.low >= admits.high:
        return -float("inf")
    share = _share(one, admits)
    if share <= 0:
        return -float("inf")
    return log2(share) + luck(width(admits) + width(one.read)) - one.cost


def luck(wide: float) -> float:
    """Bits: −log2 of the probability that a wrong figure meets an interval *wide* on a log scale."""
    return -log2(min(1.0, wide / log(SPREAD)))


def width(interval: Interval) -> float:
    """The width of *interval* on a log scale."""
    return log(interval.high / interval.low)


def _share(one: Hypothesis, admits: Interval) -> float:
    """The share of the hypothesis's range of factors that meets the equations."""
    if one.spread == 1:
        return float(one.read.low < admits.high and admits.low < one.read.high) or float(one.read == admits)
    low = max(1.0, float(admits.low / one.read.high))
    high = min(float(one.spread), float(admits.high / one.read.low))
    return log(high / low) / log(one.spread) if low < high else 0.0
