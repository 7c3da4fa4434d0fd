"""The smallest size whose count reaches a target, for counts that grow with the size."""

from __future__ import annotations

from collections.abc import Callable

LARGEST = 2**60


def smallest(at: Callable[[int], int], target: int, near: int = 1) -> int:
    """The smallest positive number whose count, *at*, reaches *target*; one beyond LARGEST if none does.

    The search starts at *near* and doubles its steps.
    """
    above, step = max(1, near), 1
    if at(above) >= target:
        while above > step and at(above - step) >= target:
            above, step = above - step, 2 * step
        below = max(0, above - step)
    else:
        below = above
        while at(above) < target:
            below, above, step = above, above + step, 2 * step
            if above > LARGEST:
                return above
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if at(middle) < target else (below, middle)
    return above
