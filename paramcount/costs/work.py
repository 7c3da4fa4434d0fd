"""What a model multiplies and keeps, by component: sums over its blocks, with their formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.costs.run import Run
from paramcount.ledger.model import Model, Part, Stack, place
from paramcount.ledger.operation import PAIR, TOKEN, kept, operations
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import formula_of

SYMBOLS = {TOKEN: "tokens", PAIR: "pairs"}  # as formulas of a run have them


class Work(NamedTuple):
    """*macs* multiply-adds of a *component* for each *per*, all its layers together."""

    component: str
    macs: Any
    per: str

    def flops(self, run: Run, causal: bool) -> int:
        """Two for each multiply-add."""
        return 2 * int(self.macs) * run.times(self.per, causal)

    def formula(self) -> Polynomial:
        """The same over the sizes and the run's tokens and pairs."""
        return 2 * formula_of(self.macs) * Polynomial.symbol(SYMBOLS.get(self.per, self.per + "s"))


def work(model: Model) -> list[Work]:
    """What *model* multiplies, a line for each component and what it is multiplied for, in the components' order."""
    sums: dict[tuple[str, str], Any] = {}
    for component, operation, times in _operations(model.parts, 1):
        key = (component, operation.per)
        sums[key] = sums.get(key, 0) + operation.macs * times
    lines = [Work(component, macs, per) for (component, per), macs in sums.items()]
    return sorted(lines, key=lambda line: place(line.component))


def kept_numbers(model: Model) -> Any:
    """The numbers that a cache keeps of each token, all layers together."""
    total: Any = 0
    for block, _, times in _blocks(model.parts, 1):
        for one in kept(block):
            total = total + one.numbers * times
    return total


def multiplied(lines: list[Work]) -> Any:
    """The weights that a token is multiplied by: those of a tied head are, those of an embedding are not."""
    return sum((line.macs for line in lines if line.per == TOKEN), 0)


def _operations(parts: tuple[Part | Stack, ...], times: Any) -> Iterator[tuple[str, Any, Any]]:
    for block, component, often in _blocks(parts, times):
        for operation in operations(block):
            yield component, operation, often


def _blocks(parts: tuple[Part | Stack, ...], times: Any) -> Iterator[tuple[Any, str, Any]]:
    """Each block, its component, and how many of it a token passes."""
    for part in parts:
        if isinstance(part, Stack):
            yield from _blocks(part.layer, times * (part.depth if part.active is None else part.active))
        else:
            yield part.block, part.component, times
