"""Whether a footprint fits a device, and by how much."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.costs.accelerators import Accelerator
from paramcount.costs.memory.footprint import Footprint
from paramcount.errors import InputError


class Fit(NamedTuple):
    """A device's *memory* in bytes and what is *left* of it, negative where it is too little.

    *fits* is None where a part of what is needed is not stated and the rest does fit; what is left is then less.
    """

    device: str
    memory: int
    left: int
    fits: bool | None


def fit(device: Accelerator, found: Footprint, needed: int | None = None) -> Fit:
    """Whether *found* fits *device*, its sum or the bytes *needed* at its peak; InputError on an unknown memory."""
    if device.memory is None:
        raise InputError(f"{device.name}: its memory is not known; valid: a device whose memory is, --gpu-file")
    left = device.memory - (found.stated if needed is None else needed)
    return Fit(device.name, device.memory, left, None if found.total is None and left >= 0 else left >= 0)
