"""Recipes of training: the bytes that each parameter takes as weight, gradient and optimizer state."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.papers.tables import read

PARTS = ("weights", "gradients", "master", "momentum", "variance")
SCALE = 4  # bytes of a block's scale, float32


class Recipe(NamedTuple):
    """Bytes a parameter: its weight, its gradient, its master copy and the optimizer's two states.

    Where states are kept in blocks of *block* numbers, each block has a scale of its own, and a tensor of fewer than
    *smallest* numbers has its states in 32 bits.
    """

    name: str
    weights: int
    gradients: int
    master: int
    momentum: int
    variance: int
    block: int | None
    smallest: int
    source: str

    @property
    def dtype(self) -> str:
        """The format of its weights, in which a step computes."""
        return {4: "fp32", 2: "bf16"}[self.weights]

    @property
    def printed(self) -> str:
        """The sum as papers print it: 2 + 2 + 4 + 4 + 4."""
        return " + ".join(str(part) for part in (self.weights, self.gradients, *self.states) if part)

    @property
    def states(self) -> tuple[int, ...]:
        """What the optimizer keeps."""
        return (self.master, self.momentum, self.variance)

    def optimizer(self, elements: int) -> int:
        """The bytes that the optimizer keeps of a tensor of so many *elements*."""
        return self.master * elements + sum(self._state(width, elements) for width in (self.momentum, self.variance))

    def _state(self, width: int, elements: int) -> int:
        if not width or self.block is None:
            return width * elements
        if elements < self.smallest:
            return 4 * elements
        return width * elements + SCALE * -(-elements // self.block)


@cache
def recipes() -> dict[str, Recipe]:
    """Every recipe of tables/recipes.csv by its name."""
    return {row["recipe"]: _of_row(row) for row in read("recipes.csv")}


def recipe(name: str) -> Recipe:
    """The recipe called *name*; raises InputError where there is none."""
    if name not in recipes():
        raise InputError(f"recipe = {name}: no such recipe; valid: {', '.join(recipes())}")
    return recipes()[name]


def _of_row(row: dict[str, str]) -> Recipe:
    weights, gradients, master, momentum, variance = (int(row[part]) for part in PARTS)
    block = int(row["block"]) if row["block"] else None
    smallest = int(row["smallest"] or 0)
    return Recipe(row["recipe"], weights, gradients, master, momentum, variance, block, smallest, row["source"])
