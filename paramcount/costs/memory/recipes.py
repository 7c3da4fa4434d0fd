"""Training recipes: the bytes that each parameter takes as weight, gradient and optimizer state."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.papers.tables import read

PARTS = ("weights", "gradients", "master", "momentum", "variance")
SCALE = 4  # bytes of a block's scale: float32


class Recipe(NamedTuple):
    """Bytes per parameter: its weight, gradient, master copy, and the optimizer's two states.

    If states are kept in blocks of *block* numbers, each block has a scale, and tensors of fewer than *smallest*
    numbers have their states in 32 bits.
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
        """The format of its weights, which is also that of computation."""
        return {4: "fp32", 2: "bf16"}[self.weights]

    @property
    def printed(self) -> str:
        """The sum as papers print it: 2 + 2 + 4 + 4 + 4."""
        return " + ".join(str(part) for part in (self.weights, self.gradients, *self.states) if part)

    @property
    def states(self) -> tuple[int, ...]:
        """Bytes per parameter of what the optimizer keeps."""
        return (self.master, self.momentum, self.variance)

    def optimizer(self, elements: int) -> int:
        """The bytes that the optimizer keeps for a tensor of *elements* elements."""
        return self.master * elements + sum(self._state(width, elements) for width in (self.momentum, self.variance))

    def _state(self, width: int, elements: int) -> int:
        if not width or self.block is None:
            return width * elements
        if elements < self.smallest:
            return 4 * elements
        return width * elements + SCALE * -(-elements // self.block)


@cache
def recipes() -> dict[str, Recipe]:
    """Every recipe in tables/recipes.csv, by name."""
    return {row["recipe"]: _of_row(row) for row in read("recipes.csv")}


def recipe(name: str) -> Recipe:
    """The recipe called *name*; raises InputError if there is none."""
    if name not in recipes():
        raise InputError(f"recipe = {name}: unknown recipe; valid: {', '.join(recipes())}")
    return recipes()[name]


def _of_row(row: dict[str, str]) -> Recipe:
    weights, gradients, master, momentum, variance = (int(row[part]) for part in PARTS)
    block = int(row["block"]) if row["block"] else None
    smallest = int(row["smallest"] or 0)
    return Recipe(row["recipe"], weights, gradients, master, momentum, variance, block, smallest, row["source"])
