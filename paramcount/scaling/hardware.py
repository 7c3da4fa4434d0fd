"""The compute of a number of devices over a number of days, at a share of their peak."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from paramcount.costs.accelerators import accelerator
from paramcount.errors import InputError
from paramcount.quantity import parse_amount, parse_quantity

SECONDS = 24 * 60 * 60  # of a day
MOST_DAYS = 10**6


class Hardware(NamedTuple):
    """*devices* accelerators called *gpu* for *days* at *mfu* (0..1) of *peak* dense FLOP/s in *dtype*."""

    gpu: str
    devices: int
    days: Fraction
    mfu: Fraction
    dtype: str
    peak: int

    @property
    def flops(self) -> int:
        """The total FLOPs, rounded down."""
        return int(self.peak * self.devices * self.days * SECONDS * self.mfu)


def hardware(gpu: str, devices: str, days: str, mfu: str) -> Hardware:
    """The hardware given by these texts; raises InputError if one is missing or invalid."""
    given = {"--gpu": gpu, "--devices": devices, "--days": days, "--mfu": mfu}
    if missing := [option for option, text in given.items() if not text]:
        raise InputError(f"{', '.join(missing)}: not given; valid: --gpu h100-sxm --devices 64 --days 30 --mfu 40%")
    found = accelerator(gpu)
    dtype, peak = found.peak()
    return Hardware(found.name, parse_quantity(devices, "devices"), _days(days), _share(mfu), dtype, peak)


def _days(text: str) -> Fraction:
    valid = f"30, 0.5, up to {MOST_DAYS:,}"
    days = parse_amount(text, "days", valid)
    if not 0 < days <= MOST_DAYS:
        raise InputError(f"days = {text}: {'too many' if days else 'zero'}; valid: {valid}")
    return days


def _share(text: str) -> Fraction:
    valid = "more than 0 and at most 100%, as in 40% or 0.4"
    share = parse_amount(text, "mfu", valid)
    if not 0 < share <= 1:
        raise InputError(f"mfu = {text}: {'more than the whole peak' if share else 'zero'}; valid: {valid}")
    return share
