"""Laws that the rows of a table have in common, and the bits that a row earns by keeping them.

A law is a property; keeping it earns odds(k, n) bits where k of the n other rows keep it. A value that no law settles
costs what its column says: see paramcount.auditing.column.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import gcd
from typing import Any, NamedTuple

from paramcount.auditing.evidence import odds
from paramcount.auditing.habits import NOTHING_KNOWN, Habits

Sizes = Mapping[str, Any]
WIDTH = "n_heads·d_head = d_model"


class Law(NamedTuple):
    """A property that rows may have, and the words for a change that restores it.

    *usual* is the probability that the next table keeps it, where more than half do; *mend* gives the values of a field
    that would make a row keep it, where there are few.
    """

    restores: str
    holds: Callable[[Sizes], bool]
    usual: float
    mend: Callable[[Sizes, str], list[int]] = lambda sizes, field: []


class Weighed(NamedTuple):
    """A law, and the bits that a row earns by keeping it."""

    law: Law
    bits: float


def weighed(others: Sequence[Sizes], printed: Sequence[str], known: Habits = NOTHING_KNOWN) -> list[Weighed]:
    """The laws on *printed* fields that the *others* keep more often than not.

    Where there are few rows, what is *known* from other tables stands in for them.
    """
    found = []
    for law in _laws(others, printed, known):
        bits = odds(sum(law.holds(other) for other in others), len(others), law.usual)
        if bits > 0:
            found.append(Weighed(law, bits))
    return found


def gain(laws: Iterable[Weighed], before: Sizes, after: Sizes) -> tuple[float, list[str]]:
    """The bits that *after* gains over *before*, and the laws that only *after* keeps."""
    bits, restored = 0.0, []
    for law, worth in laws:
        held, holds = law.holds(before), law.holds(after)
        bits += worth * (holds - held)
        if holds and not held:
            restored.append(law.restores)
    return bits, restored


def settles(laws: Iterable[Weighed], sizes: Sizes, field: str) -> bool:
    """Whether *field* follows from a law that *sizes* keep."""
    return any(sizes[field] in law.mend(sizes, field) for law, _ in laws if law.holds(sizes))


def _laws(others: Sequence[Sizes], printed: Sequence[str], known: Habits) -> Iterator[Law]:
    if {"n_heads", "d_head", "d_model"} <= set(printed):
        yield Law(WIDTH, _as_wide, max(0.5, known.width), _mend_width)
    if {"d_ff", "d_model"} <= set(printed):
        ratios = _shared([_lowest(o["d_ff"], o["d_model"]) for o in others])
        ratios += [ratio for ratio, likely in known.ratios.items() if likely > 0.5 and ratio not in ratios]
        yield from (_ratio(up, down, max(0.5, known.ratios.get((up, down), 0.5))) for up, down in ratios)


def _as_wide(s: Sizes) -> bool:
    return bool(s["n_heads"] * s["d_head"] == s["d_model"])


def _mend_width(s: Sizes, field: str) -> list[int]:
    if field == "d_model":
        return [s["n_heads"] * s["d_head"]]
    other = {"n_heads": "d_head", "d_head": "n_heads"}.get(field)
    return [s["d_model"] // s[other]] if other and s["d_model"] % s[other] == 0 else []


def _ratio(up: int, down: int, usual: float) -> Law:
    def mend(s: Sizes, field: str) -> list[int]:
        if field == "d_ff" and s["d_model"] * up % down == 0:
            return [s["d_model"] * up // down]
        return [s["d_ff"] * down // up] if field == "d_model" and s["d_ff"] * down % up == 0 else []

    name = f"d_ff = {up}·d_model" if down == 1 else f"d_ff = {up}/{down}·d_model"
    return Law(name, lambda s: bool(s["d_ff"] * down == up * s["d_model"]), usual, mend)


def _lowest(a: int, b: int) -> tuple[int, int]:
    return a // gcd(a, b), b // gcd(a, b)


def _shared(values: list[Any]) -> list[Any]:
    """The values found in more than half of the rows, and in more than one."""
    return [value for value, times in Counter(values).items() if times > 1 and 2 * times > len(values)]
