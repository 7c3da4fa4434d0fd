"""Rows that leave out a size that their family needs: what can still be counted, and what the size may be."""

from __future__ import annotations

from paramcount.auditing.counting import count
from paramcount.auditing.smallest import smallest
from paramcount.auditing.verdict import UNDECIDED, UNEXPLAINED
from paramcount.catalog.spec import Published, Spec


def incomplete(spec: Spec, missing: tuple[str, ...]) -> tuple[str, str]:
    """The verdict on a row with *missing* sizes, and why; *spec* has 1 in their place.

    With one size missing, each figure gives the values that it may have. With several, the only check is that the rest
    is not too large.
    """
    said = missing_sizes(missing)
    found = [_of(spec, missing, figure) for figure in spec.published]
    if not found:
        return UNDECIDED, said
    verdict = UNEXPLAINED if any(one == UNEXPLAINED for one, _ in found) else UNDECIDED
    return verdict, f"{said}: {'; '.join(text for _, text in found)}"


def missing_sizes(fields: tuple[str, ...]) -> str:
    """n_vocab and n_ctx are not stated"""
    return f"{' and '.join(fields)} {'are' if len(fields) > 1 else 'is'} not stated"


def _of(spec: Spec, missing: tuple[str, ...], figure: Published) -> tuple[str, str]:
    printed = f"{figure.printed} ({figure.place})"
    least = count(spec, spec.sizes, figure.reading)
    ones = " and ".join(f"{field} = 1" for field in missing)
    if least >= figure.claim.high:
        return UNEXPLAINED, f"even with {ones} the count is {least:,}, more than {printed}"
    if len(missing) > 1:
        return UNDECIDED, f"with {ones} the count is {least:,}, which leaves room for {printed}"

    def at(value: int) -> int:
        return count(spec, {**spec.sizes, missing[0]: value}, figure.reading)

    low = smallest(at, figure.claim.low)
    high = smallest(at, figure.claim.high, low) - 1
    if low > high:
        return UNEXPLAINED, f"no {missing[0]} gives {printed}"
    return UNDECIDED, f"{_span(low, high)} would give {printed}"


def _span(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
