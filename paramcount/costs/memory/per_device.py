"""The memory of the busiest device of a layout, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.asked import DTYPE, peak_of, recipe_of
from paramcount.costs.memory.divided import Piece, cached_numbers, checked, pieces, stages_that_differ
from paramcount.costs.memory.footprint import INFERENCE, Footprint
from paramcount.costs.memory.formats import GGUF, format_of
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.peak import Peak
from paramcount.costs.memory.placed import Laid, laid
from paramcount.costs.memory.sharding import held, totals
from paramcount.costs.run import Run
from paramcount.errors import InputError

UNKNOWN = "how it is divided is not known"
DIVIDED = "not known where tensor or pipeline parallelism divides layers"


class PerDevice(NamedTuple):
    """The *footprint* of the busiest *rank* of a *layout*, and the moments of its training step if known."""

    layout: Layout
    rank: Rank
    footprint: Footprint
    peak: Peak | None = None


def per_device(spec: Spec, whole: Footprint, layout: Layout, given: Mapping[str, Any]) -> PerDevice:
    """The busiest rank of *layout*; *whole* is the footprint on a single device with the same options *given*.

    In each stage the first rank holds the most: no other has more columns, rows or experts. Each copy computes the
    run's batch. Raises InputError if the model can't be divided like this.
    """
    divisible(layout.zero, whole.purpose, given)
    model = laid(spec)
    checked(model, layout)
    stages = {
        stage: _of_stage(model, whole, layout, Rank(stage), given) for stage in stages_that_differ(model, layout.pp)
    }
    stage = max(stages, key=lambda at: stages[at].stated)
    found = stages[stage]
    moments = None if found.activations is None else peak_of(spec, found, given)
    return PerDevice(layout, Rank(stage), found, moments)


def divisible(zero: int, purpose: str, given: Mapping[str, Any]) -> None:
    """Raise InputError on options for which division is not known: adapters, GGUF types, ZeRO in inference."""
    if given.get("lora"):
        raise InputError(f"lora = {given['lora']}: how adapters are divided is not known; valid: without --lora")
    if (given.get("dtype") or "").startswith(GGUF):
        raise InputError(f"dtype = {given['dtype']}: how GGUF is divided is not known; valid: bf16, fp8, int8, int4")
    if zero and purpose == INFERENCE:
        raise InputError(f"zero = {zero}: only for training; valid: with --for training")


def weights_bytes(parts: list[Piece], given: Mapping[str, Any]) -> int:
    """The bytes of the weights *parts* in the *given* format, or the default one."""
    form = format_of(given.get("dtype") or DTYPE)
    return sum(form.nbytes(part.weight) * part.weight.times for part in parts)


def cache_width(given: Mapping[str, Any]) -> int:
    """The bytes per number in the cache."""
    return BYTES[given.get("cache_dtype") or DTYPE]


def _of_stage(model: Laid, whole: Footprint, layout: Layout, rank: Rank, given: Mapping[str, Any]) -> Footprint:
    parts = pieces(model, layout, rank)
    if whole.purpose == INFERENCE:
        return _answering(model, whole, layout, rank, given)._replace(weights=weights_bytes(parts, given))
    weights, gradients, optimizer = totals(held(parts, layout, rank), recipe_of(given))
    found = whole._replace(weights=weights, gradients=gradients, optimizer=optimizer)
    if layout.tp == layout.pp == 1 or whole.activations is None:
        return found
    return found._replace(activations=None, reasons={"activations": DIVIDED})


def _answering(model: Laid, whole: Footprint, layout: Layout, rank: Rank, given: Mapping[str, Any]) -> Footprint:
    if whole.cache is None or whole.run is None:
        return whole
    kept = cache_of_rank(model, whole.cache, whole.run, layout, rank.stage, cache_width(given))
    return whole._replace(cache=kept) if kept is not None else whole._replace(cache=None, reasons={"cache": UNKNOWN})


def cache_of_rank(model: Laid, whole: int, run: Run, layout: Layout, stage: int, width: int) -> int | None:
    """The cache of *run* on a rank of *stage*, in bytes, where a single device has *whole*; None if not known.

    With stages it is known only if all layers cache every token alike, without windows or states.
    """
    if layout.tp == layout.pp == 1 or not whole:
        return whole
    stages = stages_that_differ(model, layout.pp)
    numbers = {at: cached_numbers(model, layout, at) for at in (*stages, stage)}
    if any(number is None for number in numbers.values()):
        return None
    if layout.pp == 1:
        return whole // layout.tp
    return None if model.uneven else (numbers[stage] or 0) * width * run.batch * run.seq
