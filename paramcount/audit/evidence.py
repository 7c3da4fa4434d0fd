"""How much a hypothesis has for it, in bits. docs/audit.md derives what is used here.

What a hypothesis explains counts for it: a printed figure that it meets is worth as many bits as a wrong count would
need luck to meet it. What it costs to name counts against it: one of n choices costs log2(n) bits.
"""

from math import log, log2

from paramcount.printed import Claim

SPREAD = 4.0  # a wrong count is taken to lie anywhere from half to twice the printed one, evenly on a log scale
DOUBTFUL = 3.0  # bits under which a match may well be chance: one wrong hypothesis in eight would do as well


def luck(claim: Claim) -> float:
    """Bits: −log2 of the chance that a wrong count meets *claim*."""
    return -log2(min(1.0, log(claim.high / claim.low) / log(SPREAD)))


def choice(options: int) -> float:
    """Bits that naming one of so many options costs."""
    return log2(max(1, options))
