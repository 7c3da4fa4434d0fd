"""The evidence for a hypothesis, in bits, as docs/audit.md derives it.

A row that disagrees costs bits to believe: its figures would be wrong by chance (luck), and it would differ from the
other rows (odds). A hypothesis that reconciles it saves those bits and costs the bits needed to name it: one of n
choices costs log2(n) bits. Searches add up the costs of their hypotheses.
"""

from math import log, log2
from typing import NamedTuple

from paramcount.auditing.verdict import TRUNCATED, ZEROS, alone
from paramcount.papers.claim import Claim

SPREAD = 4.0  # a wrong count is assumed uniform on a log scale between half and twice the printed one
DOUBTFUL = 3.0  # bits below which a match may well be chance: one wrong hypothesis in eight would fit as well


class Lattice(NamedTuple):
    """The counts that changed tensors can give: *counted* plus or minus multiples of one of the *steps*."""

    counted: int
    steps: tuple[int, ...]


def luck(claim: Claim, lattice: Lattice | None = None) -> float:
    """Bits: −log2 of the probability that a wrong count meets *claim*.

    Where the count of its *lattice* is more than twice or less than half the claim, d octaves away, the probability is
    divided by d².

    A claim no wider than a step of its *lattice* can be met by whole steps: a count that is wrong by k of them, every
    octave being equally likely, meets it with probability 1 / (2·k·H), where H = 1 + ln(k's range). The likeliest way
    is taken.
    """
    chance = min(1.0, log(claim.high / claim.low) / log(SPREAD))
    if lattice is None:
        return -log2(chance)
    octaves = abs(log2(max(1, lattice.counted) / claim.nominal)) if claim.nominal else 1.0
    by_steps = (_by_steps(claim, lattice.counted, step) for step in lattice.steps)
    return -log2(max([chance / max(1.0, octaves) ** 2, *by_steps]))


def _by_steps(claim: Claim, counted: int, step: int) -> float:
    """The probability that a count wrong by whole steps meets a *claim* no wider than one step."""
    steps = -(-(claim.low - counted) // step)
    if claim.high - claim.low > step or not steps or counted + steps * step >= claim.high:
        return 0.0
    octaves = 1 + log(max(abs(steps), claim.nominal / step))
    return 1 / (2 * abs(steps) * octaves)


def choice(options: int) -> float:
    """The bits that it costs to name one of *options*."""
    return log2(max(1, options))


def odds(keeping: int, of: int, usual: float = 0.5) -> float:
    """The bits in favour of one more case doing what *keeping* out of *of* others do, by the rule of succession.

    The odds are (k + 1) : (n − k + 1), or (k + 2u) : (n − k + 2 − 2u) where the prior probability is u; the bits are
    log2 of them. By default they are negative where fewer than half of the others do it.
    """
    return log2((keeping + 2 * usual) / (of - keeping + 2 * (1 - usual)))


def surprise(claim: Claim, printed: str, lattice: Lattice | None) -> float:
    """The bits that a figure costs when the count of its *lattice* misses it: its luck, or 1 if its digits explain it.

    It was then truncated or its zeros are not significant, and one bit says which. A *lattice* of None has no count.
    """
    worth = luck(claim, lattice)
    saved = lattice and alone(printed, claim, lattice.counted) in (TRUNCATED, ZEROS)
    return min(worth, 1.0) if saved else worth
