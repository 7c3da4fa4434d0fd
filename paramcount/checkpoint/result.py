"""The result of comparing a model with a checkpoint: rows, named explanations, sums and a verdict."""

from collections.abc import Iterable
from typing import NamedTuple

Shape = tuple[int, ...]

EXACT = "agrees exactly"
EXPLAINED = "agrees after named explanations"
DISAGREES = "disagrees"
INCOMPLETE = "incomplete"  # everything stored agrees, but some of the model's tensors are missing

# Why a row differs. The first eleven change the number of stored elements.
BUFFER = "buffer"
CACHE = "scale of keys and values"
ZERO_BIAS = "zero bias"
AHEAD = "multi-token prediction"
OTHER_PART = "other part"
COMPUTED = "computed"
COPY = "copy of a shared tensor"
EXTRA_HEAD = "extra head"
PADDING = "vocabulary padding"
PACKED = "quantised"
LAYOUT = "other layout"
SHARED = "shared"
PREFIX = "prefix"
LEGACY = "legacy names"
RENAMED = "other names"
TURNED = "sides in another order"

LINES = 10


class TensorPair(NamedTuple):
    """A tensor as the model and the checkpoint have it, or a group of them in another layout.

    *expected* and *params* count parameters on each side, *elements* and *nbytes* what is stored for them. A shape is
    None where that side lacks the tensor. *why* lists the explanations it needs; a row that differs without one is a
    disagreement.
    """

    name: str
    component: str
    layer: int | None
    expected_shape: Shape | None
    stored_shape: Shape | None
    expected: int
    params: int
    elements: int
    nbytes: int
    dtype: str = ""
    why: tuple[str, ...] = ()
    differs: bool = False

    @property
    def unexplained(self) -> bool:
        """Whether it differs without an explanation."""
        return self.differs and not self.why

    @property
    def lacking(self) -> bool:
        """Whether it is a model parameter that is not stored under any name."""
        return self.unexplained and self.stored_shape is None and self.expected_shape is not None

    @property
    def difference(self) -> int:
        """Elements stored beyond the parameters expected."""
        return self.elements - self.expected


class Note(NamedTuple):
    """An explanation: its *kind*, a line that says it, and the number of *tensors* that need it.

    *elements* is how many more elements it stores than parameters expected. All notes and the unexplained rows together
    lead from one total to the other.
    """

    kind: str
    text: str
    tensors: int
    elements: int


class Sides(NamedTuple):
    """Parameters in the model and in the checkpoint."""

    expected: int
    stored: int


class Reconciled(NamedTuple):
    """A model compared with a checkpoint.

    *total* is in parameters, without copies and buffers; *elements* and *nbytes* are all that is stored. *lines* list
    what is unexplained, at most ten and then how many more; *missing* names the model's tensors that are not there.
    """

    rows: tuple[TensorPair, ...]
    notes: tuple[Note, ...]
    by_component: dict[str, Sides]
    by_layer: dict[int | None, Sides]
    total: Sides
    elements: int
    nbytes: int
    verdict: str
    lines: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The verdict as a report says it; for an incomplete checkpoint, with what is missing."""
        if self.verdict != INCOMPLETE:
            return self.verdict
        first, *more = self.missing
        others = f" and {len(more):,} more are" if more else " is"
        return f"{INCOMPLETE}: {first}{others} missing"


def sides_of(shape: Shape | None) -> str:
    """A shape as text: 4096 × 64."""
    return "none" if shape is None else " × ".join(map(str, shape)) or "scalar"


def sums(rows: Iterable[TensorPair]) -> tuple[dict[str, Sides], dict[int | None, Sides], Sides]:
    """Both sides by component, by layer (None outside them) and in total."""
    components: dict[str, list[int]] = {}
    layers: dict[int | None, list[int]] = {}
    total = [0, 0]
    for row in rows:
        added = [total]
        if row.expected or row.params:
            added += [components.setdefault(row.component, [0, 0]), layers.setdefault(row.layer, [0, 0])]
        for sides in added:
            sides[0] += row.expected
            sides[1] += row.params
    return (
        {name: Sides(*sides) for name, sides in components.items()},
        {number: Sides(*sides) for number, sides in layers.items()},
        Sides(*total),
    )
