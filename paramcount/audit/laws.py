"""What the rows of a table have in common, and what it is worth to a row to have it too, in bits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import gcd, log2
from typing import Any, NamedTuple

Sizes = Mapping[str, Any]
LARGEST_POWER = 8  # multiples of 256 and beyond are ever rarer, and no more natural


class Law(NamedTuple):
    """A property that rows may have, and what is said of a change that makes a row have it.

    *mend* gives the values of a field that would make a row have it, where there are few.
    """

    restores: str
    holds: Callable[[Sizes], bool]
    mend: Callable[[Sizes, str], list[int]] = lambda sizes, field: []


class Weighed(NamedTuple):
    """A law, and the bits that a row which holds it has over one that does not."""

    law: Law
    bits: float


def weighed(sizes: Sizes, others: Sequence[Sizes], printed: Iterable[str]) -> list[Weighed]:
    """The laws that speak for or against *sizes*, weighed by how many of the other rows keep them.

    Laws of a single column are looked for in the columns that are *printed*.

    Where k of n others keep a law, the rule of succession expects it of one more with odds (k + 1) : (n − k + 1), and
    log2 of the odds is what holding it is worth. A law that half of the others break is worth nothing.
    """
    found = []
    for law in _laws(sizes, others, printed):
        keeping = sum(law.holds(other) for other in others)
        bits = log2((keeping + 1) / (len(others) - keeping + 1))
        if bits > 0:
            found.append(Weighed(law, bits))
    return found


def gain(laws: Iterable[Weighed], before: Sizes, after: Sizes) -> tuple[float, list[str]]:
    """The bits that *after* has over *before*, and the laws that it holds and *before* does not."""
    bits, restored = 0.0, []
    for law, worth in laws:
        held, holds = law.holds(before), law.holds(after)
        bits += worth * (holds - held)
        if holds and not held:
            restored.append(law.restores)
    return bits, restored


def _laws(sizes: Sizes, others: Sequence[Sizes], printed: Iterable[str]) -> Iterator[Law]:
    if {"n_heads", "d_head", "d_model"} <= sizes.keys():
        yield Law("n_heads·d_head = d_model", _as_wide, _mend_width)
    if {"d_ff", "d_model"} <= sizes.keys():
        ratios = [_lowest(other["d_ff"], other["d_model"]) for other in others]
        for up, down in _shared(ratios):
            yield _ratio(up, down)
    for field in printed:
        column = [other[field] for other in others]
        yield from (_constant(field, value) for value in _shared(column))
        if power := _common_power(column):
            yield _multiple(field, power)


def _as_wide(s: Sizes) -> bool:
    return bool(s["n_heads"] * s["d_head"] == s["d_model"])


def _mend_width(s: Sizes, field: str) -> list[int]:
    if field == "d_model":
        return [s["n_heads"] * s["d_head"]]
    other = {"n_heads": "d_head", "d_head": "n_heads"}.get(field)
    return [s["d_model"] // s[other]] if other and s["d_model"] % s[other] == 0 else []


def _ratio(up: int, down: int) -> Law:
    def mend(s: Sizes, field: str) -> list[int]:
        if field == "d_ff" and s["d_model"] * up % down == 0:
            return [s["d_model"] * up // down]
        return [s["d_ff"] * down // up] if field == "d_model" and s["d_ff"] * down % up == 0 else []

    name = f"d_ff = {up}·d_model" if down == 1 else f"d_ff = {up}/{down}·d_model"
    return Law(name, lambda s: bool(s["d_ff"] * down == up * s["d_model"]), mend)


def _constant(field: str, value: int) -> Law:
    def mend(s: Sizes, asked: str) -> list[int]:
        return [value] if asked == field else []

    return Law(f"{field} = {value} as in other rows", lambda s: bool(s[field] == value), mend)


def _multiple(field: str, power: int) -> Law:
    return Law(f"{field} a multiple of {power}", lambda s: bool(s[field] % power == 0))


def _common_power(column: list[int]) -> int:
    """The largest power of two of which nine in ten of the column are multiples; 0 where that is 1."""
    for exponent in range(LARGEST_POWER, 0, -1):
        keeping = sum(value % 2**exponent == 0 for value in column)
        if len(column) > 1 and 10 * keeping >= 9 * len(column):
            return 1 << exponent
    return 0


def _lowest(a: int, b: int) -> tuple[int, int]:
    return a // gcd(a, b), b // gcd(a, b)


def _shared(values: list[Any]) -> list[Any]:
    """The values that more than half of the rows have, and more than one."""
    return [
        value for value in dict.fromkeys(values) if values.count(value) > 1 and 2 * values.count(value) > len(values)
    ]
