"""Verdicts on a printed figure, given the count."""

from collections import Counter
from collections.abc import Iterable

from paramcount.papers.claim import Claim, claim

AGREES = "agrees"
TRUNCATED = "agrees only if truncated"
ZEROS = "agrees only if trailing zeros are not significant"
UNDECIDED = "undecided"
EXPLAINED = "explained"
UNEXPLAINED = "unexplained"
IMPOSSIBLE = "impossible"

# From best to worst; a row is as good as its worst figure.
ORDER = (AGREES, TRUNCATED, ZEROS, UNDECIDED, EXPLAINED, UNEXPLAINED, IMPOSSIBLE)


def tally(verdicts: Iterable[str]) -> str:
    """How often each of *verdicts* was reached: 4 agrees, 4 explained."""
    return ", ".join(f"{number} {verdict}" for verdict, number in Counter(verdicts).items())


def alone(printed: str, admitted: Claim, count: int) -> str:
    """The verdict by a figure's own digits: rounded, truncated, padded with zeros, or UNEXPLAINED."""
    if admitted.admits(count):
        return AGREES
    if truncates(admitted, count):
        return TRUNCATED
    whole = printed.replace(",", "").rstrip("KMBT")
    zeros = len(whole) - len(whole.rstrip("0")) if "." not in whole else 0
    if any(claim(printed, dropped).admits(count) for dropped in range(1, zeros + 1)):
        return ZEROS
    return UNEXPLAINED


def truncates(admitted: Claim, count: int) -> bool:
    """Whether *count*, truncated to as many digits, is the figure: from its nominal value up to the next."""
    return admitted.nominal <= count < admitted.nominal + admitted.high - admitted.low


def worst(verdicts: list[str]) -> str:
    """The worst of *verdicts*; AGREES if there are none."""
    return max(verdicts, key=ORDER.index, default=AGREES)
