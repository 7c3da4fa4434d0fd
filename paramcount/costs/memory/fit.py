"""Whether a footprint fits a device, and by how much."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.costs.accelerators import Accelerator
from paramcount.costs.memory.footprint import Footprint
from paramcount.errors import InputError


class Fit(NamedTuple):
    """A device's *memory* in bytes, and what is *left* of it: negative if it is too little.

    *fits* is None if part of the need is not known and the rest fits; *left* is then an upper bound.
    """

    device: str
    memory: int
    left: int
    fits: bool | None


def fit(device: Accelerator, found: Footprint, needed: int | None = None) -> Fit:
    """Whether *found*, in total or *needed* at its peak, fits *device*; raises InputError if its memory is unknown."""
    if device.memory is None:
        raise InputError(f"{device.name}: its memory is not known; valid: another device, or --gpu-file")
    left = device.memory - (found.stated if needed is None else needed)
    return Fit(device.name, device.memory, left, None if found.total is None and left >= 0 else left >= 0)
