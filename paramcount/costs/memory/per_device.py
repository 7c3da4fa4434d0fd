"""What each device of a layout holds, in bytes, and which of them holds the most."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.divided import cached_numbers, checked, pieces
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.memory.formats import format_of
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.placed import Laid, laid
from paramcount.costs.memory.recipes import Recipe
from paramcount.costs.memory.sharding import held, totals
from paramcount.errors import InputError

DIVIDED = "not stated where tensor or pipeline parallelism divides layers"


class PerDevice(NamedTuple):
    """The *footprint* of the busiest *rank* of a *layout*."""

    layout: Layout
    rank: Rank
    footprint: Footprint


def training_per_device(spec: Spec, whole: Footprint, by: Recipe, layout: Layout) -> PerDevice:
    """The busiest rank of *layout* in training by the recipe *by*; *whole* is what one device would take.

    Each copy computes the run's batch. Raises InputError where the model does not divide so.
    """
    model = laid(spec)
    checked(model, layout)
    return busiest(layout, [_trained(model, whole, by, layout, Rank(stage)) for stage in range(layout.pp)])


def inference_per_device(spec: Spec, whole: Footprint, dtype: str, cache_dtype: str, layout: Layout) -> PerDevice:
    """The busiest rank of *layout* in inference, weights in *dtype*; *whole* is what one device would take.

    Raises InputError where the model does not divide so, or ZeRO is to divide what is not trained.
    """
    if layout.zero:
        raise InputError(f"zero = {layout.zero}: divides what is trained; valid: with --for training")
    model = laid(spec)
    checked(model, layout)
    ranks = [_answering(model, whole, dtype, cache_dtype, layout, Rank(stage)) for stage in range(layout.pp)]
    return busiest(layout, ranks)


def busiest(layout: Layout, stages: list[Footprint]) -> PerDevice:
    """The stage that holds most. In each the first rank does: no other has more columns, rows or experts."""
    stage = max(range(len(stages)), key=lambda at: stages[at].stated)
    return PerDevice(layout, Rank(stage), stages[stage])


def _trained(model: Laid, whole: Footprint, by: Recipe, layout: Layout, rank: Rank) -> Footprint:
    weights, gradients, optimizer = totals(held(pieces(model, layout, rank), layout, rank), by)
    found = whole._replace(weights=weights, gradients=gradients, optimizer=optimizer)
    if layout.tp == layout.pp == 1 or whole.activations is None:
        return found
    return found._replace(activations=None, reasons={"activations": DIVIDED})


def _answering(model: Laid, whole: Footprint, dtype: str, cache_dtype: str, layout: Layout, rank: Rank) -> Footprint:
    form = format_of(dtype)
    weights = sum(form.nbytes(part.weight) * part.weight.times for part in pieces(model, layout, rank))
    found = whole._replace(weights=weights)
    if whole.cache is None or whole.run is None or layout.tp == layout.pp == 1:
        return found
    numbers = cached_numbers(model, layout, rank.stage)
    if numbers is None:
        return found._replace(cache=None, reasons={"cache": f"{model.name}: its heads are not divided by tp"})
    return found._replace(cache=numbers * BYTES[cache_dtype] * whole.run.batch * whole.run.seq)
