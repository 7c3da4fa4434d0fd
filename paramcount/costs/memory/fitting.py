"""The question and the answers of a search over layouts: fewest devices, largest batch, largest context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.placed import Laid
from paramcount.costs.memory.search import MOST, Asked
from paramcount.costs.run import Run

DEVICES, BATCH, CONTEXT = "fewest devices", "largest batch", "largest context"
FARTHEST = 2**60  # tokens or sequences: beyond any device's memory


class Fitting(NamedTuple):
    """An answer called *name*: its *value*, its *layout*, and the busiest *rank* of that with its *bytes*.

    *value* is None if there is none, and *why* then says why; otherwise *why* is a note on the value.
    """

    name: str
    value: int | None
    layout: Layout | None = None
    rank: Rank | None = None
    bytes: int | None = None
    why: str = ""


class Question(NamedTuple):
    """What fits devices with *memory* bytes? *run* has the batch and context to hold fixed."""

    spec: Spec
    model: Laid
    run: Run | None
    purpose: str
    given: Mapping[str, Any]
    memory: int
    asked: Asked

    @property
    def most(self) -> int:
        """The largest number of devices to try."""
        return self.asked.devices or MOST

    def whole(self, run: Run | None) -> Footprint:
        """The footprint of *run* on a single device."""
        return footprint(self.spec, run, self.purpose, self.given)

    def number(self, least: Layout) -> int:
        """The number of devices for the largest batch: as many as asked for, if the number of copies is open."""
        return self.asked.devices if self.asked.devices and self.asked.dp is None else least.devices

    def beyond_positions(self, seq: int) -> str:
        """A note if a context is longer than the learned positions of the model; else ""."""
        positions = self.spec.sizes.get("n_ctx")
        return f"the model has only {positions:,} positions" if positions and seq > positions else ""


def largest(holds: Callable[[int], bool]) -> int:
    """The largest number up to which *holds* is true, 0 if it is false for 1."""
    high = 1
    while holds(high) and high < FARTHEST:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
