"""Rows of a reconciliation: a tensor on both sides or one, or a group of them, and what explains it."""

from collections.abc import Iterable
from math import prod

from paramcount.checkpoint import result as why
from paramcount.checkpoint.aside import ASIDE
from paramcount.checkpoint.layouts import Expected, Group
from paramcount.checkpoint.packing import Held
from paramcount.checkpoint.patterns import layer
from paramcount.checkpoint.result import TensorPair

MOST_PADDING = 1024  # rows: Megatron pads a vocabulary to a multiple of 128 times up to 8 devices
OTHERS = "not in the model"  # component of tensors the model lacks
HEAD = "output head"


def pair(tensor: Expected, weight: Held, reasons: tuple[str, ...]) -> TensorPair:
    """The row of a *tensor* stored as *weight*, whose name was matched for these *reasons*."""
    shape = tensor.shape if weight.fits(tensor.shape) else weight.shapes[0]
    same, count = shape == tensor.shape, prod(shape)
    turned = not same and weight.fits_turned(tensor.shape)
    padded = not (same or turned) and _padded(tensor, shape)
    bad = not (same or turned or padded)
    reasons += (
        ((why.COPY,) if tensor.shares else ())
        + ((why.PADDING,) if padded else ())
        + ((why.PACKED,) if weight.packing else ())
        + ((why.TURNED,) if turned else ())
    )
    return TensorPair(
        tensor.name,
        tensor.component,
        layer(tensor.name),
        tensor.shape,
        shape,
        0 if tensor.shares else prod(tensor.shape),
        0 if tensor.shares and not bad else count,
        weight.elements,
        weight.nbytes,
        weight.packing or weight.stored[0].dtype,
        () if bad else reasons,
        bad or bool(reasons),
    )


def absent(tensor: Expected, tied: bool) -> TensorPair:
    """The row of a *tensor* that is not stored, or, if *tied*, stored only as another tensor's data."""
    number, params = layer(tensor.name), prod(tensor.shape)
    if tensor.shares:
        return TensorPair(tensor.name, tensor.component, number, tensor.shape, None, 0, 0, 0, 0, "", (why.SHARED,))
    # Tied in the checkpoint but not in the model: present, but wrong.
    stored = tensor.shape if tied else None
    reasons = (why.COMPUTED,) if tensor.computed and not tied else ()
    return TensorPair(tensor.name, tensor.component, number, tensor.shape, stored, params, 0, 0, 0, "", reasons, True)


def _padded(tensor: Expected, shape: tuple[int, ...]) -> bool:
    """Whether *shape* is the tensor's with some vocabulary rows more or fewer."""
    if tensor.component not in ("token embedding", HEAD) or not shape or len(shape) != len(tensor.shape):
        return False
    return shape[1:] == tensor.shape[1:] and abs(shape[0] - tensor.shape[0]) <= MOST_PADDING


def extra(weight: Held, reason: str) -> TensorPair:
    """The row of a *weight* the model lacks, stored for this *reason*, if any."""
    # What is set aside is not a parameter, and another part is not in this model; all else counts as what it seems.
    params = 0 if reason in (*ASIDE, why.OTHER_PART) else weight.params
    dtype = weight.packing or weight.stored[0].dtype
    reasons = (reason,) if reason else ()
    number, shape = layer(weight.name), weight.shapes[0]
    return TensorPair(
        weight.name, OTHERS, number, None, shape, 0, params, weight.elements, weight.nbytes, dtype, reasons, True
    )


def of_group(group: Group) -> Iterable[TensorPair]:
    """A row for each component of *group*; only their sum is checked, so each gets what it expects."""
    counts: dict[str, int] = {}
    for tensor in group.missing:
        counts[tensor.component] = counts.get(tensor.component, 0) + prod(tensor.shape)
    elements = sum(weight.elements for weight in group.extra) - sum(counts.values())
    nbytes = sum(weight.nbytes for weight in group.extra)
    packed = next((weight.packing for weight in group.extra if weight.packing), "")
    reasons = (why.LAYOUT, why.PACKED) if packed else (why.LAYOUT,)
    number = layer(group.missing[0].name)
    for component, count in counts.items():
        row = TensorPair(
            group.name, component, number, None, None, count, count, count + elements, nbytes, packed, reasons, True
        )
        yield row
        elements = nbytes = 0
