"""The FLOPs of a run, by component and in total."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.passes import FORWARD_AND_BACKWARD
from paramcount.costs.run import Run
from paramcount.costs.stated import costed, refuse_training
from paramcount.costs.work import Work
from paramcount.ledger.operation import TOKEN


class Flops(NamedTuple):
    """The FLOPs of *run* by component, two per multiply-add; attention's pairs have a component of their own."""

    run: Run
    components: dict[str, int]

    @property
    def total(self) -> int:
        """The sum of all components."""
        return sum(self.components.values())

    @property
    def per_token(self) -> float:
        """FLOPs per computed token."""
        return self.total / self.run.tokens


def flops(spec: Spec, run: Run, train: bool = False) -> Flops:
    """The FLOPs of *run*, forward or in training; raises InputError if *spec*'s can't be counted exactly."""
    cost = costed(spec, run)
    if train:
        refuse_training(spec)
    factor = FORWARD_AND_BACKWARD if train else 1
    found = {component_of(line): factor * line.flops(run, cost.causal) for line in cost.work}
    return Flops(run, {name: count for name, count in found.items() if count})


def component_of(line: Work) -> str:
    """The component, and what it is counted per, if not per token."""
    name = f"{line.component}, {line.counted}" if line.per != TOKEN else line.component
    name = f"{name} within {line.window.size:,}" if line.window else name
    return f"{name} of {line.chunk:,}" if line.chunk else name
