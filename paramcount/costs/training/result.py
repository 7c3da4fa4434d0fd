"""A training run on devices: everything that follows from its FLOPs and the FLOP/s of a device."""

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
    "exact": "3 · forward pass",
    "pf_days": "FLOPs / (10^15 · 86,400)",
    "tflops": "peak · MFU",
    "mfu": "achieved / peak",
    "device_hours": "FLOPs / (achieved · 3,600)",
    "device_years": "device-hours / 8,766",
    "devices": "device-hours / (24 · days), rounded up",
    "days": "device-hours / (24 · devices)",
    "energy_mwh": "device-hours · power · PUE / 10^6",
    "co2_t": "MWh · carbon",
    "cost_usd": "device-hours · price",
}


class Training(NamedTuple):
    """A model's *compute* on devices that each achieve *achieved* FLOP/s; what is not known is None.

    *accelerator* peaks at *peak* FLOP/s in *dtype*; *within* is the number of days asked for, *price* is in $ per
    device-hour, *power* in W per device, *carbon* in kg CO2 per kWh. *unknown* is the one of devices, days and mfu that
    was computed from the others, *by* the option that gives the utilisation (mfu, tflops, like), *like* the published
    run whose utilisation is used.
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
        """PetaFLOP/s-days: days at 10^15 FLOP/s."""
        return Fraction(self.compute.flops, PF_DAY)

    @property
    def mfu(self) -> Fraction | None:
        """Model FLOPs utilisation: the share of its peak that a device achieves (Chowdhery et al. 2022, app. B)."""
        return self.achieved / self.peak if self.achieved and self.peak else None

    @property
    def device_hours(self) -> Fraction | None:
        """Hours summed over all devices."""
        return Fraction(self.compute.flops) / (self.achieved * 3_600) if self.achieved else None

    @property
    def device_years(self) -> Fraction | None:
        """The same in years of 365.25 days."""
        return None if self.device_hours is None else self.device_hours / HOURS_PER_YEAR

    @property
    def days(self) -> Fraction | None:
        """Days from start to end."""
        return self.device_hours / (24 * self.devices) if self.device_hours and self.devices else None

    @property
    def energy_mwh(self) -> Fraction | None:
        """The energy of the devices in MWh, or of the data centre if the PUE is known."""
        if self.device_hours is None or self.power is None:
            return None
        return self.device_hours * self.power * (self.pue or 1) / 10**6

    @property
    def co2_t(self) -> Fraction | None:
        """Tonnes of CO2; kg per kWh equal t per MWh."""
        return None if self.energy_mwh is None or self.carbon is None else self.energy_mwh * self.carbon

    @property
    def cost_usd(self) -> Fraction | None:
        """The cost of renting the devices by the hour, in $."""
        return None if self.device_hours is None or self.price is None else self.device_hours * self.price

    def band(self) -> tuple[Training, Training] | None:
        """The same run at the highest and the lowest utilisation within the published run's digits."""
        if self.like is None or self.peak is None:
            return None
        low, high = (self._replace(achieved=self.peak * share) for share in (self.like.high, self.like.low))
        return (low.enough(), high.enough())

    def enough(self) -> Training:
        """The same run with just enough devices for the days asked for, if the devices are the unknown."""
        if self.unknown != "devices" or self.device_hours is None or self.within is None:
            return self
        return self._replace(devices=-(-self.device_hours // (24 * self.within)))
