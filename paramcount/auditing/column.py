"""What naming a number costs among the numbers of its column, in bits.

A number repeats one of the column's or is new, as the other rows do (rule of succession). A repeat is one of the
others; a new number is as round as they are, and lies between its neighbours if theirs do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, log2
from typing import NamedTuple

ROUNDEST = 8  # multiples of 256 and beyond are ever rarer, and no more natural
PRIOR = (ROUNDEST + 1) / 2  # how many numbers of the column what other tables do stands for
OCTAVES = 4  # a number that nothing else places lies within so many octaves, evenly on a log scale


class Column(NamedTuple):
    """How often each of the *others* of a column stands there, the *near* of them (above and below), and what they do.

    *repeats* is how likely one is to be another's, *ordered* how likely to lie from the one above to the one below,
    *round_by* how likely to be divided by 2^e and no more.
    """

    others: Mapping[int, int]
    rows: int
    near: tuple[int, ...]
    repeats: float
    ordered: float
    round_by: tuple[float, ...]

    def cost(self, value: int) -> float:
        """−log2 of how likely *value* is to stand in the column."""
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
        step = 1 << (exponent + (exponent < ROUNDEST))  # how far apart numbers as round as this one are
        anywhere = min(1.0, step / (value * OCTAVES * log(2)))
        if len(self.near) < 2:
            return self.round_by[exponent] * anywhere
        low, high = min(self.near), max(self.near)
        inside = step / max(step, high - low) if low <= value <= high else 0.0
        return self.round_by[exponent] * (self.ordered * inside + (1 - self.ordered) * anywhere)


EVENLY = (1 / (ROUNDEST + 1),) * (ROUNDEST + 1)


def column(values: Sequence[int], place: int, elsewhere: Sequence[float] = EVENLY) -> Column:
    """What the column of *values* says of the one at *place*, which itself says nothing.

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
    """How often 2 divides *value*, up to ROUNDEST."""
    return min(ROUNDEST, (value & -value).bit_length() - 1)
