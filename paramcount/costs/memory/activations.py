"""Activations: the bytes that a training step keeps for its backward pass, exact for the papers' families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.computed import FULL, KERNELS, NONE, PLAIN, RECOMPUTE, Wiring, computed, wiring_of
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.ledger.model import Part, Stack, place
from paramcount.ledger.operation import PAIR, POSITION, SEQUENCE, SQUARE, TOKEN, Computed, Saved, saved
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import Sized, formula_of, plain

WIDTHS = {"fp32": 4, "bf16": 2, "fp16": 2}  # bytes per number, by format
LAYERS = "layer inputs"
OF_SCORES = "relative positions"  # recomputed whenever the scores are


class Line(NamedTuple):
    """The activations of a *component* over all layers: *bytes*, and their *formula* in sizes, batch, seq and e."""

    component: str
    formula: Polynomial
    bytes: int


class Activations(NamedTuple):
    """What a step of *run* keeps from its forward to its backward pass, in numbers of *dtype*, e bytes each.

    Each tensor's data is counted once; parameters, the logits and the loss are left out, token numbers are included.
    """

    run: Run
    dtype: str
    recompute: str
    kernel: str
    components: tuple[Line, ...]

    @property
    def total_bytes(self) -> int:
        """The sum of all components."""
        return sum(line.bytes for line in self.components)

    @property
    def formula(self) -> Polynomial:
        """The sum as a formula in the model's sizes, batch, seq and e, the bytes per number."""
        return sum((line.formula for line in self.components), Polynomial({}))


def activations(
    spec: Spec, run: Run, dtype: str = "bf16", recompute: str = NONE, kernel: str = PLAIN, dropout: bool = False
) -> Activations | None:
    """The activations of a training step of *spec*; None if they are not known, and `unstated` says why.

    *recompute* "selective" recomputes scores, softmax and the sum of values in the backward pass (Korthikanti et al.
    2022, sec. 5), "full" everything in a layer from its input. *kernel* "fused" is one that keeps no scores (Dao et al.
    2022). *dropout* adds the dropouts that Korthikanti et al. count. Raises InputError on an unknown word.
    """
    checked_words(dtype, recompute, kernel)
    wiring = wiring_of(spec)
    if wiring is None or unstated(spec, kernel):
        return None
    how = computed(spec, wiring, recompute, kernel, dropout)
    run_of = _Counts(run, WIDTHS[dtype])
    sums: dict[str, Any] = {}
    for component, one, times in _kept(spec, wiring, how, recompute):
        sums[component] = sums.get(component, 0) + run_of.bytes_of(one) * times
    lines = (Line(component, formula_of(total), plain(total)) for component, total in sums.items())
    return Activations(
        run, dtype, recompute, kernel, tuple(sorted((line for line in lines if line.bytes), key=_place_of))
    )


def unstated(spec: Spec, kernel: str = PLAIN) -> str:
    """Why the activations of *spec* are not known; "" if they are."""
    wiring = wiring_of(spec)
    if spec.family.configured(spec.sizes) is not None:
        return "they depend on the class's code; they are known only for models of the papers' families"
    if wiring is None:
        return f"not known for the family {spec.family.name}: they depend on how tokens are routed to experts"
    if wiring.biased and kernel != PLAIN:
        return f"{spec.family.name} adds a bias to its scores, which fused kernels do not take; known for plain ones"
    return ""


def checked_words(dtype: str, recompute: str, kernel: str) -> None:
    """Raise InputError if one of these words is unknown."""
    for what, word, valid in (
        ("dtype", dtype, tuple(WIDTHS)),
        ("recompute", recompute, RECOMPUTE),
        ("kernel", kernel, KERNELS),
    ):
        if word not in valid:
            raise InputError(f"{what} = {word}: unknown for activations; valid: {', '.join(valid)}")


class _Counts:
    """The number of each *per* in a run, and the bytes of a number, with their formulas."""

    def __init__(self, run: Run, width: int):
        batch, seq = Sized.named("batch", run.batch), Sized.named("seq", run.seq)
        self.width = Sized.named("e", width)
        self.times = {TOKEN: batch * seq, PAIR: batch * seq * seq, SEQUENCE: batch, POSITION: seq, SQUARE: seq * seq}

    def bytes_of(self, one: Saved) -> Any:
        return one.numbers * self.times[one.per] * (self.width if one.width is None else one.width)


def _kept(spec: Spec, wiring: Wiring, how: Computed, recompute: str) -> Iterator[tuple[str, Saved, Any]]:
    """Everything that is kept, with its component and the number of times."""
    d_model = Sized.of(spec.sizes["d_model"], spec.family.symbols(spec.sizes)["d_model"])
    for part in spec.family.sized(spec.sizes).parts:
        if not isinstance(part, Stack):
            yield from _of_part(part, how, 1)
        elif recompute == FULL:
            yield LAYERS, Saved(d_model, TOKEN), part.depth
            if wiring.placed:
                yield LAYERS, Saved(d_model, POSITION), 1
        else:
            yield from _of_layer(part, wiring, how, d_model)


def _of_layer(stack: Stack, wiring: Wiring, how: Computed, d_model: Any) -> Iterator[tuple[str, Saved, Any]]:
    for part in stack.layer:
        if isinstance(part, Part) and (how.scores or part.component != OF_SCORES):
            yield from _of_part(part, how, stack.depth)
    component, vectors = wiring.again
    if vectors:
        yield component, Saved(vectors * d_model, TOKEN), stack.depth


def _of_part(part: Part, how: Computed, times: Any) -> Iterator[tuple[str, Saved, Any]]:
    return ((part.component, one, times) for one in saved(part.block, how))


def _place_of(line: Line) -> int:
    return place(line.component)
