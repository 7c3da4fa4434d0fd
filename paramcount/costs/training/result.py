"""A training run on devices: what follows from its FLOPs and from what a device achieves."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from paramcount.costs.accelerators import Accelerator
from paramcount.costs.training.compute import Compute
from paramcount.costs.training.published import Utilisation

PF_DAY = 10**15 * 86_400  # FLOPs of a day at 10^15 a second
HOURS_PER_YEAR = 8_766  # of 365.25 days

FORMULAS = {
    "6nd": "6 · N · D",
    "exact": "3 · the forward pass",
    "pf_days": "FLOPs / (10^15 · 86,400)",
    "tflops": "peak · MFU",
    "mfu": "achieved / peak",
    "device_hours": "FLOPs / (achieved · 3,600)",
    "device_years": "device-hours / 8,766",
    "devices": "device-hours / (24 · the days asked), rounded up",
    "days": "device-hours / (24 · devices)",
    "energy_mwh": "device-hours · power · PUE / 10^6",
    "co2_t": "MWh · carbon",
    "cost_usd": "device-hours · price",
}


class Training(NamedTuple):
    """A model's *compute* on devices that each achieve so many FLOP/s; what is not known is None.

    *accelerator* peaks at *peak* FLOP/s in *dtype*; *within* are the days that were asked for, *price* is in $ for an
    hour of a device, *power* in W of a device, *carbon* in kg CO2 a kWh. *unknown* is the one of devices, days and mfu
    that was found from the others, *by* the option that says what a device achieves (mfu, tflops, like), *like* the
    published run whose utilisation this takes.
    """

    compute: Compute
    accelerator: Accelerator | None = None
    dtype: str = ""
    peak: int | None = None
    achieved: Fraction | None = None
    devices: int | None = None
    within: Fraction | None = None
    price: Fraction | None = None
    power: Fraction | None = None
    pue: Fraction | None = None
    carbon: Fraction | None = None
    unknown: str = ""
    by: str = ""
    like: Utilisation | None = None

    @property
    def pf_days(self) -> Fraction:
        """Days at 10^15 FLOP/s."""
        return Fraction(self.compute.flops, PF_DAY)

    @property
    def mfu(self) -> Fraction | None:
        """Model FLOPs utilisation: what a device achieves of its peak (Chowdhery et al. 2022, app. B)."""
        return self.achieved / self.peak if self.achieved and self.peak else None

    @property
    def device_hours(self) -> Fraction | None:
        """Hours of all devices together."""
        return Fraction(self.compute.flops) / (self.achieved * 3_600) if self.achieved else None

    @property
    def device_years(self) -> Fraction | None:
        """The same in years of 365.25 days."""
        return None if self.device_hours is None else self.device_hours / HOURS_PER_YEAR

    @property
    def days(self) -> Fraction | None:
        """From start to end."""
        return self.device_hours / (24 * self.devices) if self.device_hours and self.devices else None

    @property
    def energy_mwh(self) -> Fraction | None:
        """Of the devices, and with a PUE of the building."""
        if self.device_hours is None or self.power is None:
            return None
        return self.device_hours * self.power * (self.pue or 1) / 10**6

    @property
    def co2_t(self) -> Fraction | None:
        """Tonnes; kg a kWh are t an MWh."""
        return None if self.energy_mwh is None or self.carbon is None else self.energy_mwh * self.carbon

    @property
    def cost_usd(self) -> Fraction | None:
        """Of renting the devices by the hour."""
        return None if self.device_hours is None or self.price is None else self.device_hours * self.price

    def band(self) -> tuple[Training, Training] | None:
        """The same at the highest and the lowest utilisation that the published run's figures admit."""
        if self.like is None or self.peak is None:
            return None
        low, high = (self._replace(achieved=self.peak * share) for share in (self.like.high, self.like.low))
        return (low.enough(), high.enough())

    def enough(self) -> Training:
        """With as many devices as it takes within the days that were asked for, where they are the unknown."""
        if self.unknown != "devices" or self.device_hours is None or self.within is None:
            return self
        return self._replace(devices=-(-self.device_hours // (24 * self.within)))
