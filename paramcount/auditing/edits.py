"""Changes of one cell that would reconcile a row: plausible values within the admissible interval."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from math import ceil, sqrt
from typing import NamedTuple

from paramcount.auditing.column import ROUNDEST
from paramcount.auditing.misprints import misprints
from paramcount.auditing.regularities import Weighed
from paramcount.auditing.smallest import LARGEST, smallest
from paramcount.catalog.rows import stated
from paramcount.catalog.spec import Spec
from paramcount.models.design import Design, SizeError, Sizes
from paramcount.papers.preamble import Table

FEW = 24  # an admissible interval of up to this many numbers is tried whole
NEARLY = 0.01  # tolerance around a whole number where the parabola reaches a count
NATURAL = 3  # numbers of each roundness tried at either end of a wider interval


class Curve(NamedTuple):
    """The parabola through a row's counts with 1, 2 and 3 times *unit* in a cell."""

    unit: int
    one: int
    two: int
    three: int

    @property
    def flat(self) -> bool:
        return self.one == self.two == self.three

    def where(self, count: int) -> float:
        """The value at which it reaches *count*; *unit* where it never does."""
        bend = (self.three - 2 * self.two + self.one) / 2
        slope = self.two - self.one - 3 * bend
        rest = self.one - slope - bend - count
        square = slope * slope - 4 * bend * rest
        if square < 0 or slope + sqrt(square) <= 0:
            return self.unit
        return min(float(LARGEST), max(1.0, -2 * rest / (slope + sqrt(square)) * self.unit))

    def passes(self, value: int, count: int) -> bool:
        """Whether it passes through *count* at *value*."""
        return abs(self.where(count) - value) < NEARLY


def cells(spec: Spec) -> list[str]:
    """The sizes that the row prints."""
    return [field for field in spec.given if field not in spec.assumed]


def edited(spec: Spec, changes: Mapping[str, int]) -> Sizes | None:
    """The sizes of *spec* with some of its cells changed; None where no model has them."""
    return _settled(spec.family, tuple({**spec.given, **changes}.items()))


@lru_cache(maxsize=2**15)  # every convention tries the same changes again
def _settled(family: Design, given: tuple[tuple[str, int], ...]) -> Sizes | None:
    try:
        return family.settle(dict(given))
    except SizeError:
        return None


def unsettled(table: Table, cells: Mapping[str, str], name: str = "") -> Spec | None:
    """The row of *cells*, whose sizes no model has, with only the sizes that are given.

    None if changing a single cell to 1 or to another of the row's numbers doesn't make a model of it.
    """
    numbers = dict.fromkeys(["1", *(text for text in cells.values() if text.isdigit())])
    for text in numbers:
        for field, printed in cells.items():
            try:
                spec = stated(table, {**cells, field: text}, name)
            except (SizeError, ValueError):
                continue
            if field in spec.given:
                given = {**spec.given, field: int(printed)}
                return spec._replace(given=given, sizes=spec.family.loosely(given))
    return None


def candidates(spec: Spec, field: str, column: Iterable[int], laws: list[Weighed], low: int, high: int,
               counted: Callable[[Sizes], int]) -> Iterator[int]:  # fmt: skip
    """Other values of *field* with low <= counted < high: by a law, a slip of the pen, the *column*, or round ones."""
    given = spec.given
    printed = given[field]
    if _divides(spec, field):
        values = [n for n in range(1, 4 * printed + 1) if given["d_model"] % n == 0]
        yield from (n for n in values if n != printed)
        return

    def at(value: int) -> int:
        return counted(spec.family.loosely({**given, field: value}))

    curve = Curve(printed, *(at(times * printed) for times in (1, 2, 3)))
    start, stop = curve.where(low), curve.where(high)
    none = ceil(start - NEARLY) > stop + NEARLY  # no whole number in between
    if curve.flat or (none and curve.passes(printed + 1, at(printed + 1))):
        return
    first = smallest(at, low, ceil(start))
    if at(first) >= high:
        return
    end = smallest(at, high, ceil(stop))
    named = [*(value for law, _ in laws for value in law.mend(spec.family.loosely(given), field)), *column]
    named += [int(text) for text in misprints(str(printed))]
    values = [value for value in named if first <= value < end]
    yield from (n for n in dict.fromkeys([*values, *_round(first, end)]) if n != printed)


def _divides(spec: Spec, field: str) -> bool:
    """Whether *field* only divides d_model among heads, so that the count need not grow with it."""
    match = re.fullmatch(r"(n|d)_(|encoder_|decoder_)head(s?)", field)
    if match is None:
        return False
    other = f"d_{match[2]}head" if match[1] == "n" else f"n_{match[2]}heads"
    return other not in spec.given


def _round(first: int, end: int) -> Iterator[int]:
    """All numbers from *first* up to *end* if they are few, else the first and last of each roundness."""
    if end - first <= FEW:
        yield from range(first, end)
        return
    for exponent in range(end.bit_length(), ROUNDEST // 2 - 1, -1):
        step = 2**exponent
        multiples = range(first + -first % step, end, step)
        if len(multiples) > 2 * NATURAL:
            yield from multiples[:NATURAL]
            yield from multiples[-NATURAL:]
        else:
            yield from multiples
