"""Runs from numbers or text, completed from the model's config."""

from __future__ import annotations

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import context, stated_context
from paramcount.quantity import quantity_of


def run_of(
    spec: Spec,
    seq: int | str | None,
    batch: int = 1,
    source: int | str | None = None,
    cached: int = 0,
    attention: str = "needed",
) -> Run:
    """The run of *spec* with these lengths; *seq* is by default the model's context.

    *source* is by default the length that an audio encoder's config states. Raises InputError on an invalid length, and
    if neither *seq* nor the model states a context.
    """
    length = stated_context(spec) if seq in (None, "") else quantity_of(seq, "seq")
    read = _all_of_the_source(spec) if source in (None, "") else quantity_of(source, "source", least=0)
    return checked(Run(quantity_of(batch, "batch"), length, quantity_of(cached, "cached", least=0), attention, read))


def run_if_any(spec: Spec, seq: int | str | None, batch: int = 1, source: int | str | None = None) -> Run | None:
    """The same; None if neither *seq* nor the model states a context."""
    return None if seq in (None, "") and context(spec) is None else run_of(spec, seq, batch, source)


def _all_of_the_source(spec: Spec) -> int:
    """The positions of an audio encoder, whose input always has full length; 0 if the config states none."""
    design = spec.family.configured(spec.sizes)
    found = design and design.config.get("max_source_positions")
    return found if isinstance(found, int) else 0
