"""The memory of a training step on a rank other than weights, gradients and states, and its peak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.asked import peak_of, recipe_of
from paramcount.costs.memory.footprint import Footprint


class Beside(NamedTuple):
    """The bytes that a layout does not divide: those at the *loss*, and those from the *end* of the backward pass.

    *early* says that gradients already exist at the loss, because they are accumulated over batches. *roots* is what
    the optimizer's step adds, as a fraction of its states.
    """

    loss: int = 0
    end: int = 0
    early: bool = True
    roots: tuple[int, int] = (0, 1)

    def needed(self, weights: Any, gradients: Any, optimizer: Any, largest: Callable[[Any, Any], Any] = max) -> Any:
        """The peak of a rank with these bytes, given as ints or arrays."""
        part, whole = self.roots
        at_loss = gradients + self.loss if self.early else gradients * 0 + self.loss
        at_step = gradients + self.end + optimizer * part // whole
        return weights + optimizer + largest(at_loss, at_step)


NOTHING = Beside()


def beside(spec: Spec, whole: Footprint, given: Mapping[str, Any]) -> Beside | None:
    """What a step of *whole* adds; None if activations are not known.

    If the moments of the step are not known, everything is assumed to be in memory at once.
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
