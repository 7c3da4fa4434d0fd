"""What can be said of a printed figure once the count is known."""

from paramcount.papers.claim import Claim, claim

AGREES = "agrees"
TRUNCATED = "agrees only if truncated"
ZEROS = "agrees only if trailing zeros are not significant"
UNDECIDED = "undecided"
EXPLAINED = "explained"
UNEXPLAINED = "unexplained"
IMPOSSIBLE = "impossible"

# From the best to the worst; a row is as good as its worst figure.
ORDER = (AGREES, TRUNCATED, ZEROS, UNDECIDED, EXPLAINED, UNEXPLAINED, IMPOSSIBLE)


def alone(printed: str, admitted: Claim, count: int) -> str:
    """The verdict on a figure by its own digits: rounded, truncated, padded with zeros, or UNEXPLAINED."""
    if admitted.admits(count):
        return AGREES
    unit = admitted.high - admitted.low
    if admitted.nominal <= count < admitted.nominal + unit:
        return TRUNCATED
    whole = printed.replace(",", "").rstrip("KMBT")
    zeros = len(whole) - len(whole.rstrip("0")) if "." not in whole else 0
    if any(claim(printed, dropped).admits(count) for dropped in range(1, zeros + 1)):
        return ZEROS
    return UNEXPLAINED


def worst(verdicts: list[str]) -> str:
    """The worst of *verdicts*; AGREES where there are none."""
    return max(verdicts, key=ORDER.index, default=AGREES)
