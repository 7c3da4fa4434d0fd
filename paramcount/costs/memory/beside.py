"""What a rank has in a training step beside weights, gradients and states, and what it then needs at its peak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.asked import peak_of, recipe_of
from paramcount.costs.memory.footprint import Footprint


class Beside(NamedTuple):
    """Bytes beside what a layout divides: so many at the *loss*, so many from the *end* of the backward pass on.

    Gradients are there at the loss where they are *early*, summed over batches. In the optimizer's step there are
    *roots* of its states, as a fraction of them.
    """

    loss: int = 0
    end: int = 0
    early: bool = True
    roots: tuple[int, int] = (0, 1)

    def needed(self, weights: Any, gradients: Any, optimizer: Any, largest: Callable[[Any, Any], Any] = max) -> Any:
        """What a rank needs that holds these, ints or arrays."""
        part, whole = self.roots
        at_loss = gradients + self.loss if self.early else gradients * 0 + self.loss
        at_step = gradients + self.end + optimizer * part // whole
        return weights + optimizer + largest(at_loss, at_step)


NOTHING = Beside()


def beside(spec: Spec, whole: Footprint, given: Mapping[str, Any]) -> Beside | None:
    """What a step of *whole* has besides; None where activations are not stated.

    Where the moments of a step are not, all of it is taken to be there at once.
    """
    kept = whole.activations
    if kept is None:
        return None
    moments = peak_of(spec, whole._replace(weights=0, gradients=0, optimizer=0), given)
    if moments is None:
        return Beside(kept, kept)
    by, (loss, end, _) = recipe_of(given), moments.moments
    roots = (by.variance, sum(by.states)) if by.variance and not by.block else (0, 1)
    return Beside(loss.bytes, end.bytes, (given.get("accumulate") or 1) > 1, roots)
