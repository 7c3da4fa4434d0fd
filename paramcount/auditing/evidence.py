"""How much a hypothesis has for it, in bits: docs/audit.md derives what is used here.

A row that does not agree as it stands costs bits to believe: its figures would be wrong by chance (luck), and it would
not do as the other rows do (odds). A hypothesis that reconciles it saves those bits and costs what it takes to name it:
one of n choices costs log2(n) bits. Searches add up what their hypotheses cost.
"""

from math import log, log2
from typing import NamedTuple

from paramcount.auditing.verdict import TRUNCATED, ZEROS, alone
from paramcount.papers.claim import Claim

SPREAD = 4.0  # a wrong count is taken to lie anywhere from half to twice the printed one, evenly on a log scale
DOUBTFUL = 3.0  # bits under which a match may well be chance: one wrong hypothesis in eight would do as well


class Lattice(NamedTuple):
    """The counts that changed tensors may come to: *counted*, and every multiple of one of the *steps* from it."""

    counted: int
    steps: tuple[int, ...]


def luck(claim: Claim, lattice: Lattice | None = None) -> float:
    """Bits: −log2 of the chance that a wrong count meets *claim*.

    Where the count of its *lattice* is more than twice or less than half the claim, d octaves away, the chance is d²
    times less.

    A claim no wider than a step of its *lattice* may be met by whole steps: a count that is wrong by k of them, of
    which every octave is as likely, meets it with a chance of 1 / (2·k·H), where H = 1 + ln(k's range). The likeliest
    of the ways counts.
    """
    chance = min(1.0, log(claim.high / claim.low) / log(SPREAD))
    if lattice is None:
        return -log2(chance)
    octaves = abs(log2(max(1, lattice.counted) / claim.nominal)) if claim.nominal else 1.0
    by_steps = (_by_steps(claim, lattice.counted, step) for step in lattice.steps)
    return -log2(max([chance / max(1.0, octaves) ** 2, *by_steps]))


def _by_steps(claim: Claim, counted: int, step: int) -> float:
    """The chance that a count which is wrong by whole steps meets a *claim* that is no wider than one."""
    steps = -(-(claim.low - counted) // step)
    if claim.high - claim.low > step or not steps or counted + steps * step >= claim.high:
        return 0.0
    octaves = 1 + log(max(abs(steps), claim.nominal / step))
    return 1 / (2 * abs(steps) * octaves)


def choice(options: int) -> float:
    """Bits that naming one of so many options costs."""
    return log2(max(1, options))


def odds(keeping: int, of: int, usual: float = 0.5) -> float:
    """Bits that one more case has for doing as *keeping* of so many others do, by the rule of succession.

    It is expected with odds (k + 1) : (n − k + 1), or (k + 2u) : (n − k + 2 − 2u) for what elsewhere is done with a
    chance of u; the bits are log2 of them. What half of the others do not do is worth nothing.
    """
    return log2((keeping + 2 * usual) / (of - keeping + 2 * (1 - usual)))


def surprise(claim: Claim, printed: str, lattice: Lattice | None) -> float:
    """Bits that a figure costs which the count of its *lattice* does not meet: its luck, or 1 where its digits save it.

    Then it was truncated or its zeros say nothing, and one bit says which. None counts nothing.
    """
    worth = luck(claim, lattice)
    saved = lattice and alone(printed, claim, lattice.counted) in (TRUNCATED, ZEROS)
    return min(worth, 1.0) if saved else worth
