"""The peak memory of a training step: what is in memory at each of three moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import WIDTHS, activations, unstated
from paramcount.costs.memory.computed import NONE, PLAIN
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.memory.recipes import Recipe

LOSS, BACKWARD, STEP = MOMENTS = ("loss", "end of backward", "optimizer step")
NUMBER = 8  # bytes of a token's number: torch uses 64 bits
LEFT_OUT = (
    "The peak leaves out gradients of activations within a layer, and recomputed activations. Logits are kept until "
    "the end of the step, as in a plain training loop. Roots are the square roots of all variances, which torch's Adam "
    "computes at once on a GPU (foreach); a fused Adam has none."
)


class Held(Protocol):
    """The bytes that a step holds throughout, from a footprint or from formulas."""

    @property
    def weights(self) -> int: ...
    @property
    def gradients(self) -> int: ...
    @property
    def optimizer(self) -> int: ...


class Moment(NamedTuple):
    """A moment of a step and the bytes in memory, by part."""

    name: str
    parts: Mapping[str, int]

    @property
    def bytes(self) -> int:
        """The sum of all parts."""
        return sum(self.parts.values())


class Peak(NamedTuple):
    """The moments of a step, in order."""

    moments: tuple[Moment, ...]

    def __repr__(self) -> str:
        return f"<{self.bytes:,} bytes at the {self.largest.name}>"

    @property
    def largest(self) -> Moment:
        """The moment that takes the most, the first one if several do."""
        return max(self.moments, key=lambda moment: moment.bytes)

    @property
    def bytes(self) -> int:
        """The bytes at the largest moment."""
        return self.largest.bytes


def peak(
    spec: Spec, held: Footprint, by: Recipe, recompute: str = NONE, kernel: str = PLAIN, accumulate: bool = False
) -> Peak | None:
    """The three moments of a step of *spec* with the footprint *held* by the recipe *by*; None if they are not known.

    At the loss, memory holds the activations, the logits, their log-probabilities and the gradients of both; with
    *accumulate* also the gradients of earlier batches. At the end of the backward pass it holds the gradients. In the
    optimizer's step, the roots of the variances take one more number per parameter, as in torch's Adam by default on a
    GPU (foreach); none if a recipe keeps no variances or keeps them in blocks. `no_peak` says why it is None.
    """
    if held.run is None or no_peak(spec, kernel):
        return None
    kept = activations(spec, held.run, by.dtype, recompute, kernel)
    assert kept is not None
    tokens = held.run.batch * held.run.seq
    return moments(held, kept.total_bytes, tokens, spec.sizes["n_vocab"], by, accumulate)


def moments(held: Held, kept: int, tokens: int, n_vocab: int, by: Recipe, accumulate: bool = False) -> Peak:
    """The moments of a step of *tokens* tokens with *held* throughout and *kept* bytes of activations."""
    table = tokens * n_vocab * WIDTHS[by.dtype]
    numbers = {"tokens and targets": 2 * NUMBER * tokens, "logits": table}
    always = {"weights": held.weights, "optimizer": held.optimizer}
    loss = {
        **always,
        **({"gradients": held.gradients} if accumulate else {}),
        "activations": kept,
        "targets": NUMBER * tokens,
        "logits": table,
        "log-probabilities": table,
        "gradients of both": 2 * table,
    }
    backward = {**always, "gradients": held.gradients, **numbers}
    roots = 0 if by.block or not by.variance else by.variance * held.optimizer // sum(by.states)
    return Peak((Moment(LOSS, loss), Moment(BACKWARD, backward), Moment(STEP, {**backward, "roots": roots})))


def no_peak(spec: Spec, kernel: str = PLAIN) -> str:
    """Why the peak of *spec* is not known; "" if it is."""
    if why := unstated(spec, kernel):
        return why
    if "n_vocab" not in spec.sizes or "pooler" in spec.sizes:
        return f"{spec.family.name} has no output head here, so the memory of its loss is not known"
    return ""
