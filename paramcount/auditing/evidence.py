"""How much a hypothesis has for it, in bits: docs/audit.md derives what is used here.

A row that does not agree as it stands costs bits to believe: its figures would be wrong by chance (luck), and it would
not do as the other rows do (odds). A hypothesis that reconciles it saves those bits and costs what it takes to name it:
one of n choices costs log2(n) bits. Searches add up what their hypotheses cost.
"""

from math import log, log2

from paramcount.auditing.verdict import TRUNCATED, ZEROS, alone
from paramcount.papers.claim import Claim

SPREAD = 4.0  # a wrong count is taken to lie anywhere from half to twice the printed one, evenly on a log scale
DOUBTFUL = 3.0  # bits under which a match may well be chance: one wrong hypothesis in eight would do as well


def luck(claim: Claim) -> float:
    """Bits: −log2 of the chance that a wrong count meets *claim*."""
    return -log2(min(1.0, log(claim.high / claim.low) / log(SPREAD)))


def choice(options: int) -> float:
    """Bits that naming one of so many options costs."""
    return log2(max(1, options))


def odds(keeping: int, of: int) -> float:
    """Bits that one more case has for doing as *keeping* of so many others do, by the rule of succession.

    It is expected with odds (k + 1) : (n − k + 1); the bits are log2 of them. What half of the others do not do is
    worth nothing.
    """
    return log2((keeping + 1) / (of - keeping + 1))


def surprise(claim: Claim, printed: str, counted: int | None) -> float:
    """Bits that a figure costs which *counted* does not meet: luck(claim), or 1 where its own digits save it.

    Then it was truncated or its zeros say nothing, and one bit says which. None counts nothing.
    """
    saved = counted is not None and alone(printed, claim, counted) in (TRUNCATED, ZEROS)
    return min(luck(claim), 1.0) if saved else luck(claim)
