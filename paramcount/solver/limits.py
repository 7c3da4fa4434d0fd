"""The limits on memory, cache and compute that are asked of shapes, and a model's use of each by its readings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import cache
from paramcount.costs.memory.asked import DTYPE, footprint, peak_of, recipe_of
from paramcount.costs.memory.footprint import INFERENCE, Footprint
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import context
from paramcount.costs.training.compute import reads_a_source
from paramcount.errors import InputError
from paramcount.ledger.model import Reading
from paramcount.models.design import Design
from paramcount.quantity import in_bytes, short
from paramcount.scaling.frontier import Run as Trained
from paramcount.scaling.laws import NON_EMBEDDING, Fit
from paramcount.solver.budgets import CACHE, COMPUTE, MEMORY, Budget, Gauge
from paramcount.solver.measures import (
    Base,
    Length,
    Measure,
    base_of,
    cache_bytes,
    count_of,
    inference_bytes,
    training_bytes,
)


class Limits(NamedTuple):
    """The request: bytes of *memory* for a *purpose* with the options *given*, of a *cache* in *cache_dtype*, and
    *flops*.

    The run is of *batch* sequences of *seq* tokens, or of the shape's context if that is None; *fit* is the law that
    gives a size for the compute, or tokens for a size.
    """

    memory: int | None
    cache: int | None
    flops: int | None
    fit: Fit | None
    purpose: str = INFERENCE
    given: Mapping[str, str] = {}
    batch: int = 1
    seq: int | None = None
    cache_dtype: str = DTYPE

    def best(self) -> Trained | None:
        """The optimal size and tokens for the compute, by the law."""
        return self.fit.frontier.at_flops(self.flops) if self.fit and self.flops else None

    def run(self, spec: Spec) -> Run | None:
        """The run of *spec*; None if neither the request nor *spec* has a context length."""
        seq = self.seq or context(spec)
        return None if seq is None else checked(Run(self.batch, seq))

    def footprint(self, spec: Spec) -> Footprint:
        """The footprint of *spec*, as `memory` gives it."""
        also = {"cache_dtype": self.cache_dtype} if self.purpose == INFERENCE else {}
        return footprint(spec, self.run(spec), self.purpose, {**self.given, **also})

    def needed(self, spec: Spec, found: Footprint) -> int:
        """The bytes of *found* that must fit a device: the peak of a step if it is known, else all that is known."""
        moments = peak_of(spec, found, self.given)
        return moments.bytes if moments else found.stated

    def kept(self, spec: Spec) -> int:
        """The bytes of the cache of *spec*, as `cache` gives them."""
        run = self.run(spec)
        if run is None:
            raise InputError("cache: the number of tokens is missing, as the shape has no context; valid: --seq 131072")
        return cache(spec, run, self.cache_dtype).total_bytes

    @property
    def best_size(self) -> int | None:
        """The parameters of the optimal size; None without a law or compute."""
        best = self.best()
        return None if best is None else round(best.n_params)

    @property
    def reading(self) -> Reading:
        """The kind of count that the law uses."""
        return "non-embedding" if self.fit and self.fit.counts == NON_EMBEDDING else "total"


def gauge(limits: Limits, design: Design, switches: Mapping[str, bool]) -> Gauge:
    """The budgets for shapes of *design*."""
    base = base_of(design, switches)
    length = _length(limits, base)
    budgets = []
    if limits.memory is not None:
        budgets.append(Budget(MEMORY, limits.memory, _memory(limits, base, length), _needed(limits), in_bytes))
    if limits.cache is not None:
        if length is None:
            limits.kept(base.spec)
        assert length is not None
        if reads_a_source(base.spec):
            raise InputError(f"cache: {design.name} reads a source, whose length is not known; valid: a decoder")
        measure = cache_bytes(base, length, limits.cache_dtype)
        if measure is None:
            raise InputError(f"cache: {design.name} has none; valid: a model that attends to earlier tokens")
        budgets.append(Budget(CACHE, limits.cache, measure, limits.kept, in_bytes))
    if (best := limits.best_size) is not None and limits.fit is not None:
        reading = limits.reading
        budgets.append(Budget(COMPUTE, best, count_of(base, reading), _counted(reading), short))
    return Gauge(tuple(budgets))


def _needed(limits: Limits) -> Callable[[Spec], int]:
    return lambda spec: limits.needed(spec, limits.footprint(spec))


def _counted(reading: Reading) -> Callable[[Spec], int]:
    return lambda spec: int(spec.model().read(reading))


def _memory(limits: Limits, base: Base, length: Length | None) -> Measure:
    """The memory of shapes for the purpose, by formula."""
    if limits.purpose == INFERENCE:
        return inference_bytes(base, length, limits.given.get("dtype", DTYPE), limits.cache_dtype)
    return training_bytes(base, length, recipe_of(limits.given))


def _length(limits: Limits, base: Base) -> Length | None:
    """The run of shapes: of the requested length, of their positions, or of their config's context."""
    if limits.seq is not None:
        return Length(limits.batch, limits.seq)
    own = context(base.spec)
    if own is None:
        return None
    return Length(limits.batch, own, "n_ctx" if "n_ctx" in base.design.sizes else "")
