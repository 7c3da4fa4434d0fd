"""What holding a model against a checkpoint comes to: rows, the explanations by name, sums and a verdict."""

from collections.abc import Iterable
from typing import NamedTuple

Shape = tuple[int, ...]

EXACT = "agrees exactly"
EXPLAINED = "agrees after named explanations"
DISAGREES = "disagrees"
INCOMPLETE = "incomplete"  # what is there agrees, and some of the model's tensors are not there

# Why a row differs. The first eleven change the number of stored elements, the others do not.
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
    """A tensor as the model and as the checkpoint have it; or, in another layout, a group of them.

    *expected* and *params* count parameters on either side, *elements* and *nbytes* what is stored for them. A shape is
    None where that side lacks the tensor. *why* gives the explanations that it needs; a row that differs and has none
    is a disagreement.
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
        """Whether it differs and nothing says why."""
        return self.differs and not self.why

    @property
    def lacking(self) -> bool:
        """Whether it is a parameter of the model that is not stored, under any name."""
        return self.unexplained and self.stored_shape is None and self.expected_shape is not None

    @property
    def difference(self) -> int:
        """Elements stored beyond the parameters expected."""
        return self.elements - self.expected


class Note(NamedTuple):
    """An explanation: its *kind*, one line that says it, how many *tensors* need it.

    *elements* is what it adds to the elements stored over the parameters expected. These, with the unexplained rows'
    differences, lead from the one total to the other.
    """

    kind: str
    text: str
    tensors: int
    elements: int


class Sides(NamedTuple):
    """Parameters that the model has and that the checkpoint holds."""

    expected: int
    stored: int


class Reconciled(NamedTuple):
    """A model held against a checkpoint.

    *total* is in parameters, copies and buffers left out; *elements* and *nbytes* are all that is stored. *lines* says
    what nothing explains, ten lines at most and then how many more; *missing* names what is lacking of the model.
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
        """The verdict as a report says it: of an incomplete checkpoint with what is not there."""
        if self.verdict != INCOMPLETE:
            return self.verdict
        first, *more = self.missing
        others = f" and {len(more):,} more are" if more else " is"
        return f"{INCOMPLETE}: {first}{others} not there"


def sides_of(shape: Shape | None) -> str:
    """A shape as it is read: 4096 × 64."""
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
