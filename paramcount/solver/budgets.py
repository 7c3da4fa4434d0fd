"""Budgets that are no count of parameters, which a shape may have to keep together: memory, cache, a law's size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.solver.measures import Measure, Values

OVER = 10**40  # times a budget: farther from it than any shape that does not exceed it
MEMORY, CACHE, COMPUTE = "memory", "cache", "compute"


class Budget(NamedTuple):
    """A *limit* in bytes, or the parameters that are best for compute, which a shape may also exceed by the tolerance.

    *measure* says what a shape takes of it by its sizes, *reading* what a model does; *said* says it of so much.
    """

    name: str
    limit: int
    measure: Measure
    reading: Callable[[Spec], int]
    said: Callable[[int], str]

    @property
    def hard(self) -> bool:
        """Whether it is not to be exceeded."""
        return self.name != COMPUTE


class Gauge(NamedTuple):
    """Several *budgets* as one, of which a shape uses what it uses of the one that binds."""

    budgets: tuple[Budget, ...]

    @property
    def full(self) -> int:
        """A number of which every limit is a share."""
        return scale(budget.limit for budget in self.budgets)

    def at(self, values: Values) -> int:
        """The most that a shape of these sizes uses; OVER budgets more where it exceeds one that is not to be."""
        return self._used([budget.measure(values) for budget in self.budgets])

    def of(self, spec: Spec) -> int:
        """The same of a model, by readings."""
        return self._used([budget.reading(spec) for budget in self.budgets])

    def binding(self, taken: Mapping[str, int]) -> Budget:
        """The budget of which most is used, where so much is *taken* of each."""
        return max(self.budgets, key=lambda budget: Fraction(taken[budget.name], budget.limit))

    def error(self, used: int) -> float:
        """How far what is used lies above the budget, as a share of it."""
        return float(Fraction(used % (OVER * self.full), self.full) - 1)

    def stopped(self, spec: Spec, share: Fraction) -> str:
        """What the nearest shape takes of the budget that keeps it out, and that this is too much or too little."""
        taken = {budget.name: budget.reading(spec) for budget in self.budgets}
        over = [budget for budget in self.budgets if budget.hard and taken[budget.name] > budget.limit]
        binds = over[0] if over else self.binding(taken)
        takes, limit = binds.said(taken[binds.name]), binds.said(binds.limit)
        if over:
            return f"{binds.name} binds: the nearest shape takes {takes}, the budget is {limit}"
        off = abs(float(100 * (Fraction(taken[binds.name], binds.limit) - 1)))
        said = f"tolerance {float(100 * share):.3g} %: the nearest shape takes {takes} of {binds.name}"
        return f"{said}, {off:.3g} % off {limit}; a larger --tolerance admits it"

    def _used(self, taken: list[int]) -> int:
        full = self.full
        used = max(full // budget.limit * each for budget, each in zip(self.budgets, taken, strict=True))
        over = any(budget.hard and each > budget.limit for budget, each in zip(self.budgets, taken, strict=True))
        return used + OVER * full * over


def scale(limits: object) -> int:
    """The number of which each of *limits* is a share."""
    return lcm(*limits)  # type: ignore[misc]
