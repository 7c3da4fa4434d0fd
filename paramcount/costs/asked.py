"""A run as it is asked for, in numbers or texts, over what a model's config states."""

from __future__ import annotations

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import context, stated_context
from paramcount.quantity import whole_number

Length = int | str | None


def run_of(
    spec: Spec, seq: Length, batch: int = 1, source: Length = None, cached: int = 0, attention: str = "needed"
) -> Run:
    """The run that is asked for of *spec*, in its context where no *seq* is given.

    An encoder that is given no *source* reads as many positions as its config says, where it says so. Raises InputError
    on what is no run, and where neither states a context.
    """
    length = stated_context(spec) if seq in (None, "") else whole_number(seq, "seq")
    read = _all_of_the_source(spec) if source in (None, "") else whole_number(source, "source", least=0)
    return checked(Run(whole_number(batch, "batch"), length, whole_number(cached, "cached", least=0), attention, read))


def run_if_any(spec: Spec, seq: Length, batch: int = 1, source: Length = None) -> Run | None:
    """The same; None of a model that states no context where none is asked for."""
    return None if seq in (None, "") and context(spec) is None else run_of(spec, seq, batch, source)


def _all_of_the_source(spec: Spec) -> int:
    """As many positions as an encoder of sound takes, which is given no fewer; 0 where the config says none."""
    design = spec.family.configured(spec.sizes)
    found = design and design.config.get("max_source_positions")
    return found if isinstance(found, int) else 0
