"""The cost, in bits, of naming a number given the other numbers in its column.

A number either repeats another one in the column or is new, as often as in the other rows (rule of succession). A
repeat is one of the others; a new number is as round as they are, and lies between its neighbours if theirs do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, log2
from typing import NamedTuple

ROUNDEST = 8  # multiples of 256 and beyond are ever rarer, and no more natural
PRIOR = (ROUNDEST + 1) / 2  # the habits of other tables weigh as much as this many numbers of the column
OCTAVES = 4  # a number about which nothing else is known lies within this many octaves, uniform on a log scale


class Column(NamedTuple):
    """The other numbers in a column, with how often each appears, and their habits.

    *near* are those directly above and below. *repeats* is the probability that a number repeats another one, *ordered*
    that it lies between those above and below, *round_by* that it is divisible by 2^e and no higher power of 2.
    """

    others: Mapping[int, int]
    rows: int
    near: tuple[int, ...]
    repeats: float
    ordered: float
    round_by: tuple[float, ...]

    def cost(self, value: int) -> float:
        """−log2 of the probability of *value* in this column."""
        likely = self._new(value)
        if self.others:
            again = self.others.get(value, 0) / self.rows
            likely = self.repeats * again + (1 - self.repeats) * likely
        return -log2(likely)

    def habitual(self, value: int) -> bool:
        """Whether more than half of the others, and more than one, are *value*."""
        return 1 < self.others.get(value, 0) > self.rows / 2

    def _new(self, value: int) -> float:
        exponent = roundness(value)
        step = 1 << (exponent + (exponent < ROUNDEST))  # the distance between numbers as round as this one
        anywhere = min(1.0, step / (value * OCTAVES * log(2)))
        if len(self.near) < 2:
            return self.round_by[exponent] * anywhere
        low, high = min(self.near), max(self.near)
        inside = step / max(step, high - low) if low <= value <= high else 0.0
        return self.round_by[exponent] * (self.ordered * inside + (1 - self.ordered) * anywhere)


EVENLY = (1 / (ROUNDEST + 1),) * (ROUNDEST + 1)


def column(values: Sequence[int], place: int, elsewhere: Sequence[float] = EVENLY) -> Column:
    """What the column of *values* tells about the one at *place*, which is itself left out.

    *elsewhere* is how round such numbers are in other tables.
    """
    others = (*values[:place], *values[place + 1 :])
    near = tuple(values[i] for i in (place - 1, place + 1) if 0 <= i < len(values))
    between = [min(a, c) <= b <= max(a, c) for a, b, c in zip(others, others[1:], others[2:], strict=False)]
    times = Counter(others)
    rounds: Counter[int] = Counter()
    for value, often in times.items():
        rounds[roundness(value)] += often
    return Column(
        others=times,
        rows=len(others),
        near=near,
        repeats=(sum(often for often in times.values() if often > 1) + 1) / (len(others) + 2),
        ordered=(sum(between) + 1) / (len(between) + 2),
        round_by=tuple((rounds[e] + PRIOR * elsewhere[e]) / (len(others) + PRIOR) for e in range(ROUNDEST + 1)),
    )


def roundness(value: int) -> int:
    """The exponent of the highest power of 2 that divides *value*, up to ROUNDEST."""
    return min(ROUNDEST, (value & -value).bit_length() - 1)
