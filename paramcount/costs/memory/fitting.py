"""What is asked of a search over layouts, and its answers: the fewest devices, the largest batch and context."""

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
FARTHEST = 2**60  # tokens or sequences; beyond any device's memory


class Fitting(NamedTuple):
    """The *value* of what is asked by its *name*, the *layout* that it takes, and its busiest *rank* and its *bytes*.

    *value* is None where there is none, and *why* says why; of a value it has the notes.
    """

    name: str
    value: int | None
    layout: Layout | None = None
    rank: Rank | None = None
    bytes: int | None = None
    why: str = ""


class Question(NamedTuple):
    """What fits devices of so much *memory*; *run* states the batch and the context that are not asked for."""

    spec: Spec
    model: Laid
    run: Run | None
    purpose: str
    given: Mapping[str, Any]
    memory: int
    asked: Asked

    @property
    def most(self) -> int:
        """The devices that are searched."""
        return self.asked.devices or MOST

    def whole(self, run: Run | None) -> Footprint:
        """What one device takes for *run*."""
        return footprint(self.spec, run, self.purpose, self.given)

    def number(self, least: Layout) -> int:
        """The devices for the largest batch: as many as are asked for, where the copies are left open."""
        return self.asked.devices if self.asked.devices and self.asked.dp is None else least.devices

    def beyond_positions(self, seq: int) -> str:
        """That a context is longer than the positions of the model, where these are learned."""
        positions = self.spec.sizes.get("n_ctx")
        return f"the model has {positions:,} positions" if positions and seq > positions else ""


def largest(holds: Callable[[int], bool]) -> int:
    """The largest number up to which *holds* is true, 0 where it is not of 1."""
    high = 1
    while holds(high) and high < FARTHEST:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
