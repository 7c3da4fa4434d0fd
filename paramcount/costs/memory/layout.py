"""A layout: the number of devices, and how many ways each kind of parallelism divides the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from paramcount.errors import InputError

STAGES_OF_ZERO = (0, 1, 2, 3)
NEAR = 100_000  # how far to look for a neighbour


class Layout(NamedTuple):
    """A model on *devices* = *tp* · *pp* · *dp*.

    *tp* devices share every layer (tensor parallelism), *pp* stages share the layers, *dp* copies share the batch, and
    *ep* of them share the experts. *zero* says what else the copies divide among them: nothing (0), the optimizer
    states (1), also gradients (2), also weights (3; Rajbhandari et al. 2020, sec. 5).
    """

    devices: int = 1
    zero: int = 0
    tp: int = 1
    pp: int = 1
    dp: int = 1
    ep: int = 1

    def copies(self, expert: bool) -> int:
        """The number of ranks that hold the same part of a tensor: dp, or dp/ep for an expert's."""
        return self.dp // self.ep if expert else self.dp


class Rank(NamedTuple):
    """A device's place: its stage, and its number in the tensor-parallel group and among the copies."""

    stage: int = 0
    tensor: int = 0
    data: int = 0

    def number(self, layout: Layout) -> int:
        """Its number, when ranks of a tensor-parallel group are adjacent and stages are furthest apart."""
        return self.tensor + layout.tp * (self.data + layout.dp * self.stage)

    def of(self, layout: Layout) -> str:
        """The rank in words: rank 3 of 8, stage 0 of 2, copy 1 of 2."""
        words = [f"rank {self.number(layout)} of {layout.devices:,}"]
        for name, place, size in (("stage", self.stage, layout.pp), ("tensor", self.tensor, layout.tp)):
            words += [f"{name} {place} of {size}"] if size > 1 else []
        return ", ".join([*words, *([f"copy {self.data} of {layout.dp:,}"] if layout.dp > 1 else [])])


FIRST = Rank()


def check_sizes(devices: int | None, zero: int, tp: int | None, pp: int | None, dp: int | None, ep: int | None) -> None:
    """Raise InputError unless every given size of a layout is positive, and *zero* a stage of ZeRO."""
    for name, size in (("devices", devices), ("tp", tp), ("pp", pp), ("dp", dp), ("ep", ep)):
        if size is not None and size < 1:
            raise InputError(f"{name} = {size}: not a positive whole number; valid: 1, 8")
    if zero not in STAGES_OF_ZERO:
        raise InputError(f"zero = {zero}: not a stage of ZeRO; valid: 0, 1, 2, 3")


def settled(
    devices: int | None = None, zero: int = 0, tp: int = 1, pp: int = 1, dp: int | None = None, ep: int = 1
) -> Layout:
    """The layout of these, with dp = devices / (tp · pp) if it is not given; raises InputError if there is none."""
    check_sizes(devices, zero, tp, pp, dp, ep)
    copy = tp * pp
    if devices is not None and devices % copy:
        raise InputError(f"devices = {devices}: not a multiple of tp · pp = {copy}; {multiples(devices, copy)}")
    copies = dp if dp is not None else devices // copy if devices is not None else ep
    if devices is not None and devices != copy * copies:
        raise InputError(f"devices = {devices}: tp · pp · dp = {copy * copies}; valid: --devices {copy * copies}")
    if copies % ep:
        raise InputError(f"ep = {ep}: does not divide dp = {copies}; {divisors_near(ep, [copies])}")
    return Layout(copy * copies, zero, tp, pp, copies, ep)


def multiples(number: int, of: int) -> str:
    """The multiples of *of* on either side of *number*, as advice in an error."""
    below = number // of * of
    return f"valid: {below or of}, {below + of}" if below else f"valid: {of}"


def divisors_near(number: int, sizes: Iterable[int]) -> str:
    """The numbers nearest to *number* that divide all of *sizes*, as advice in an error."""
    sizes = tuple(sizes)

    def divides(one: int) -> bool:
        return all(size % one == 0 for size in sizes)

    start, least = min(number - 1, min(sizes)), min(sizes)
    below = next((one for one in range(start, max(0, start - NEAR), -1) if divides(one)), 1)
    above = next((one for one in range(number + 1, min(number + NEAR, least) + 1) if divides(one)), None)
    return "valid: " + ", ".join(str(one) for one in (below, above) if one)
