"""Budgets other than a parameter count, alone or several at once: memory, cache, and the size set by a scaling law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.solver.measures import Measure, Values

OVER = 10**40  # times a budget: further from it than any shape that keeps within it
MEMORY, CACHE, COMPUTE = "memory", "cache", "compute"


class Budget(NamedTuple):
    """A *limit* in bytes, or the optimal number of parameters for the compute, which may be exceeded by the tolerance.

    *measure* gives a shape's use of it by formula, *reading* a model's exact use; *said* formats an amount.
    """

    name: str
    limit: int
    measure: Measure
    reading: Callable[[Spec], int]
    said: Callable[[int], str]

    @property
    def hard(self) -> bool:
        """Whether it must not be exceeded."""
        return self.name != COMPUTE


class Gauge(NamedTuple):
    """Several *budgets* as one; a shape's use of it is its use of the binding budget."""

    budgets: tuple[Budget, ...]

    @property
    def full(self) -> int:
        """A number that every limit divides, standing for a budget used up."""
        return scale(budget.limit for budget in self.budgets)

    def at(self, values: Values) -> int:
        """A shape's use of the binding budget; OVER budgets more if it exceeds a hard one."""
        return self._used([budget.measure(values) for budget in self.budgets])

    def of(self, spec: Spec) -> int:
        """The same for a model, by its readings."""
        return self._used([budget.reading(spec) for budget in self.budgets])

    def binding(self, taken: Mapping[str, int]) -> Budget:
        """The budget that is used most, given how much is *taken* of each."""
        return max(self.budgets, key=lambda budget: Fraction(taken[budget.name], budget.limit))

    def error(self, used: int) -> float:
        """The signed error of what is used, as a share of the budget."""
        return float(Fraction(used % (OVER * self.full), self.full) - 1)

    def stopped(self, spec: Spec, share: Fraction) -> str:
        """Why the nearest shape is rejected: its use of the budget that rules it out, too much or too little."""
        taken = {budget.name: budget.reading(spec) for budget in self.budgets}
        over = [budget for budget in self.budgets if budget.hard and taken[budget.name] > budget.limit]
        binds = over[0] if over else self.binding(taken)
        takes, limit = binds.said(taken[binds.name]), binds.said(binds.limit)
        if over:
            return f"{binds.name} binds: the nearest shape takes {takes}, but the budget is {limit}"
        off = abs(float(100 * (Fraction(taken[binds.name], binds.limit) - 1)))
        said = f"tolerance {float(100 * share):.3g} %: the nearest shape takes {takes} of {binds.name}"
        return f"{said}, {off:.3g} % off {limit}; a larger --tolerance would allow it"

    def _used(self, taken: list[int]) -> int:
        full = self.full
        used = max(full // budget.limit * each for budget, each in zip(self.budgets, taken, strict=True))
        over = any(budget.hard and each > budget.limit for budget, each in zip(self.budgets, taken, strict=True))
        return used + OVER * full * over


def scale(limits: object) -> int:
    """The least number that every one of *limits* divides."""
    return lcm(*limits)  # type: ignore[misc]
