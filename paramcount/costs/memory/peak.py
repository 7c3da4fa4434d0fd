"""The peak of a training step: what is there at each of three moments, and which of them takes the most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import WIDTHS, activations, unstated
from paramcount.costs.memory.computed import NONE, PLAIN
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.memory.recipes import Recipe

LOSS, BACKWARD, STEP = MOMENTS = ("loss", "end of backward", "optimizer step")
NUMBER = 8  # bytes of a token's number, torch's 64 bits
LEFT_OUT = (
    "Left out of the peak: the gradients of activations within a layer and what it computes again. Logits are held to "
    "the end of the step, as in a plain training loop. Roots are those of all variances, which torch's Adam takes at "
    "once on a GPU (foreach); a fused one takes none."
)


class Held(Protocol):
    """What a step holds from its start to its end, in bytes: a footprint does, or what was counted by a formula."""

    @property
    def weights(self) -> int: ...
    @property
    def gradients(self) -> int: ...
    @property
    def optimizer(self) -> int: ...


class Moment(NamedTuple):
    """A moment of a step and the bytes that are there, by what they are."""

    name: str
    parts: Mapping[str, int]

    @property
    def bytes(self) -> int:
        """All of them."""
        return sum(self.parts.values())


class Peak(NamedTuple):
    """The moments of a step, in order."""

    moments: tuple[Moment, ...]

    @property
    def largest(self) -> Moment:
        """The one that takes the most, the first where several do."""
        return max(self.moments, key=lambda moment: moment.bytes)

    @property
    def bytes(self) -> int:
        """What that takes."""
        return self.largest.bytes


def peak(
    spec: Spec, held: Footprint, by: Recipe, recompute: str = NONE, kernel: str = PLAIN, accumulate: bool = False
) -> Peak | None:
    """The three moments of a step of *spec*, which holds what *held* says by the recipe *by*; None where not stated.

    At the loss there are the activations, and logits and their log-probabilities with a gradient of each; with
    *accumulate* the gradients of earlier batches are there too. At the end of the backward pass there are gradients.
    In the optimizer's step the roots of the variances are one number more a parameter, as torch's Adam has by default
    on a GPU (foreach), 0 where a recipe keeps none or keeps it in blocks. `no_peak` says why where it is None.
    """
    if held.run is None or no_peak(spec, kernel):
        return None
    kept = activations(spec, held.run, by.dtype, recompute, kernel)
    assert kept is not None
    tokens = held.run.batch * held.run.seq
    return moments(held, kept.total_bytes, tokens, spec.sizes["n_vocab"], by, accumulate)


def moments(held: Held, kept: int, tokens: int, n_vocab: int, by: Recipe, accumulate: bool = False) -> Peak:
    """The moments of a step of so many *tokens* that holds what *held* says and keeps *kept* bytes of activations."""
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
    """Why the peak of *spec* is not stated; "" where it is."""
    if why := unstated(spec, kernel):
        return why
    if "n_vocab" not in spec.sizes or "pooler" in spec.sizes:
        return f"{spec.family.name} has no output head here, and so no loss whose memory could be stated"
    return ""
