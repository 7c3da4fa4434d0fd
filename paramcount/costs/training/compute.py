"""The FLOPs of training a model: by 6·N·D, exact, or as given."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import PartOf, Spec
from paramcount.costs.conventions import exact
from paramcount.costs.run import Run
from paramcount.costs.stated import Costed, context_is_given, costed, refuse_training, stated_context
from paramcount.errors import InputError
from paramcount.quantity import LARGEST

READS_A_SOURCE = "it reads a source, and the share of its tokens is not known"
MOST = LARGEST**2  # FLOPs; everything derived from them must fit in a float


class Compute(NamedTuple):
    """The FLOPs of training *model* on *tokens*, in sequences of *seq*: *six_nd* = 6·N·D, and *exact*.

    N is *params*: the active parameters of a mixture of experts, otherwise all of them, as *reading* says. If the exact
    figure is not known it is None, and *why* says why. *own_length* is false if *seq* is only the default of the
    model's type; *full* is true if windows described in its paper are left out. FLOPs that were *given* need no model.
    *convention* says which of the three figures is used for time and money; *part* names the larger model that it is a
    part of.
    """

    model: str
    convention: str
    tokens: int | None = None
    params: int | None = None
    reading: str = ""
    seq: int | None = None
    six_nd: int | None = None
    exact: int | None = None
    given: int | None = None
    why: str = ""
    own_length: bool = True
    full: bool = False
    part: PartOf | None = None

    @property
    def flops(self) -> int:
        """The FLOPs by the chosen convention."""
        found = {"6nd": self.six_nd, "exact": self.exact, "given": self.given}[self.convention]
        assert found is not None
        return found


def given(flops: int) -> Compute:
    """FLOPs that are given, without a model."""
    return Compute(f"{float(flops):.4g} FLOPs", "given", given=flops)


def compute(spec: Spec, tokens: int, seq: int | None = None, *, exactly: bool = False) -> Compute:
    """The FLOPs of training *spec*; raises InputError if *exactly* is set and the exact figure is not known.

    *seq* is the model's context by default. 6·N·D: Kaplan et al. 2020, sec. 2.1.
    """
    model = spec.model()
    params, total = int(model.active()), int(model.total())
    if 6 * params * tokens > MOST:
        raise InputError(f"{spec.name}: 6·N·D exceeds 1e72 FLOPs; valid: fewer parameters or tokens")
    found = Compute(
        spec.name,
        "exact" if exactly else "6nd",
        tokens,
        params,
        "total" if params == total else "active",
        seq,
        6 * params * tokens,
        part=spec.part,
    )
    try:
        found, cost, run = _in_sequences(spec, found)
    except InputError as error:
        why = InputError(f"{spec.name}: {READS_A_SOURCE}") if reads_a_source(spec) else error
        if exactly:
            raise why from None
        return found._replace(why=str(why).removeprefix(f"{spec.name}: "))
    full = cost.causal and spec.family.configured(spec.sizes) is None
    return found._replace(exact=exact(cost, run, tokens).flops, full=full)


def _in_sequences(spec: Spec, found: Compute) -> tuple[Compute, Costed, Run]:
    """*found* with its sequence length, and the cost of one sequence; raises InputError if it is not known exactly."""
    if found.seq is None:
        costed(spec, Run(1, 1))  # raises first if the error is not about the length
        found = found._replace(seq=stated_context(spec), own_length=context_is_given(spec))
    assert found.seq is not None
    refuse_training(spec)
    run = Run(1, found.seq)
    return found, costed(spec, run), run


def reads_a_source(spec: Spec) -> bool:
    """Whether it is an encoder-decoder, which reads a source."""
    try:
        costed(spec, Run(1, 1, source=1))
    except InputError:
        return False
    return True
