"""What explains a row that does not add up, with its evidence in bits: docs/audit-costs.md derives it.

A wrong figure is taken to lie anywhere from half to twice the right one, evenly on a log scale, as in the audit of
sizes. Where the equations admit an interval of width a, a figure of width v meets it by luck in (a + v) of ln 4; the
bits are −log2 of that, less what naming the explanation costs.
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

MOST = 5  # explanations of a row that are kept


class Explained(NamedTuple):
    """Why a row may not add up: the *kind* of reason, the *quantity* read otherwise, and the equations it mends."""

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
    """What plausibly explains it; *found* are the checks of *claim*, *others* figures elsewhere.

    What is hardly chance first, then what mends most equations, then the likeliest.
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
    """The bits of a hypothesis, where the equations admit so much of its quantity; −inf where it does not mend them."""
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
    """Bits: −log2 of the chance that a wrong figure meets an interval so wide on a log scale."""
    return -log2(min(1.0, wide / log(SPREAD)))


def width(interval: Interval) -> float:
    """How wide it is on a log scale."""
    return log(interval.high / interval.low)


def _share(one: Hypothesis, admits: Interval) -> float:
    """Of the factors that the hypothesis admits, the share at which it meets the equations."""
    if one.spread == 1:
        return float(one.read.low < admits.high and admits.low < one.read.high) or float(one.read == admits)
    low = max(1.0, float(admits.low / one.read.high))
    high = min(float(one.spread), float(admits.high / one.read.low))
    return log(high / low) / log(one.spread) if low < high else 0.0
